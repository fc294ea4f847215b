#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "plan/experiment.hpp"
#include "rates/rates.hpp"
#include "runner/theory_columns.hpp"
#include "storage/labelled_reader.hpp"

namespace tailrate::runner {

/// The squared errors of one cell over the seeds of a file, (seed x iteration), and
/// what its method declared.
struct StoredCell {
    std::vector<double> errors;
    rates::MomentClass moment = rates::MomentClass::finite;
    std::vector<double> path_bound;
    double final_saturated = rates::not_a_number;

    /// Views of this object.
    [[nodiscard]] rates::CellFacts facts() const {
        return {moment, path_bound, final_saturated};
    }
};

/// A result file as the reporting commands see it. Opening it checks its digest; what
/// is wrong with it is a core::StorageError.
class ResultReader {
  public:
    explicit ResultReader(const std::filesystem::path& path);

    [[nodiscard]] const storage::LabelledReader& file() const { return file_; }

    [[nodiscard]] std::size_t cells() const { return labels_.size(); }

    [[nodiscard]] const std::vector<std::string>& labels() const { return labels_; }

    [[nodiscard]] const std::vector<std::int64_t>& iterations() const {
        return iterations_;
    }

    /// Seed numbers, of one range.
    [[nodiscard]] const std::vector<std::int64_t>& seeds() const { return seeds_; }

    [[nodiscard]] plan::SeedRange seed_range() const;
    [[nodiscard]] double window_decades() const;

    /// Whether it has the numbers of every seed, and not summaries only.
    [[nodiscard]] bool has_seeds() const;
    /// Throws core::StorageError where it has not; `command` is what needs them.
    void require_seeds(std::string_view command) const;
    /// Per cell, as they were fitted when it was written; only where it has not. Views
    /// of this object.
    [[nodiscard]] std::vector<rates::CellRates> rates() const;
    /// Only where it has the numbers of every seed.
    [[nodiscard]] StoredCell cell(std::size_t cell) const;

    [[nodiscard]] rates::MomentClass moment(std::size_t cell) const {
        return static_cast<rates::MomentClass>(moments_[cell]);
    }

    /// Per cell; nothing in a file of a program that did not state any.
    [[nodiscard]] std::vector<CellTheory> theory() const;

    /// Seed numbers of the group /confirmation; empty where there is none.
    [[nodiscard]] std::vector<std::int64_t> confirmation_seeds() const;
    /// (seed x iteration)
    [[nodiscard]] std::vector<double> confirmation_errors(std::size_t cell) const;

    /// The experiment as it was completed when the file was written, read again by this
    /// program. Data files are looked for in `folder`.
    [[nodiscard]] plan::Experiment experiment(
        const std::filesystem::path& folder) const;

  private:
    storage::LabelledReader file_;
    std::vector<std::string> labels_;
    std::vector<std::int64_t> iterations_;
    std::vector<std::int64_t> seeds_;
    std::vector<std::int8_t> moments_;
    std::vector<std::string> regime_reasons_;  ///< empty where it has seeds
};

}  // namespace tailrate::runner
