#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "core/sha256.hpp"
#include "metrics/metrics.hpp"
#include "model/method.hpp"
#include "model/network.hpp"
#include "model/noise.hpp"
#include "model/noise_field.hpp"
#include "model/problem.hpp"
#include "plan/experiment.hpp"

namespace tailrate::plan {

/// Raised when numbers change through core, random, math, model, metrics or runner.
inline constexpr int engine_version = 1;

/// What a cell is made of, ready to step.
struct CellParts {
    std::shared_ptr<const model::Problem> problem;
    std::shared_ptr<const model::Network> network;
    std::shared_ptr<const model::Noise> law;
    std::shared_ptr<const model::Method> method;
    std::vector<double> noise_factors;  ///< per client
    model::Joint joint = model::Joint::independent;
};

/// Cells that meet the same draws: equal law, shape parameters, joint law, clients,
/// dimension and oracle calls per iteration.
struct NoiseGroup {
    std::uint32_t noise = 0;  ///< index of a noise choice that has the law
    std::size_t clients = 0;
    std::size_t dimension = 0;
    std::size_t oracle_calls = 1;
    std::vector<std::uint32_t> cells;  ///< ascending
};

/// An experiment with everything constructed: all input errors have been found.
class Study {
  public:
    /// Throws core::InputError also where the problems need more than so many bytes, if
    /// it can before they fill them.
    explicit Study(Experiment experiment,
                   double most_bytes = std::numeric_limits<double>::infinity());

    [[nodiscard]] const Experiment& experiment() const { return experiment_; }

    [[nodiscard]] const std::vector<std::int64_t>& checkpoints() const {
        return checkpoints_;
    }

    /// Blocks of `lanes` seeds, the last one padded; numbered from first_block() on, so
    /// that block b holds the seeds from b lanes on.
    [[nodiscard]] std::size_t blocks() const;
    [[nodiscard]] std::size_t first_block() const;
    [[nodiscard]] CellParts parts(std::size_t cell) const;
    [[nodiscard]] const model::Problem& problem(std::size_t cell) const;
    [[nodiscard]] const model::Noise& law(std::size_t cell) const;
    [[nodiscard]] std::vector<double> noise_factors(
        std::size_t cell) const;  ///< per client
    /// Of the cell's method, per iteration.
    [[nodiscard]] std::size_t oracle_calls(std::size_t cell) const;

    [[nodiscard]] const std::vector<NoiseGroup>& groups() const { return groups_; }

    [[nodiscard]] metrics::RecordLayout layout(std::size_t cell) const;
    /// Every numeric input that shapes the rows of this cell with the versions of what
    /// computes them, one "name value" a line: equal texts mean equal numbers. Names,
    /// descriptions, paths and the number of seeds are not in it.
    [[nodiscard]] std::string identity(std::size_t cell) const;
    /// Journal key of a row: SHA-256 of the identity and the block's first seed.
    [[nodiscard]] core::Digest row_key(std::size_t cell, std::size_t block) const;
    /// Of all blocks of a cell, from first_block() on.
    [[nodiscard]] std::vector<core::Digest> row_keys(std::size_t cell) const;

    /// Things that are allowed and probably not meant, one line each.
    [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

  private:
    void make_problems(double most_bytes);
    void make_laws();
    void check_networks() const;
    void make_methods();
    void make_groups();

    Experiment experiment_;
    std::vector<std::int64_t> checkpoints_;
    std::vector<std::shared_ptr<const model::Problem>>
        problems_;                                           ///< per problem choice
    std::vector<std::shared_ptr<const model::Noise>> laws_;  ///< per noise choice
    std::vector<double> units_;  ///< per noise choice, what a draw is divided by
    /// Pairs of a method and a problem choice that occur, sorted, and their oracle
    /// calls.
    std::vector<std::array<std::uint32_t, 2>> pairs_;
    std::vector<std::uint32_t> calls_;
    std::vector<NoiseGroup> groups_;
    std::vector<std::string> warnings_;
};

}  // namespace tailrate::plan
