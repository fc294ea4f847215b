#include "coverage/pool.hpp"

#include <algorithm>
#include <stdexcept>

#include "core/contracts.hpp"
#include "model/block.hpp"
#include "rates/window.hpp"
#include "runner/cell_record.hpp"
#include "runner/execute.hpp"
#include "runner/units.hpp"

namespace tailrate::coverage {
namespace {

/// Keeps of each row the errors at 0 and in the window, which is all that a fit over
/// the window looks at.
class PoolSink final : public runner::RowSink {
  public:
    PoolSink(const plan::Study& study,
             const std::vector<std::size_t>& kept,
             std::vector<CellPool>& cells)
        : study_{study},
          kept_{kept},
          cells_{cells} {}

    void put(const runner::Row& row, std::span<const double> record) override {
        const metrics::RecordLayout layout = study_.layout(row.cell);
        CellPool& cell = cells_[row.cell];
        const std::size_t first = (row.block - study_.first_block()) * model::lanes;
        for (std::size_t lane = 0; lane < model::lanes; ++lane) {
            double* errors = &cell.errors[(first + lane) * kept_.size()];
            for (std::size_t k = 0; k < kept_.size(); ++k) {
                errors[k] = record[layout.at(0, kept_[k]) + lane];
            }
            cell.final_saturated[first + lane] =
                record[layout.final_saturated() + lane];
        }
    }

    void commit() override {}

  private:
    const plan::Study& study_;
    const std::vector<std::size_t>& kept_;
    std::vector<CellPool>& cells_;
};

std::vector<std::size_t> kept_checkpoints(const std::vector<std::int64_t>& all) {
    const std::size_t offset = rates::select_window(all, window_decades).offset;
    std::vector<std::size_t> kept{0};
    for (std::size_t k = std::max<std::size_t>(1, offset); k < all.size(); ++k) {
        kept.push_back(k);
    }
    return kept;
}

CellPool empty_pool(const plan::Study& study,
                    const Family& family,
                    std::size_t cell,
                    const std::vector<std::size_t>& kept) {
    const runner::DeclaredFacts facts = runner::declared_facts(study, cell);
    const auto seeds = static_cast<std::size_t>(study.experiment().seeds);
    CellPool pool;
    pool.text = family.cells[cell];
    pool.name = family.name + " " + pool.text.name;
    pool.moment = facts.moment;
    for (const std::size_t k : kept) {
        pool.iterations.push_back(study.checkpoints()[k]);
        pool.path_bound.push_back(facts.path_bound[k]);
    }
    pool.errors.resize(seeds * kept.size());
    pool.final_saturated.resize(seeds);
    return pool;
}

}  // namespace

rates::Curves CellPool::curves(std::size_t first, std::size_t count) const {
    const std::size_t n = iterations.size();
    return {.iterations = iterations,
            .errors = std::span{errors}.subspan(first * n, count * n)};
}

rates::CellRates CellPool::fit(std::size_t first, std::size_t count) const {
    double saturated = 0.0;
    for (std::size_t r = first; r < first + count; ++r) {
        saturated += final_saturated[r] / static_cast<double>(count);
    }
    return rates::fit(
        curves(first, count),
        {.moment = moment, .path_bound = path_bound, .final_saturated = saturated},
        window_decades);
}

std::vector<CellPool> run_pool(const Family& family,
                               std::size_t seeds,
                               std::size_t threads) {
    TAILRATE_EXPECTS(seeds % model::lanes == 0);
    const plan::Study study = make_study(family, static_cast<std::int64_t>(seeds));
    const std::vector<std::size_t> kept = kept_checkpoints(study.checkpoints());
    std::vector<CellPool> cells;
    for (std::size_t cell = 0; cell < family.cells.size(); ++cell) {
        cells.push_back(empty_pool(study, family, cell, kept));
    }
    PoolSink sink{study, kept, cells};
    const runner::ExecuteResult result =
        runner::execute(study, runner::all_rows(study), sink, {.threads = threads});
    if (!result.failures.empty()) {
        throw std::runtime_error{result.failures.front()};
    }
    return cells;
}

}  // namespace tailrate::coverage
