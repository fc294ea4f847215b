#!/usr/bin/env python3
"""Labelled files as Python sees them: xarray, netCDF4, h5py, pandas, and the digest.

usage: labelled_file_check.py TEST_STORAGE    (the test program, which writes and reads)
"""
import hashlib
import importlib.util
import pathlib
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile

import h5py
import netCDF4
import numpy as np
import xarray

BOOKKEEPING = {"CLASS", "NAME", "DIMENSION_LIST", "REFERENCE_LIST"}
TYPES = {"<f8": "f64", "<i8": "i64", "<i4": "i32", "|i1": "i8"}
ENGINES = ["netcdf4"] + (["h5netcdf"] if importlib.util.find_spec("h5netcdf") else [])


def entry_digest(path, values, shape, dimensions):
    """The definition in src/storage/content_digest.hpp, from decoded values."""
    flat = np.asarray(values).reshape(-1)
    if flat.dtype.kind in "OSU":
        kind = "text"
        texts = [t if isinstance(t, bytes) else t.encode() for t in flat.tolist()]
        data = b"".join(struct.pack("<Q", len(t)) + t for t in texts)
    else:
        flat = flat.astype(flat.dtype.newbyteorder("<"))
        kind = TYPES[flat.dtype.str]
        if kind == "f64":
            flat = np.where(np.isnan(flat), np.uint64(0x7FF8 << 48), flat.view("<u8"))
        data = flat.tobytes()
    lengths = "x".join(map(str, shape)) or "scalar"
    line = f"{path} {kind} {lengths} {','.join(dimensions) or '-'}\n"
    return hashlib.sha256(line.encode() + data).digest()


def content_digest(file):
    entries = {}

    def add_attributes(path, item):
        for name, value in item.attrs.items():
            if isinstance(item, h5py.Dataset) and (
                name in BOOKKEEPING or name.startswith("_Netcdf4")
            ):
                continue
            if path == "/" and name == "content_sha256":
                continue
            where = f"{path}@{name}"
            entries[where] = entry_digest(where, value, np.shape(value), [])

    def visit(name, item):
        path = "/" + name
        add_attributes(path, item)
        if isinstance(item, h5py.Dataset):
            own = item.attrs.get("CLASS") == b"DIMENSION_SCALE"
            dimensions = [path] if own else [axis[0].name for axis in item.dims]
            entries[path] = entry_digest(path, item[()], item.shape, dimensions)

    add_attributes("/", file)
    file.visititems(visit)
    total = hashlib.sha256()
    for path in sorted(entries, key=str.encode):
        total.update(entries[path])
    return total.hexdigest()


def run_test(program, case, folder, prepare=None):
    command = [program, "--no-skip", f"--test-case={case}"]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, preexec_fn=prepare
    )


def write(program, path):
    """The sample at `path`, whose name is sample.h5."""
    case = "writes the file that the Python check reads"
    result = run_test(program, case, path.parent)
    assert result.returncode == 0 and path.exists(), result.stdout


def read(program, path):
    """Reads `path`, whose name is changed.h5."""
    return run_test(program, "reads the file that the Python check wrote", path.parent)


def check_xarray(path, engine):
    with xarray.open_dataset(path, engine=engine) as data:
        assert dict(data.sizes) == {
            "cell": 3, "seed": 4, "iteration": 5, "quantile": 2, "bound": 2
        }
        assert data.squared_error.dims == ("cell", "seed", "iteration")
        assert data.squared_error.sel(cell=1, seed=2, iteration=10).item() == 123.1
        assert data.seed.values.tolist() == [0, 1, 2, 9007199254740993]
        assert data.diverged_at.dtype == np.int64
        assert data.diverged_at.values[0].tolist() == [-1, -1, -1, 9007199254740993]
        assert data.bound.values.tolist() == ["lower", "upper"]
        assert data.exponent_ci.sel(bound="upper").values.tolist() == [0.5, 1.5, 2.5]
        assert {"algorithm", "clip_threshold"} <= set(data.coords)
        assert data.regime.dtype == np.int8
        assert np.asarray(data.regime.attrs["flag_values"]).tolist() == [0, 1, 2]
        assert data.regime.attrs["flag_meanings"].split()[1] == "plateau"
        assert data.attrs["experiment"] == "sample"
        chosen = data.set_index(cell=["algorithm", "clip_threshold"])
        assert chosen.exponent.sel(algorithm="sclip_ef", clip_threshold=10).item() == 0.75
        frame = data[["squared_error"]].to_dataframe()
        assert len(frame) == 60 and frame.index.names == ["cell", "seed", "iteration"]
        assert frame.loc[(1, 2, 10), "squared_error"] == 123.1
    check_groups(path, engine)


