#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "storage/hdf5_handle.hpp"
#include "storage/labelled_values.hpp"

// Private to this module: values and attributes between memory and HDF5.

namespace tailrate::storage::hdf5 {

/// The one HDF5 type in which each Type is stored: little-endian, texts of variable
/// length in UTF-8 (netCDF and xarray fail on texts of fixed length).
[[nodiscard]] Handle file_type(const Caller& caller, Type type);

/// Which Type a stored type decodes to; refuses what this module never writes.
[[nodiscard]] Type decoded_type(const Caller& caller,
                                hid_t stored,
                                const std::string& path);

/// Scalar for an empty shape.
[[nodiscard]] Handle make_space(const Caller& caller,
                                const std::vector<std::size_t>& shape);
[[nodiscard]] std::vector<std::size_t> shape_of(const Caller& caller, hid_t space);
[[nodiscard]] std::size_t product(const std::vector<std::size_t>& shape);

/// Selects `count` indices of the first dimension.
void select_rows(const Caller& caller,
                 hid_t space,
                 const std::vector<std::size_t>& shape,
                 std::size_t first,
                 std::size_t count);

/// Writes the values to what is selected in `space`.
void write_values(const Caller& caller,
                  hid_t dataset,
                  hid_t space,
                  const Values& values,
                  const std::string& path);

/// Reads `count` values: what is selected in `space`.
[[nodiscard]] Array read_values(const Caller& caller,
                                hid_t dataset,
                                hid_t space,
                                Type type,
                                std::size_t count,
                                const std::string& path);

void write_attribute(const Caller& caller, hid_t object, const Attribute& attribute);
[[nodiscard]] Attribute read_attribute(const Caller& caller,
                                       hid_t attribute,
                                       const std::string& name,
                                       const std::string& path);

}  // namespace tailrate::storage::hdf5
