#include "model/client_rows.hpp"

#include <system_error>
#include <utility>

#include "core/errors.hpp"
#include "model/libsvm.hpp"
#include "model/partition.hpp"

namespace tailrate::model {
namespace {

constexpr double dense_limit = 1e8;  // entries of a standardized data set

SparseRows with_features(const SparseRows& rows, const std::string& features) {
    if (features == "raw") {
        return rows;
    }
    const double entries =
        static_cast<double>(rows.size()) * static_cast<double>(rows.dimension);
    if (entries > dense_limit) {
        throw core::ParameterError(
            "features",
            "standardized features are dense: " + core::to_text(entries) +
                " entries, at most 1e8; features: raw keeps zeros");
    }
    return standardized(rows);
}

Partition checked_partition(const std::vector<double>& labels,
                            const core::Parameters& parameters) {
    const auto clients = static_cast<std::size_t>(parameters.integer("clients"));
    const auto seed = static_cast<std::uint64_t>(parameters.integer("instance_seed"));
    const double alpha = parameters.real("alpha");
    if (clients > labels.size()) {
        throw core::ParameterError(
            "clients",
            "clients is " + std::to_string(clients) + " but the data have " +
                std::to_string(labels.size()) + " rows; every client needs a row");
    }
    if (parameters.text("partition") == "iid") {
        return partition_iid(labels.size(), clients, seed);
    }
    if (parameters.text("partition") == "by_label") {
        return partition_by_label(labels, clients);
    }
    Partition partition = partition_dirichlet(labels, clients, alpha, seed);
    for (std::size_t i = 0; i < clients; ++i) {
        if (partition.starts[i] == partition.starts[i + 1]) {
            throw core::ParameterError(
                "partition",
                "client " + std::to_string(i) +
                    " gets no row with partition: dirichlet, alpha " +
                    core::to_text(alpha) +
                    "; raise alpha, take fewer clients or another "
                    "instance_seed");
        }
    }
    return partition;
}

}  // namespace

std::vector<double> ClientRows::weights() const {
    std::vector<double> weights;
    for (std::size_t i = 0; i < clients(); ++i) {
        weights.insert(
            weights.end(), count(i), 1.0 / static_cast<double>(clients() * count(i)));
    }
    return weights;
}

ClientRows read_clients(const core::Parameters& parameters,
                        const std::filesystem::path& folder) {
    const std::filesystem::path file = folder / parameters.text("data");
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(file, ignored)) {
        throw core::ParameterError("data", "data: no file " + file.string());
    }
    LabelledRows data = read_libsvm(file);
    const Partition partition = checked_partition(data.labels, parameters);
    const SparseRows rows = with_features(data.rows, parameters.text("features"));
    ClientRows own{
        {.dimension = rows.dimension}, partition.starts, std::move(data.digest)};
    for (const std::size_t j : partition.order) {
        own.rows.append(rows.row(j));
        for (std::size_t k = own.rows.starts[own.rows.size() - 1];
             k < own.rows.values.size();
             ++k) {
            own.rows.values[k] *= data.labels[j];
        }
    }
    return own;
}

}  // namespace tailrate::model
