#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "core/sha256.hpp"
#include "storage/hdf5_handle.hpp"
#include "storage/labelled_values.hpp"

// Private to this module: what a file contains, with everything refused that a labelled
// file never has, so that later reads meet no surprise.

namespace tailrate::storage::hdf5 {

struct StoredVariable {
    Type type = Type::f64;
    std::vector<std::size_t> shape;
    std::vector<std::string> dimensions;  ///< paths of the scales; its own for a scale
};

struct Inventory {
    std::map<std::string, StoredVariable> variables;  ///< by path
    std::map<std::string, std::vector<Attribute>>
        attributes;  ///< of groups and variables
};

[[nodiscard]] Inventory take_inventory(const Caller& caller, hid_t file);

/// content_sha256 of the file as it decodes; reads a bounded piece at a time.
[[nodiscard]] core::Digest digest_content(const Caller& caller,
                                          hid_t file,
                                          const Inventory& inventory);

/// `count` indices of the first dimension from `first` on (1 from 0 of a scalar).
[[nodiscard]] Array read_rows(const Caller& caller,
                              hid_t dataset,
                              const StoredVariable& variable,
                              std::size_t first,
                              std::size_t count,
                              const std::string& path);

}  // namespace tailrate::storage::hdf5
