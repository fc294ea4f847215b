#include "runner/cell_variables.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "runner/cell_columns.hpp"

namespace tailrate::runner {
namespace {

using storage::Layout;
using storage::Type;

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

void visit_metric(const metrics::Metric& metric,
                  const CellRecord& record,
                  std::size_t index,
                  const TakeValues& take) {
    const std::string name{metric.name};
    const Summary summary =
        summarize(record.metrics[index], record.seeds, record.checkpoints);
    const auto median = summary.quantiles.begin() +
                        static_cast<std::ptrdiff_t>(median_index * record.checkpoints);
    take(name + "_mean", summary.mean);
    take(name + "_median", std::span{median, record.checkpoints});
    take(name + "_quantile", summary.quantiles);
}

/// The mean over seeds, NaN beyond `width`, the dimension of this cell's problem.
std::vector<double> mean_over_seeds(const std::vector<double>& values,
                                    const CellRecord& record,
                                    std::size_t width,
                                    std::size_t coordinates) {
    std::vector<double> mean(record.checkpoints * coordinates,
                             std::numeric_limits<double>::quiet_NaN());
    for (std::size_t k = 0; k < record.checkpoints; ++k) {
        for (std::size_t j = 0; j < width; ++j) {
            double sum = 0.0;
            for (std::size_t seed = 0; seed < record.seeds; ++seed) {
                sum += values[(seed * record.checkpoints + k) * width + j];
            }
            mean[k * coordinates + j] = sum / static_cast<double>(record.seeds);
        }
    }
    return mean;
}

}  // namespace

std::size_t largest_dimension(const plan::Study& study) {
    std::size_t largest = 0;
    for (std::size_t cell = 0; cell < study.experiment().cells.size(); ++cell) {
        largest = std::max(largest, study.problem(cell).facts().dimension);
    }
    return largest;
}

void visit_seed_values(const plan::Study& study,
                       std::size_t cell,
                       const CellRecord& record,
                       const TakeValues& take) {
    const std::vector<metrics::Metric> recorded = study.layout(cell).metrics();
    for (std::size_t metric = 0; metric < recorded.size(); ++metric) {
        if (!recorded[metric].per_coordinate) {
            take(std::string{recorded[metric].name}, record.metrics[metric]);
        }
    }
    take("diverged_at", record.diverged_at);
    take("peak_error", record.peak_error);
    take("precision_limited", record.precision_limited);
    take("final_saturated", record.final_saturated);
}

void visit_summaries(const plan::Study& study,
                     std::size_t cell,
                     const CellRecord& record,
                     const DeclaredFacts& facts,
                     std::size_t coordinates,
                     const TakeValues& take) {
    const std::vector<metrics::Metric> recorded = study.layout(cell).metrics();
    const std::size_t width = study.problem(cell).facts().dimension;
    for (std::size_t metric = 0; metric < recorded.size(); ++metric) {
        if (recorded[metric].per_coordinate) {
            take(std::string{recorded[metric].name},
                 mean_over_seeds(record.metrics[metric], record, width, coordinates));
        } else {
            visit_metric(recorded[metric], record, metric, take);
        }
    }
    take("path_bound", facts.path_bound);
}

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
    visit_seed_values(study_,
                      cell,
                      record,
                      [&](const std::string& name, const storage::Values& values) {
                          file_.write_slab(group_ + "/" + name, cell, values);
                      });
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
    visit_summaries(study_,
                    cell,
                    record,
                    facts,
                    dimension_,
                    [&](const std::string& name, const storage::Values& values) {
                        file_.write_slab("/" + name, cell, values);
                    });
}

}  // namespace tailrate::runner
