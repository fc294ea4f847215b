#include "runner/result_file.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "runner/cell_columns.hpp"
#include "runner/provenance.hpp"
#include "runner/theory_columns.hpp"

namespace tailrate::runner {
namespace {

using storage::Layout;
using storage::Type;

void write_scales(storage::LabelledWriter& file, const plan::Study& study) {
    const plan::Experiment& experiment = study.experiment();
    std::vector<std::int32_t> cells(experiment.cells.size());
    std::iota(cells.begin(), cells.end(), 0);
    std::vector<std::int64_t> seeds(static_cast<std::size_t>(experiment.seeds));
    std::iota(seeds.begin(), seeds.end(), experiment.first_seed);
    file.scale("/cell", cells, {{"long_name", "point of the grid"}});
    file.scale("/seed", seeds, {{"long_name", "independent replicate of the noise"}});
    file.scale("/iteration", study.checkpoints(), {{"long_name", "steps taken"}});
    file.scale("/bound",
               std::vector<std::string>{"lower", "upper"},
               {{"long_name", "ends of a 95 % interval"}});
    file.scale("/quantile",
               recorded_quantiles,
               {{"long_name", "order statistic ceil(q R) over seeds"}});
}

/// Dimension of the coordinates of iterate_mean: the largest of the grid.
std::size_t largest_dimension(const plan::Study& study) {
    std::size_t largest = 0;
    for (std::size_t cell = 0; cell < study.experiment().cells.size(); ++cell) {
        largest = std::max(largest, study.problem(cell).facts().dimension);
    }
    return largest;
}

/// Declares and writes everything that has one slab per cell.
class CellVariables {
  public:
    CellVariables(storage::LabelledWriter& file, const plan::Study& study)
        : file_{file},
          study_{study},
          coordinates_{cell_coordinates(study)},
          dimension_{largest_dimension(study)} {
        declare_metrics();
        declare("diverged_at",
                Type::i64,
                {"cell", "seed"},
                "first checkpoint with a non-finite metric, -1 = never");
        declare("peak_error",
                Type::f64,
                {"cell", "seed"},
                "largest squared error at a checkpoint");
        declare("precision_limited",
                Type::i8,
                {"cell", "seed"},
                "1 where rounding of the peak exceeds the final error");
        declare("final_saturated",
                Type::f64,
                {"cell", "seed"},
                "part of the last messages cut off, NaN where undefined");
        declare(
            "path_bound",
            Type::f64,
            {"cell", "iteration"},
            "longest possible path of the iterate, +inf from 4 initial distances on");
    }

    void write(std::size_t cell, const CellRecord& record, const DeclaredFacts& facts) {
        const std::vector<metrics::Metric> recorded = study_.layout(cell).metrics();
        for (std::size_t metric = 0; metric < recorded.size(); ++metric) {
            if (recorded[metric].per_coordinate) {
                write_coordinates(cell, recorded[metric], record, metric);
            } else {
                write_metric(cell, recorded[metric], record, metric);
            }
        }
        file_.write_slab("/diverged_at", cell, record.diverged_at);
        file_.write_slab("/peak_error", cell, record.peak_error);
        file_.write_slab("/precision_limited", cell, record.precision_limited);
        file_.write_slab("/final_saturated", cell, record.final_saturated);
        file_.write_slab("/path_bound", cell, facts.path_bound);
    }

  private:
    void declare(const std::string& name,
                 Type type,
                 const std::vector<std::string>& dimensions,
                 const std::string& meaning) {
        file_.variable("/" + name,
                       type,
                       dimensions,
                       Layout::chunked,
                       {{"long_name", meaning}, {"coordinates", coordinates_}});
    }

    void declare_metrics() {
        const metrics::RecordLayout layout = study_.layout(0);
        for (const metrics::Metric& metric : layout.metrics()) {
            const std::string name{metric.name};
            const std::string meaning{metric.meaning};
            if (metric.per_coordinate) {
                std::vector<std::int32_t> numbers(dimension_);
                std::iota(numbers.begin(), numbers.end(), 0);
                file_.scale("/dimension", numbers, {{"long_name", "eigenvector of f"}});
                declare(name, Type::f64, {"cell", "iteration", "dimension"}, meaning);
                continue;
            }
            declare(name, Type::f64, {"cell", "seed", "iteration"}, meaning);
            declare(name + "_mean",
                    Type::f64,
                    {"cell", "iteration"},
                    meaning + ", mean over seeds");
            declare(name + "_median",
                    Type::f64,
                    {"cell", "iteration"},
                    meaning + ", median over seeds");
            declare(name + "_quantile",
                    Type::f64,
                    {"cell", "quantile", "iteration"},
                    meaning + ", quantiles over seeds");
        }
    }

