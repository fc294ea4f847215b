#include "app/merge_experiment.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "app/study_input.hpp"
#include "core/errors.hpp"

namespace tailrate::app {
namespace {

using storage::ExperimentRecord;

constexpr const char* advice = "--experiment EXP.yaml";
constexpr std::size_t most_lines = 3;

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t first = 0; first < text.size();) {
        const std::size_t end = std::min(text.find('\n', first), text.size());
        lines.push_back(text.substr(first, end - first));
        first = end + 1;
    }
    return lines;
}

/// The lines of the completed experiment that the other one lacks.
std::string own_lines(const ExperimentRecord& experiment,
                      const ExperimentRecord& other) {
    if (experiment.text == other.text) {
        return "    the same but for comments and layout\n";
    }
    const std::vector<std::string> others = lines_of(other.text);
    std::string text;
    std::size_t found = 0;
    for (const std::string& line : lines_of(experiment.text)) {
        if (std::find(others.begin(), others.end(), line) == others.end() &&
            ++found <= most_lines) {
            text += "    " + line + "\n";
        }
    }
    return found > most_lines ? text + "    ...\n" : text;
}

void print_no_shared(const storage::JournalSet& journals) {
    const std::vector<ExperimentRecord> all = journals.experiments();
    fmt::print(
        stderr,
        "tailrate: the journals have not one experiment in common; {} says which "
        "to write. They served:\n",
        advice);
    for (const ExperimentRecord& experiment : all) {
        fmt::print(stderr,
                   "  {}, for example in {}\n{}",
                   experiment.name,
                   journals.journal_of(experiment).string(),
                   own_lines(experiment,
                             experiment == all.front() ? all.back() : all.front()));
    }
}

}  // namespace

std::optional<plan::Study> shared_study(const storage::JournalSet& journals) {
    const std::vector<ExperimentRecord> shared = journals.shared_experiments();
    if (shared.size() != 1) {
        print_no_shared(journals);
        return std::nullopt;
    }
    const ExperimentRecord& record = shared.front();
    if (record.source.empty()) {
        throw core::InputError{fmt::format(
            "{}: a journal of an earlier version, without the experiment file; give {}",
            journals.journal_of(record).string(),
            advice)};
    }
    try {
        plan::Experiment experiment =
            plan::parse(record.text, "experiment " + record.name, record.folder, {});
        experiment.source = record.source;
        return make_study(std::move(experiment));
    } catch (const core::InputError& error) {
        throw core::InputError{fmt::format(
            "{}; the experiment is that of the journals, read in {}; give {} where it "
            "has moved",
            error.what(),
            record.folder,
            advice)};
    }
}

}  // namespace tailrate::app
