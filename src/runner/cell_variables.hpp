#pragma once

#include <functional>
#include <string>

#include "runner/cell_record.hpp"
#include "storage/labelled_writer.hpp"

namespace tailrate::runner {

/// Takes the values of a variable; its name is without the group.
using TakeValues =
    std::function<void(const std::string& name, const storage::Values& values)>;

/// Of one cell: what SeedVariables writes.
void visit_seed_values(const plan::Study& study,
                       std::size_t cell,
                       const CellRecord& record,
                       const TakeValues& take);

/// Of one cell: what SummaryVariables writes, with `coordinates` of the mean iterate.
void visit_summaries(const plan::Study& study,
                     std::size_t cell,
                     const CellRecord& record,
                     const DeclaredFacts& facts,
                     std::size_t coordinates,
                     const TakeValues& take);

/// Coordinates of the mean iterate in the file: the largest dimension of the grid.
[[nodiscard]] std::size_t largest_dimension(const plan::Study& study);

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

    storage::LabelledWriter& file_;
    const plan::Study& study_;
    std::string coordinates_;
    std::size_t dimension_;
};

}  // namespace tailrate::runner
