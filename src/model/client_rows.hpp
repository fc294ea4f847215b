#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/parameters.hpp"
#include "model/sparse_rows.hpp"

namespace tailrate::model {

/// A data set of two classes divided among clients: rows times their labels -1 and +1,
/// those of one client together.
struct ClientRows {
    SparseRows rows;
    std::vector<std::size_t>
        starts;          ///< client i has rows starts[i] .. starts[i + 1] - 1
    std::string digest;  ///< SHA-256 of the file

    [[nodiscard]] std::size_t clients() const { return starts.size() - 1; }

    [[nodiscard]] std::size_t count(std::size_t client) const {
        return starts[client + 1] - starts[client];
    }

    /// (m) 1 / (n m_i) for a row of client i: sums to 1, every client counts the same.
    [[nodiscard]] std::vector<double> weights() const;
};

/// Reads the LIBSVM file `data` in `folder` and divides it as the parameters `clients`,
/// `instance_seed`, `partition`, `alpha` and `features` say. Throws core::InputError
/// for a wrong file and core::ParameterError where a client would stay empty.
[[nodiscard]] ClientRows read_clients(const core::Parameters& parameters,
                                      const std::filesystem::path& folder);

}  // namespace tailrate::model
