#pragma once

#include <filesystem>
#include <string_view>
#include <utility>

#include <hdf5.h>

// Private to this module: ownership of HDF5 identifiers, and its errors as exceptions.

namespace tailrate::storage::hdf5 {

/// Owns an identifier of any kind.
class Handle {
  public:
    Handle() = default;

    explicit Handle(hid_t id) : id_{id} {}

    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;

    Handle(Handle&& other) noexcept : id_{other.release()} {}

    Handle& operator=(Handle&& other) noexcept {
        std::swap(id_, other.id_);
        return *this;
    }

    ~Handle();

    [[nodiscard]] hid_t get() const { return id_; }

    [[nodiscard]] hid_t release() { return std::exchange(id_, H5I_INVALID_HID); }

  private:
    hid_t id_ = H5I_INVALID_HID;
};

/// The file that calls are made for: turns their failures into core::StorageError with
/// its path and HDF5's most specific reason.
class Caller {
  public:
    explicit Caller(std::filesystem::path path);

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

    /// `what` ends the sentence "<path>: cannot ...".
    void check(herr_t status, std::string_view what) const;
    [[nodiscard]] Handle take(hid_t id, std::string_view what) const;
    [[noreturn]] void fail(std::string_view what) const;

    /// "<path>: <text>", without a reason from HDF5.
    [[noreturn]] void refuse(std::string_view text) const;

  private:
    std::filesystem::path path_;
};

/// HDF5 prints nothing in this thread from now on, and does nothing when the program
/// ends. To be called before anything else of HDF5.
void be_quiet();

}  // namespace tailrate::storage::hdf5
