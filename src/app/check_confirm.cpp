#include "app/check_confirm.hpp"

#include <algorithm>

#include "core/errors.hpp"
#include "core/registry.hpp"
#include "random/address.hpp"
#include "runner/memory_rows.hpp"

namespace tailrate::app {
namespace {

template <class Interface>
bool has_versions_of(const Versions& versions, std::string_view section) {
    const auto& catalogue = core::catalogue<Interface>();
    return std::all_of(
        versions.kernels.begin(), versions.kernels.end(), [&](const auto& kernel) {
            const std::string prefix = std::string{section} + ".";
            if (!kernel.first.starts_with(prefix)) {
                return true;
            }
            const auto entry = catalogue.find(kernel.first.substr(prefix.size()));
            return entry != catalogue.end() && entry->second.version == kernel.second;
        });
}

bool is_of_this_program(const Versions& versions) {
    return versions.release == TAILRATE_VERSION &&
           versions.engine == plan::engine_version &&
           versions.stream == random::stream_version &&
           has_versions_of<model::Problem>(versions, "problem") &&
           has_versions_of<model::Network>(versions, "network") &&
           has_versions_of<model::Noise>(versions, "noise") &&
           has_versions_of<model::Method>(versions, "method");
}

}  // namespace

void confirm_suspects(const Side& baseline,
                      const Side& candidate,
                      const Comparison& comparison,
                      std::size_t threads,
                      const rates::GateRule& rule,
                      std::vector<rates::CellGate>& found) {
    std::vector<MatchedCell> suspects;
    std::vector<std::size_t> cells;
    for (std::size_t k = 0; k < found.size(); ++k) {
        if (found[k].state == rates::GateState::suspect) {
            suspects.push_back(comparison.cells[k]);
            cells.push_back(comparison.cells[k].candidate);
        }
    }
    const std::vector<std::int64_t> seeds = baseline.file.confirmation_seeds();
    if (suspects.empty() || seeds.empty()) {
        return;
    }
    if (!is_of_this_program(candidate.versions)) {
        throw core::StorageError{
            candidate.file.file().path().string() +
            ": made by another version of the program, which alone can compute the "
            "confirmation seeds of its suspects; check the experiment file with it"};
    }
    plan::Experiment experiment = candidate.experiment;
    experiment.first_seed = seeds.front();
    experiment.seeds = static_cast<std::int64_t>(seeds.size());
    const plan::Study study{std::move(experiment)};
    const runner::MemoryRows rows{study, cells, threads};
    std::vector<LoadedCell> loaded;
    for (const MatchedCell& match : suspects) {
        LoadedCell& cell = loaded.emplace_back();
        cell.baseline = baseline.file.cell(match.baseline);
        cell.baseline.errors = baseline.file.confirmation_errors(match.baseline);
        cell.candidate =
            runner::collect(study, match.candidate, rows.source()).metrics.front();
    }
    std::vector<rates::GateCell> views;
    for (const LoadedCell& cell : loaded) {
        views.push_back(cell.view(baseline.file.iterations()));
    }
    rates::confirm(views, rule, found);
}

}  // namespace tailrate::app
