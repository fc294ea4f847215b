#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/bound.hpp"
#include "model/noise.hpp"
#include "plan/study.hpp"
#include "storage/labelled_reader.hpp"
#include "storage/labelled_writer.hpp"

namespace tailrate::runner {

/// The noise of a cell as theory sees it.
[[nodiscard]] model::NoiseFacts noise_facts(const plan::CellParts& parts);

/// E|s z|, averaged over clients; +inf where infinite, 0 where every scale is.
[[nodiscard]] double mean_absolute_noise(const std::vector<double>& factors,
                                         const model::Noise& law);

/// What is known of a cell's exponent before anything runs.
struct CellTheory {
    double knee = 0.0;  ///< iterations, NaN where there is none
    std::vector<core::Bound> bounds;
};

[[nodiscard]] CellTheory cell_theory(const plan::CellParts& parts);

/// Writes the variable /knee over cells and, where any cell has a statement, the group
/// /theory over its own scale /theory/statement: cell, kind, about, exponent,
/// exponent_up_to, from_iteration, ours, assumptions, source.
class TheoryColumns {
  public:
    /// Of the next cell.
    void add(const CellTheory& theory);
    void write(storage::LabelledWriter& file, const std::string& coordinates) const;

  private:
    std::vector<double> knees_;
    std::vector<std::int32_t> cells_;
    std::vector<core::Bound> bounds_;
};

/// Of what TheoryColumns writes for a study, from a sample of its cells: nearly right.
[[nodiscard]] double theory_bytes(const plan::Study& study);

/// Per cell what TheoryColumns wrote; nothing known in a file without it.
[[nodiscard]] std::vector<CellTheory> read_theory(const storage::LabelledReader& file,
                                                  std::size_t cells);

}  // namespace tailrate::runner
