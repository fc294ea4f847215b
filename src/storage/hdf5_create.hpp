#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "storage/hdf5_handle.hpp"

// Private to this module: files, groups, datasets and dimensions made so that the same
// calls give the same bytes: no times of objects, creation order kept, format versions
// pinned, space allocated when an object is made and not when it is first written.

namespace tailrate::storage::hdf5 {

/// A new file; one that is there already is an error. Its bytes are the same whether it
/// is built in memory, and written by one call when it is flushed, or on the disk.
[[nodiscard]] Handle create_file(const Caller& caller,
                                 const std::filesystem::path& path,
                                 bool is_in_memory);

/// Read-only and without a lock: finished files never change in place, and some network
/// file systems have no locks.
[[nodiscard]] Handle open_file(const Caller& caller);

[[nodiscard]] Handle create_group(const Caller& caller,
                                  hid_t file,
                                  const std::string& path);

/// In chunks of the shape `chunk` with checksums, in one piece where `chunk` is empty.
[[nodiscard]] Handle create_dataset(const Caller& caller,
                                    hid_t file,
                                    const std::string& path,
                                    hid_t type,
                                    hid_t space,
                                    const std::vector<std::size_t>& chunk,
                                    std::size_t chunk_bytes);

[[nodiscard]] hobj_ref_t reference_to(const Caller& caller,
                                      hid_t file,
                                      const std::string& path);

/// DIMENSION_LIST of a dataset: one scale per axis. The lists of the dimension scale
/// specification are written here, each once and padding included, because
/// H5DSattach_scale replaces REFERENCE_LIST with every call.
void write_dimension_list(const Caller& caller,
                          hid_t dataset,
                          std::vector<hobj_ref_t> scales);

/// REFERENCE_LIST of a scale: the datasets that use it, with the axis.
void write_reference_list(const Caller& caller,
                          hid_t scale,
                          const std::vector<std::pair<hobj_ref_t, int>>& users);

}  // namespace tailrate::storage::hdf5
