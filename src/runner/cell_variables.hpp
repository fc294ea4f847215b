#pragma once

#include <string>

#include "runner/cell_record.hpp"
#include "storage/labelled_writer.hpp"

namespace tailrate::runner {

/// The variables with a value per cell and seed, in the root group ("") or in a group
/// with a seed scale of its own. Cells are written in order.
class SeedVariables {
  public:
    SeedVariables(storage::LabelledWriter& file,
                  const plan::Study& study,
                  std::string group);

    void write(std::size_t cell, const CellRecord& record);

  private:
    storage::LabelledWriter& file_;
    const plan::Study& study_;
    std::string group_;
};

/// What is made of the seeds at every checkpoint: means, medians, quantiles, the mean
/// iterate; and the longest possible path.
class SummaryVariables {
  public:
    SummaryVariables(storage::LabelledWriter& file, const plan::Study& study);

    void write(std::size_t cell, const CellRecord& record, const DeclaredFacts& facts);

  private:
    void declare(const metrics::Metric& metric);
    void declare_coordinates(const metrics::Metric& metric);
    void write_metric(std::size_t cell,
                      const metrics::Metric& metric,
                      const CellRecord& record,
                      std::size_t index);
    void write_coordinates(std::size_t cell,
                           const metrics::Metric& metric,
                           const CellRecord& record,
                           std::size_t index);

    storage::LabelledWriter& file_;
    const plan::Study& study_;
    std::string coordinates_;
    std::size_t dimension_;
};

}  // namespace tailrate::runner
