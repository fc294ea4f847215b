#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/sha256.hpp"
#include "storage/labelled_values.hpp"

// content_sha256: a digest over every decoded value of a labelled file, the same
// whatever library wrote the file and however it laid out the bytes.
//
// Entries are all datasets (path "/group/name") and all attributes ("/group/name@key",
// of the root "/@key") except content_sha256 on the root and, on datasets, what HDF5
// and netCDF keep for themselves: CLASS, NAME, DIMENSION_LIST, REFERENCE_LIST,
// _Netcdf4*. The digest of an entry is SHA-256 over the line
//     path type shape dimensions \n        (single spaces; before \n none)
// and the values in row-major order. type: f64, i64, i32, i8, text. shape: lengths
// joined by "x", or "scalar". dimensions: paths of the scales of the axes joined by
// ",", for a scale its own path, for attributes and scalars "-". Numbers are
// little-endian, every NaN is 0x7ff8000000000000; a text is its length in bytes as
// eight bytes little-endian and its UTF-8. content_sha256 is SHA-256 over the 32-byte
// digests of the entries, ordered by the bytes of their paths.

namespace tailrate::storage {

/// Running digest of one dataset or attribute.
class EntryDigest {
  public:
    EntryDigest(std::string_view path,
                Type type,
                std::span<const std::size_t> shape,
                std::span<const std::string> dimensions);
    /// The next values in row-major order.
    void add(const Values& values);

    [[nodiscard]] core::Digest finish() { return hash_.finish(); }

  private:
    core::Sha256 hash_;
};

/// Digest of an attribute of the object at `path`.
[[nodiscard]] core::Digest attribute_digest(std::string_view path,
                                            const Attribute& attribute);

/// Path of an attribute in the digest: "/squared_error@units", "/@schema".
[[nodiscard]] std::string attribute_path(std::string_view path, std::string_view name);

/// Digest of a whole file from those of its entries, which may come in any order.
class ContentDigest {
  public:
    void add(std::string path, const core::Digest& digest);
    [[nodiscard]] core::Digest finish() const;

  private:
    std::map<std::string, core::Digest> entries_;
};

}  // namespace tailrate::storage
