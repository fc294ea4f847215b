#include "runner/cell_record.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/contracts.hpp"
#include "math/order_statistics.hpp"

namespace tailrate::runner {
namespace {

using model::lanes;

constexpr double infinity = std::numeric_limits<double>::infinity();
/// Beyond this multiple of the initial distance a bound on the path is not looked at.
constexpr double path_of_interest = 4.0;
/// Rounding of a squared error that was once as large as its peak: (2^-52)^2.
constexpr double rounding = 0x1p-104;
/// Iterations whose schedules are evaluated together.
constexpr std::size_t batch = 256;

void append_seed(const metrics::RecordLayout& layout,
                 const std::vector<double>& row,
                 std::size_t lane,
                 CellRecord& record) {
    for (std::size_t metric = 0; metric < layout.metrics().size(); ++metric) {
        for (std::size_t k = 0; k < layout.checkpoints(); ++k) {
            for (std::size_t j = 0; j < layout.width(metric); ++j) {
                record.metrics[metric].push_back(
                    row[layout.at(metric, k) + j * lanes + lane]);
            }
        }
    }
    const double peak = row[layout.peak_error() + lane];
    const double last = row[layout.at(0, layout.checkpoints() - 1) + lane];
    record.peak_error.push_back(peak);
    record.diverged_at.push_back(
        static_cast<std::int64_t>(row[layout.diverged_at() + lane]));
    record.final_saturated.push_back(row[layout.final_saturated() + lane]);
    record.precision_limited.push_back(peak * rounding > last ? 1 : 0);
}

/// Steps a method's bound on its moves through the iterations.
class PathBound {
  public:
    PathBound(const model::Method& method, std::size_t dimension, std::int64_t horizon)
        : method_{method},
          horizon_{static_cast<std::uint64_t>(horizon)},
          columns_(method.schedules().size(), std::vector<double>(batch)),
          row_(method.schedules().size()) {
        step_.dimension = dimension;
        step_.schedules = row_.data();
    }

    /// The path up to iteration `t`, not before the last one asked for; stops adding
    /// once it exceeds `enough`.
    double up_to(std::int64_t t, double enough) {
        while (static_cast<std::int64_t>(step_.t) < t && path_ <= enough) {
            const std::size_t k = step_.t % batch;
            if (k == 0) {
                fill_columns(std::min<std::uint64_t>(batch, horizon_ - step_.t));
            }
            for (std::size_t s = 0; s < columns_.size(); ++s) {
                row_[s] = columns_[s][k];
            }
            path_ += method_.largest_move(step_, carry_);
            ++step_.t;
        }
        return path_;
    }

  private:
    void fill_columns(std::size_t iterations) {
        for (std::size_t s = 0; s < columns_.size(); ++s) {
            method_.schedules()[s].fill(step_.t,
                                        std::span{columns_[s].data(), iterations});
        }
    }

    const model::Method& method_;
    std::uint64_t horizon_;
    std::vector<std::vector<double>> columns_;
    std::vector<double> row_;
    model::Step step_;
    double carry_ = 0.0;
    double path_ = 0.0;
};

}  // namespace

CellRecord collect(const plan::Study& study, std::size_t cell, const RowSource& rows) {
    const metrics::RecordLayout layout = study.layout(cell);
    CellRecord record;
    record.seeds = static_cast<std::size_t>(study.experiment().seeds);
    record.checkpoints = layout.checkpoints();
    record.metrics.resize(layout.metrics().size());
    for (std::size_t metric = 0; metric < record.metrics.size(); ++metric) {
        record.metrics[metric].reserve(record.seeds * record.checkpoints *
                                       layout.width(metric));
    }
    const std::vector<std::vector<double>> blocks = rows(study.row_keys(cell));
    for (std::size_t block = 0; block < blocks.size(); ++block) {
        const std::vector<double>& row = blocks[block];
        TAILRATE_EXPECTS(row.size() == layout.size());
        for (std::size_t lane = 0; lane < std::min(lanes, record.seeds - block * lanes);
             ++lane) {
            append_seed(layout, row, lane, record);
        }
    }
    return record;
}

Summary summarize(std::span<const double> values,
                  std::size_t seeds,
                  std::size_t checkpoints) {
    Summary summary;
    summary.quantiles.resize(recorded_quantiles.size() * checkpoints);
    std::vector<double> column(seeds);
    for (std::size_t k = 0; k < checkpoints; ++k) {
        double sum = 0.0;
        for (std::size_t seed = 0; seed < seeds; ++seed) {
            column[seed] = values[seed * checkpoints + k];
            sum += column[seed];
        }
        summary.mean.push_back(sum / static_cast<double>(seeds));
        const std::vector<double> found =
            math::order_statistics(column, recorded_quantiles);
        for (std::size_t q = 0; q < found.size(); ++q) {
            summary.quantiles[q * checkpoints + k] = std::isnan(sum) ? sum : found[q];
        }
    }
    return summary;
}

DeclaredFacts declared_facts(const plan::Study& study, std::size_t cell) {
    const plan::CellParts parts = study.parts(cell);
    const model::ProblemFacts& problem = parts.problem->facts();
    // Noise that is multiplied by 0 has every moment.
    const bool is_noisy =
        *std::max_element(parts.noise_factors.begin(), parts.noise_factors.end()) > 0.0;
    const double tail_index = is_noisy ? parts.law->tail_index() : infinity;
    const std::size_t independent =
        parts.joint == model::Joint::common ? 1 : problem.clients;
    DeclaredFacts facts;
    if (!parts.method->has_finite_mse(tail_index, independent)) {
        facts.moment = rates::MomentClass::infinite;
    } else if (parts.method->is_unbounded() && tail_index <= 4.0) {
        facts.moment = rates::MomentClass::caution;
    }
    facts.theory = cell_theory(parts);
    const double enough = path_of_interest * problem.initial_distance;
    PathBound bound{*parts.method, problem.dimension, study.experiment().horizon};
    for (const std::int64_t t : study.checkpoints()) {
        const double path = bound.up_to(t, enough);
        facts.path_bound.push_back(path > enough ? infinity : path);
    }
    return facts;
}

rates::CellRates fit_cell(const plan::Study& study,
                          const CellRecord& record,
                          const DeclaredFacts& facts,
                          double window_decades) {
    double saturated = 0.0;
    for (const double fraction : record.final_saturated) {
        saturated += fraction / static_cast<double>(record.seeds);
    }
    return rates::fit(
        {.iterations = study.checkpoints(), .errors = record.metrics.front()},
        {.moment = facts.moment,
         .path_bound = facts.path_bound,
         .final_saturated = saturated},
        window_decades);
}

}  // namespace tailrate::runner
