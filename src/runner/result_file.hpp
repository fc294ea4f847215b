#pragma once

#include <filesystem>

#include "core/sha256.hpp"
#include "plan/study.hpp"
#include "runner/cell_record.hpp"
#include "storage/labelled_writer.hpp"

namespace tailrate::runner {

/// Raised when names, types or meanings in the result file change.
inline constexpr int result_schema_version = 1;
inline constexpr const char* result_schema_name = "tailrate-result";

/// Roughly the size of the result file: the numbers of every seed, where they are kept,
/// and what is made of them at every checkpoint, what HDF5 needs for a cell's chunks,
/// and the instances.
[[nodiscard]] double result_bytes(const plan::Study& study);

/// The confirmation seeds of a baseline: the same cells on seeds of their own.
struct Confirmation {
    const plan::Study& study;
    RowSource rows;
};

/// Writes the result file of a complete study, cell by cell in bounded memory; returns
/// its content_sha256. The same rows give the same bytes. Confirmation seeds, where
/// there are any, go into the group /confirmation, whole.
core::Digest write_result(const plan::Study& study,
                          const RowSource& rows,
                          const std::filesystem::path& path,
                          const Confirmation* confirmation = nullptr);

/// The group /instance/<index>: the arrays and constants of the problem, and of one
/// that is made from a data file data_sha256.
void write_instance(storage::LabelledWriter& file,
                    const model::Problem& problem,
                    std::size_t index);

/// The distinct problem choices of the grid, numbered by first appearance.
struct Instances {
    std::vector<std::int32_t> of_cell;    ///< (cell) number of the instance
    std::vector<std::size_t> first_cell;  ///< (instance) a cell that has it
};

[[nodiscard]] Instances instances(const plan::Study& study);

}  // namespace tailrate::runner
