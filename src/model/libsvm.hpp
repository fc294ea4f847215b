#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "model/sparse_rows.hpp"

namespace tailrate::model {

/// A classification data set of two classes.
struct LabelledRows {
    SparseRows rows;             ///< m rows, explicit zeros left out
    std::vector<double> labels;  ///< (m) -1 or +1
    std::string digest;          ///< SHA-256 of the file's bytes, hexadecimal
};

/// Reads a LIBSVM file: "label index:value ..." a line, indices from 1 in any order,
/// "#" starts a comment, empty lines and Windows line ends are accepted. The labels are
/// two of {-1, 1}, {0, 1}, {1, 2}; the larger one becomes +1. The dimension is the
/// largest index. Throws core::InputError with the position for anything else.
[[nodiscard]] LabelledRows read_libsvm(const std::filesystem::path& path);

}  // namespace tailrate::model
