#include "runner/result_file.hpp"

#include <numeric>
#include <optional>

#include "runner/cell_columns.hpp"
#include "runner/cell_variables.hpp"
#include "runner/provenance.hpp"
#include "runner/rate_details.hpp"
#include "runner/theory_columns.hpp"

namespace tailrate::runner {
namespace {

void write_seeds(storage::LabelledWriter& file,
                 const std::string& path,
                 const plan::Experiment& experiment) {
    std::vector<std::int64_t> seeds(static_cast<std::size_t>(experiment.seeds));
    std::iota(seeds.begin(), seeds.end(), experiment.first_seed);
    file.scale(path, seeds, {{"long_name", "independent replicate of the noise"}});
}

void write_scales(storage::LabelledWriter& file, const plan::Study& study) {
    const plan::Experiment& experiment = study.experiment();
    std::vector<std::int32_t> cells(experiment.cells.size());
    std::iota(cells.begin(), cells.end(), 0);
    file.scale("/cell", cells, {{"long_name", "point of the grid"}});
    write_seeds(file, "/seed", experiment);
    file.scale("/iteration", study.checkpoints(), {{"long_name", "steps taken"}});
    file.scale("/bound",
               std::vector<std::string>{"lower", "upper"},
               {{"long_name", "ends of a 95 % interval"}});
    file.scale("/quantile",
               recorded_quantiles,
               {{"long_name", "order statistic ceil(q R) over seeds"}});
}

void write_confirmation(storage::LabelledWriter& file,
                        const Confirmation& confirmation) {
    write_seeds(file, "/confirmation/seed", confirmation.study.experiment());
    SeedVariables variables{file, confirmation.study, "/confirmation"};
    for (std::size_t cell = 0; cell < confirmation.study.experiment().cells.size();
         ++cell) {
        variables.write(cell, collect(confirmation.study, cell, confirmation.rows));
    }
}

}  // namespace

double result_bytes(const plan::Study& study) {
    constexpr std::size_t summaries = recorded_quantiles.size() + 3;
    // Of a file with its settings, and of a cell with its labels and rates; measured.
    constexpr double file_overhead = 120e3;
    constexpr double cell_overhead = 1400.0;
    constexpr double seed_overhead = 25.0;  // what is not on a curve
    const double seeds = study.experiment().keep == plan::Keep::seeds
                             ? static_cast<double>(study.experiment().seeds)
                             : 0.0;
    constexpr double coordinate_overhead = 12.0;  // x* and its scale
    double bytes =
        file_overhead + theory_bytes(study) +
        seeds * static_cast<double>(study.experiment().cells.size()) * seed_overhead;
    const std::size_t dimension = largest_dimension(study);
    for (std::size_t cell = 0; cell < study.experiment().cells.size(); ++cell) {
        const metrics::RecordLayout layout = study.layout(cell);
        // Of a vector only its mean over the seeds is written.
        double numbers = 0.0;
        for (const metrics::Metric& metric : layout.metrics()) {
            numbers += metric.per_coordinate ? static_cast<double>(dimension)
                                             : seeds + static_cast<double>(summaries);
        }
        bytes += numbers * static_cast<double>(layout.checkpoints() * sizeof(double)) +
                 cell_overhead;
    }
    for (const std::size_t cell : instances(study).first_cell) {
        const model::Problem& problem = study.problem(cell);
        bytes += problem.array_bytes() +
                 coordinate_overhead * static_cast<double>(problem.facts().dimension);
    }
    return bytes;
}

core::Digest write_result(const plan::Study& study,
                          const RowSource& rows,
                          const std::filesystem::path& path,
                          const Confirmation* confirmation) {
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
    const bool keeps_seeds = experiment.keep == plan::Keep::seeds;
    std::optional<SeedVariables> seeds;
    if (keeps_seeds) {
        seeds.emplace(file, study, "");
    }
    SummaryVariables summaries{file, study};
    RateColumns rates;
    RateDetails details;
    TheoryColumns theory;
    for (std::size_t cell = 0; cell < experiment.cells.size(); ++cell) {
        const CellRecord record = collect(study, cell, rows);
        const DeclaredFacts facts = declared_facts(study, cell);
        const rates::CellRates fitted =
            fit_cell(study, record, facts, experiment.window_decades);
        if (keeps_seeds) {
            seeds->write(cell, record);
        } else {
            details.add(fitted);
        }
        summaries.write(cell, record, facts);
        rates.add(facts.moment, fitted);
        theory.add(facts.theory);
    }
    rates.write(file, study);
    if (!keeps_seeds) {
        details.write(file, cell_coordinates(study));
    }
    theory.write(file, cell_coordinates(study));
    if (confirmation != nullptr) {
        write_confirmation(file, *confirmation);
    }
    const std::vector<std::size_t> first_cells = instances(study).first_cell;
    for (std::size_t k = 0; k < first_cells.size(); ++k) {
        write_instance(file, study.problem(first_cells[k]), k);
    }
    write_provenance(file, study);
    return file.finish();
}

}  // namespace tailrate::runner