    void write_metric(std::size_t cell,
                      const metrics::Metric& metric,
                      const CellRecord& record,
                      std::size_t index) {
        const std::string path = "/" + std::string{metric.name};
        const Summary summary =
            summarize(record.metrics[index], record.seeds, record.checkpoints);
        const auto median =
            summary.quantiles.begin() +
            static_cast<std::ptrdiff_t>(median_index * record.checkpoints);
        file_.write_slab(path, cell, record.metrics[index]);
        file_.write_slab(path + "_mean", cell, summary.mean);
        file_.write_slab(path + "_median", cell, std::span{median, record.checkpoints});
        file_.write_slab(path + "_quantile", cell, summary.quantiles);
    }

    /// The mean over seeds, NaN beyond the dimension of this cell's problem.
    void write_coordinates(std::size_t cell,
                           const metrics::Metric& metric,
                           const CellRecord& record,
                           std::size_t index) {
        const std::size_t width = study_.problem(cell).facts().dimension;
        std::vector<double> mean(record.checkpoints * dimension_,
                                 std::numeric_limits<double>::quiet_NaN());
        for (std::size_t k = 0; k < record.checkpoints; ++k) {
            for (std::size_t j = 0; j < width; ++j) {
                double sum = 0.0;
                for (std::size_t seed = 0; seed < record.seeds; ++seed) {
                    sum += record.metrics[index]
                                         [(seed * record.checkpoints + k) * width + j];
                }
                mean[k * dimension_ + j] = sum / static_cast<double>(record.seeds);
            }
        }
        file_.write_slab("/" + std::string{metric.name}, cell, mean);
    }

    storage::LabelledWriter& file_;
    const plan::Study& study_;
    std::string coordinates_;
    std::size_t dimension_;
};

}  // namespace

double result_bytes(const plan::Study& study) {
    constexpr std::size_t summaries = recorded_quantiles.size() + 3;
    constexpr double cell_overhead = 1000.0;
    const auto seeds = static_cast<double>(study.experiment().seeds);
    double bytes = 0.0;
    for (std::size_t cell = 0; cell < study.experiment().cells.size(); ++cell) {
        const metrics::RecordLayout layout = study.layout(cell);
        const double seed_numbers =
            static_cast<double>(layout.size()) / static_cast<double>(model::lanes);
        const auto summary_numbers = static_cast<double>(
            summaries * layout.metrics().size() * layout.checkpoints());
        bytes +=
            (seed_numbers * seeds + summary_numbers) * sizeof(double) + cell_overhead;
    }
    for (const std::size_t cell : instances(study).first_cell) {
        bytes += study.problem(cell).bytes();
    }
    return bytes;
}

core::Digest write_result(const plan::Study& study,
                          const RowSource& rows,
                          const std::filesystem::path& path) {
    const plan::Experiment& experiment = study.experiment();
    storage::LabelledWriter file{path,
                                 {result_schema_name, result_schema_version},
                                 static_cast<std::size_t>(result_bytes(study))};
    file.attribute("/", {"experiment", experiment.name});
    file.attribute("/", {"title", experiment.description});
    file.attribute("/", {"Conventions", std::string{"CF-1.8"}});
    file.attribute("/", {"window_decades", experiment.window_decades});
    file.attribute("/", {"horizon", experiment.horizon});
    file.attribute("/", {"master_seed", experiment.master_seed});
    write_scales(file, study);
    write_cell_coordinates(file, study);
    CellVariables variables{file, study};
    RateColumns rates;
    TheoryColumns theory;
    for (std::size_t cell = 0; cell < experiment.cells.size(); ++cell) {
        const CellRecord record = collect(study, cell, rows);
        const DeclaredFacts facts = declared_facts(study, cell);
        variables.write(cell, record, facts);
        rates.add(facts.moment,
                  fit_cell(study, record, facts, experiment.window_decades));
        theory.add(facts.theory);
    }
    rates.write(file, study);
    theory.write(file, cell_coordinates(study));
    const std::vector<std::size_t> first_cells = instances(study).first_cell;
    for (std::size_t k = 0; k < first_cells.size(); ++k) {
        write_instance(file, study.problem(first_cells[k]), k);
    }
    write_provenance(file, study);
    return file.finish();
}

}  // namespace tailrate::runner