def check_groups(path, engine):
    with xarray.open_dataset(path, engine=engine, group="/instance/0") as instance:
        assert dict(instance.sizes) == {"client": 2, "dimension": 3, "dimension_2": 3}
        assert instance.A.dims == ("client", "dimension", "dimension_2")
        assert instance.x_star.sel(dimension=2).item() == -2.0
        assert instance.f_star.item() == -0.25
    with xarray.open_dataset(path, engine=engine, group="/confirmation") as confirmation:
        assert dict(confirmation.sizes) == {"cell": 3, "seed": 2}
        assert confirmation.peak_error.sel(cell=1, seed=2000000001).item() == 4.0
    with xarray.open_dataset(path, engine=engine, group="/provenance") as provenance:
        assert provenance.experiment.item() == "schema: 1\n"
        assert provenance.description.item() == ""
        assert provenance.source.sel(entry="noises/stable").item().endswith("— eq. 2")
        assert provenance.attrs["engine_version"] == 1


def check_netcdf(path):
    with netCDF4.Dataset(path) as file:
        assert all("phony" not in name for name in file.dimensions)
        assert file["squared_error"].dimensions == ("cell", "seed", "iteration")
        assert file["instance/0/A"].dimensions == ("client", "dimension", "dimension_2")
        assert file["algorithm"][:].tolist() == ["sgd", "clipped_sgd", "sclip_ef"]
        assert file["squared_error"].chunking() == [1, 4, 5]
        assert file["squared_error"].filters()["fletcher32"]
        assert not file["squared_error"].filters()["zlib"]


def check_h5py(path):
    with h5py.File(path) as file:
        assert file["squared_error"].dims[1][0].name == "/seed"
        assert all(len(axis) == 1 for axis in file["instance/0/A"].dims)
        assert file["algorithm"].asstr()[2] == "sclip_ef"
        assert np.isnan(file["squared_error"][2, 1, 2])
        assert file["regime"].chunks == (3,) and file["cell"].chunks is None
        assert file.attrs["content_sha256"] == content_digest(file)


def check_rewritten(program, path, copy):
    """Another layout, byte order and format version: the same content."""
    with h5py.File(path) as source, h5py.File(copy, "w", libver="latest") as target:
        def copy_attributes(name, item):
            for key, value in item.attrs.items():
                if key not in BOOKKEEPING:
                    target[name].attrs[key] = value

        def copy_dataset(name, item):
            if isinstance(item, h5py.Dataset):
                kind = item.dtype if item.dtype == object else item.dtype.newbyteorder(">")
                packed = {} if item.shape == () else {"compression": "gzip", "chunks": True}
                target.create_dataset(name, data=item[()], dtype=kind, **packed)
                if "CLASS" in item.attrs:
                    target[name].make_scale(name.rpartition("/")[2])

        def attach(name, item):
            if isinstance(item, h5py.Dataset) and "CLASS" not in item.attrs:
                for number, axis in enumerate(item.dims):
                    target[name].dims[number].attach_scale(target[axis[0].name])

        for step in (copy_dataset, attach, copy_attributes):
            source.visititems(step)
        copy_attributes("/", source)
    result = read(program, copy)
    assert result.returncode == 0, result.stdout


def check_changed(program, path):
    """A change by another program is found; back again, the file is good."""
    def store(index, value):
        with h5py.File(path, "r+") as file:
            file["clip_threshold"][index] = value

    store(1, 3.5)
    result = read(program, path)
    assert result.returncode != 0 and "does not match its content_sha256" in result.stdout
    store(1, 3.0)
    assert read(program, path).returncode == 0


def check_appended(program, path):
    with netCDF4.Dataset(path, "a") as file:
        file.createVariable("more", "f8", ("cell",))[:] = [1.0, 2.0, 3.0]
    with xarray.open_dataset(path) as data:
        assert data.more.dims == ("cell",) and data.squared_error.sel(cell=0).shape == (4, 5)
    assert "does not match its content_sha256" in read(program, path).stdout


def check_full_disk(program, folder):
    """The program says what is wrong and ends as usual: HDF5 does not crash at exit."""
    def limit_files():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))

    folder.mkdir()
    case = "writes the file that the Python check reads"
    result = run_test(program, case, folder, limit_files)
    assert result.returncode == 1 and "(File too large)" in result.stdout, result
    assert not list(folder.iterdir())


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory(prefix="tailrate-storage-") as name:
        folder = pathlib.Path(name)
        path = folder / "sample.h5"
        write(program, path)
        check_full_disk(program, folder / "full")
        for engine in ENGINES:
            check_xarray(path, engine)
        check_netcdf(path)
        check_h5py(path)
        changed = folder / "changed.h5"
        check_rewritten(program, path, changed)
        for check in (check_changed, check_appended):
            shutil.copy(path, changed)
            check(program, changed)
    print(f"labelled files open in h5py, netCDF4, pandas, xarray ({', '.join(ENGINES)})")


if __name__ == "__main__":
    main()
