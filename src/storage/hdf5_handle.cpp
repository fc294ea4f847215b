#include "storage/hdf5_handle.hpp"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "core/errors.hpp"

namespace tailrate::storage::hdf5 {
namespace {

/// The reason of the operating system, where HDF5 quotes one between times, addresses
/// and descriptors; else HDF5's own text.
std::string shortened(std::string text) {
    static constexpr std::string_view opening = "error message = '";
    if (const auto start = text.find(opening); start != std::string::npos) {
        const auto first = start + opening.size();
        text = text.substr(first, text.find('\'', first) - first);
    }
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

herr_t keep_first(unsigned depth, const H5E_error2_t* error, void* reason) {
    if (depth == 0 && error->desc != nullptr) {
        *static_cast<std::string*>(reason) = error->desc;
    }
    return 0;
}

/// The most specific entry of the error stack, which is emptied.
std::string reason() {
    std::string text;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_first, &text);
    H5Eclear2(H5E_DEFAULT);
    return text.empty() ? "HDF5 gives no reason" : shortened(text);
}

}  // namespace

Handle::~Handle() {
    if (id_ >= 0) {
        H5Idec_ref(id_);
    }
}

Caller::Caller(std::filesystem::path path) : path_{std::move(path)} {}

void Caller::check(herr_t status, std::string_view what) const {
    if (status < 0) {
        fail(what);
    }
}

Handle Caller::take(hid_t id, std::string_view what) const {
    if (id < 0) {
        fail(what);
    }
    return Handle{id};
}

void Caller::fail(std::string_view what) const {
    refuse(fmt::format("cannot {} ({})", what, reason()));
}

void Caller::refuse(std::string_view text) const {
    throw core::StorageError{fmt::format("{}: {}", path_.string(), text)};
}

void be_quiet() {
    // Must come before HDF5's first call. Every file is closed by its owner, and where
    // that failed, on a full disk, HDF5's own cleaning up at exit would crash.
    static const herr_t without_exit_handler = H5dont_atexit();
    (void)without_exit_handler;
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

}  // namespace tailrate::storage::hdf5
