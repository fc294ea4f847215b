# Sourced by the scripts: installs what is missing and builds. Needs nothing but a
# Debian 12 with apt; a list of packages is a name a line.

build_packages="g++ gcc libc6-dev cmake ninja-build pkg-config
libeigen3-dev libyaml-cpp-dev libhdf5-dev libtbb-dev libcli11-dev libfmt-dev
libsqlite3-dev nettle-dev nlohmann-json3-dev"
figure_packages="python3 python3-numpy python3-h5py python3-matplotlib"
test_packages="doctest-dev libbenchmark-dev libmpfr-dev binutils mount util-linux
python3-scipy python3-xarray python3-netcdf4 slurm-wlm munge"
# The library of matrix products that a researcher's numpy would have.
benchmark_packages="libopenblas0-pthread"

# install_missing PACKAGE...: with apt where allowed, else says what is missing.
install_missing() {
    local missing=()
    local package
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null |
            grep -q 'install ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
        echo "missing packages, install them as root: apt-get install ${missing[*]}" >&2
        exit 2
    fi
    echo "installing: ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# The widest instruction set that this processor has.
instruction_set() {
    local flags
    flags=$(grep -m1 '^flags' /proc/cpuinfo || true)
    local flag
    for flag in avx512f avx512bw avx512cd avx512dq avx512vl; do
        case " $flags " in *" $flag "*) ;; *) echo x86-64-v3; return ;; esac
    done
    echo x86-64-v4
}

# build_program FOLDER [CMAKE_OPTION...]: the release preset, built in FOLDER; only
# build_target where that is set.
build_program() {
    local folder=$1
    shift
    cmake --preset release -S "$root" -B "$folder" "$@" >>"$log" 2>&1 &&
        cmake --build "$folder" ${build_target:+--target "$build_target"} \
            >>"$log" 2>&1 || {
        tail -n 60 "$log" >&2
        echo "the build failed, the whole log is $log" >&2
        exit 2
    }
}

# build_release [CMAKE_OPTION...]: the program build/release/tailrate.
build_release() {
    build_program "$root/build/release" -DTAILRATE_ARCH="$(instruction_set)" "$@"
}
