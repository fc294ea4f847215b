#include "runner/cell_variables.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "runner/cell_columns.hpp"

namespace tailrate::runner {
namespace {

using storage::Layout;
using storage::Type;

/// Dimension of the coordinates of iterate_mean: the largest of the grid.
std::size_t largest_dimension(const plan::Study& study) {
    std::size_t largest = 0;
    for (std::size_t cell = 0; cell < study.experiment().cells.size(); ++cell) {
        largest = std::max(largest, study.problem(cell).facts().dimension);
    }
    return largest;
}

/// Declares variables over cells with what all of them say of themselves.
class Declarer {
  public:
    Declarer(storage::LabelledWriter& file, std::string group, std::string coordinates)
        : file_{file},
          group_{std::move(group)},
          coordinates_{std::move(coordinates)} {}

    void operator()(const std::string& name,
                    Type type,
                    const std::vector<std::string>& dimensions,
                    const std::string& meaning) const {
        file_.variable(group_ + "/" + name,
                       type,
                       dimensions,
                       Layout::chunked,
                       {{"long_name", meaning}, {"coordinates", coordinates_}});
    }

  private:
    storage::LabelledWriter& file_;
    std::string group_;
    std::string coordinates_;
};

}  // namespace

SeedVariables::SeedVariables(storage::LabelledWriter& file,
                             const plan::Study& study,
                             std::string group)
    : file_{file},
      study_{study},
      group_{std::move(group)} {
    const Declarer declare{file, group_, cell_coordinates(study)};
    const metrics::RecordLayout layout = study.layout(0);
    for (const metrics::Metric& metric : layout.metrics()) {
        if (!metric.per_coordinate) {
            declare(std::string{metric.name},
                    Type::f64,
                    {"cell", "seed", "iteration"},
                    std::string{metric.meaning});
        }
    }
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
}

void SeedVariables::write(std::size_t cell, const CellRecord& record) {
    const std::vector<metrics::Metric> recorded = study_.layout(cell).metrics();
    for (std::size_t metric = 0; metric < recorded.size(); ++metric) {
        if (!recorded[metric].per_coordinate) {
            file_.write_slab(group_ + "/" + std::string{recorded[metric].name},
                             cell,
                             record.metrics[metric]);
        }
    }
    file_.write_slab(group_ + "/diverged_at", cell, record.diverged_at);
    file_.write_slab(group_ + "/peak_error", cell, record.peak_error);
    file_.write_slab(group_ + "/precision_limited", cell, record.precision_limited);
    file_.write_slab(group_ + "/final_saturated", cell, record.final_saturated);
}

SummaryVariables::SummaryVariables(storage::LabelledWriter& file,
                                   const plan::Study& study)
    : file_{file},
      study_{study},
      coordinates_{cell_coordinates(study)},
      dimension_{largest_dimension(study)} {
    const metrics::RecordLayout layout = study.layout(0);
    for (const metrics::Metric& metric : layout.metrics()) {
        if (metric.per_coordinate) {
            declare_coordinates(metric);
        } else {
            declare(metric);
        }
    }
    Declarer{file, "", coordinates_}(
        "path_bound",
        Type::f64,
        {"cell", "iteration"},
        "longest possible path of the iterate, +inf from 4 initial distances on");
}

void SummaryVariables::declare(const metrics::Metric& metric) {
    const Declarer declare{file_, "", coordinates_};
    const std::string name{metric.name};
    const std::string meaning{metric.meaning};
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

void SummaryVariables::declare_coordinates(const metrics::Metric& metric) {
    std::vector<std::int32_t> numbers(dimension_);
    std::iota(numbers.begin(), numbers.end(), 0);
    file_.scale("/dimension", numbers, {{"long_name", "eigenvector of f"}});
    Declarer{file_, "", coordinates_}(std::string{metric.name},
                                      Type::f64,
                                      {"cell", "iteration", "dimension"},
                                      std::string{metric.meaning});
}

void SummaryVariables::write(std::size_t cell,
                             const CellRecord& record,
                             const DeclaredFacts& facts) {
    const std::vector<metrics::Metric> recorded = study_.layout(cell).metrics();
    for (std::size_t metric = 0; metric < recorded.size(); ++metric) {
        if (recorded[metric].per_coordinate) {
            write_coordinates(cell, recorded[metric], record, metric);
        } else {
            write_metric(cell, recorded[metric], record, metric);
        }
    }
    file_.write_slab("/path_bound", cell, facts.path_bound);
}

void SummaryVariables::write_metric(std::size_t cell,
                                    const metrics::Metric& metric,
                                    const CellRecord& record,
                                    std::size_t index) {
    const std::string path = "/" + std::string{metric.name};
    const Summary summary =
        summarize(record.metrics[index], record.seeds, record.checkpoints);
    const auto median = summary.quantiles.begin() +
                        static_cast<std::ptrdiff_t>(median_index * record.checkpoints);
    file_.write_slab(path + "_mean", cell, summary.mean);
    file_.write_slab(path + "_median", cell, std::span{median, record.checkpoints});
    file_.write_slab(path + "_quantile", cell, summary.quantiles);
}

/// The mean over seeds, NaN beyond the dimension of this cell's problem.
void SummaryVariables::write_coordinates(std::size_t cell,
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
                sum +=
                    record.metrics[index][(seed * record.checkpoints + k) * width + j];
            }
            mean[k * dimension_ + j] = sum / static_cast<double>(record.seeds);
        }
    }
    file_.write_slab("/" + std::string{metric.name}, cell, mean);
}

}  // namespace tailrate::runner
