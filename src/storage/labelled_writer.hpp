#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/sha256.hpp"
#include "storage/content_digest.hpp"
#include "storage/hdf5_handle.hpp"
#include "storage/labelled_values.hpp"
#include "storage/temporary_file.hpp"

namespace tailrate::storage {

/// How a variable lies in the file: in one piece, or one chunk with a checksum per
/// index of the first dimension (few chunks where the variable has one dimension).
enum class Layout { contiguous, chunked };

/// Bytes that HDF5 holds of one index of a chunked variable, with its checksum 4 GiB.
inline constexpr std::size_t largest_slab = 0xffffffff - 4;

/// Writes a labelled HDF5 file that xarray, netCDF4, h5py and pandas open with names on
/// every axis. Paths are "/name" or "/group/name"; groups appear with what is in them.
///
/// The same calls give the same bytes with one HDF5 version. Slabs of several variables
/// may interleave in any way without changing a byte; memory stays at a few slabs, or
/// at a small file.
/// Errors of the file system are core::StorageError, a wrong sequence of calls is a
/// contract violation.
class LabelledWriter {
  public:
    /// Opens a temporary file beside `path`; nothing appears under `path` itself before
    /// finish(). A file that is expected to be small is built in memory, which saves a
    /// system call for every slab; its bytes are the same.
    LabelledWriter(
        const std::filesystem::path& path,
        const Schema& schema,
        std::size_t expected_bytes = std::numeric_limits<std::size_t>::max());

    /// An attribute of the group "/" or "/a/b".
    void attribute(std::string_view group, const Attribute& attribute);

    /// A dimension: its name, its length and the coordinates along it. At least one.
    void scale(std::string_view path,
               const Values& values,
               const std::vector<Attribute>& attributes = {});

    /// Declares a variable over scales that exist in its group or in one around it, the
    /// nearest first. Every axis has one scale, no scale comes twice.
    void variable(std::string_view path,
                  Type type,
                  const std::vector<std::string>& dimensions,
                  Layout layout,
                  const std::vector<Attribute>& attributes = {});

    /// A variable without dimensions.
    void scalar(std::string_view path,
                const Scalar& value,
                const std::vector<Attribute>& attributes = {});

    /// All values of a variable, row-major.
    void write(std::string_view path, const Values& values);

    /// One index of the first dimension; index 0 first, then 1 and so on.
    void write_slab(std::string_view path, std::size_t index, const Values& values);

    /// Every declared variable must be complete. The file has reached the disk and its
    /// name afterwards; returns its content_sha256.
    core::Digest finish();

  private:
    struct Variable {
        hdf5::Handle dataset;
        Type type;
        bool has_chunk_per_row = false;
        std::vector<std::size_t> shape;
        std::size_t rows = 0;  ///< written so far along the first dimension
        EntryDigest digest;
    };

    struct Scale {
        std::size_t length;
        hobj_ref_t reference;
        std::vector<std::pair<hobj_ref_t, int>> users;  ///< dataset and its axis
    };

    void open_group(std::string_view path);
    [[nodiscard]] hdf5::Handle create(const std::string& path,
                                      Type type,
                                      const std::vector<std::size_t>& shape,
                                      Layout layout);
    [[nodiscard]] std::string resolve(std::string_view path,
                                      std::string_view name) const;
    void attach(hid_t dataset,
                const std::string& path,
                const std::vector<std::string>& scales);
    void write_users(const std::string& path, const Scale& scale);
    void add_attribute(hid_t object, std::string_view path, const Attribute& attribute);
    void write_rows(std::string_view path, std::size_t first, const Values& values);

    TemporaryFile temporary_;
    hdf5::Caller caller_;
    hdf5::Handle file_;
    std::set<std::string, std::less<>> paths_;  ///< of all groups and datasets
    std::map<std::string, Scale, std::less<>> scales_;
    std::map<std::string, Variable, std::less<>>
        pending_;  ///< declared, not yet complete
    ContentDigest content_;
};

}  // namespace tailrate::storage
