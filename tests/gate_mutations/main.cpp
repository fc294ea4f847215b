// Runs an experiment with a bug planted and writes its result file, with as many
// confirmation seeds as it has seeds.

#include <cstdio>
#include <exception>
#include <map>
#include <numeric>

#include "gate_mutations/mutations.hpp"
#include "runner/memory_rows.hpp"
#include "runner/result_file.hpp"

namespace {

using namespace tailrate;

/// The rows of a study, changed on their way into the file.
runner::RowSource changed(const plan::Study& study,
                          const runner::MemoryRows& rows,
                          const mutate::Mutation& mutation) {
    std::map<core::Digest, std::size_t> cells;
    for (std::size_t cell = 0; cell < study.experiment().cells.size(); ++cell) {
        cells[study.row_keys(cell).front()] = cell;
    }
    return [&study, &mutation, cells, source = rows.source()](
               std::span<const core::Digest> keys) {
        std::size_t cell = cells.at(keys.front());
        const std::size_t last = cells.size() - 1;
        if (mutation.is_swapped && (cell == 0 || cell == last)) {
            cell = last - cell;
        }
        mutate::Rows found = source(study.row_keys(cell));
        if (mutation.rows) {
            mutation.rows(study, cell, found);
        }
        return found;
    };
}

void run(const char* file, const mutate::Mutation& mutation, const char* output) {
    plan::Experiment experiment = plan::load(file, {});
    if (mutation.entries) {
        mutation.entries();
    }
    if (mutation.experiment) {
        mutation.experiment(experiment);
    }
    std::vector<std::size_t> cells(experiment.cells.size());
    std::iota(cells.begin(), cells.end(), std::size_t{0});
    plan::Experiment sure = experiment;
    sure.first_seed = plan::first_seed(plan::SeedRange::confirmation);
    const plan::Study study{std::move(experiment)};
    const plan::Study sure_study{std::move(sure)};
    const runner::MemoryRows rows{study, cells, 2};
    const runner::MemoryRows sure_rows{sure_study, cells, 2};
    const runner::Confirmation confirmation{sure_study,
                                            changed(sure_study, sure_rows, mutation)};
    runner::write_result(study, changed(study, rows, mutation), output, &confirmation);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc == 2 && std::string{argv[1]} == "--list") {
        for (const auto& [name, mutation] : mutate::mutations()) {
            std::printf("%s %s\n", name.c_str(), mutation.meaning.c_str());
        }
        return 0;
    }
    if (argc != 4 || !mutate::mutations().contains(argv[1])) {
        std::fprintf(stderr,
                     "usage: mutant MUTATION EXP.yaml OUT.h5 | mutant --list\n");
        return 2;
    }
    try {
        run(argv[2], mutate::mutations().at(argv[1]), argv[3]);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 2;
    }
    return 0;
}
