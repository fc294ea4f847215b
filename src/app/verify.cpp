#include <algorithm>
#include <cstring>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "app/build.hpp"
#include "app/check_input.hpp"
#include "app/commands.hpp"
#include "app/exit_codes.hpp"
#include "app/study_input.hpp"
#include "app/verify_report.hpp"
#include "core/errors.hpp"
#include "plan/kinds.hpp"
#include "random/address.hpp"
#include "runner/memory_rows.hpp"

namespace tailrate::app {
namespace {

using plan::Section;
using runner::ResultReader;

/// Rows that are computed together, so that their draws are made once.
constexpr std::size_t batch_bytes = std::size_t{256} << 20U;

/// `count` of `all` cells, ascending; a function of the digest alone (Floyd's sampling
/// with numbers out of SHA-256).
std::vector<std::size_t> sample_cells(const core::Digest& digest,
                                      std::size_t all,
                                      std::size_t count) {
    std::set<std::size_t> chosen;
    for (std::size_t last = all - std::min(count, all); last < all; ++last) {
        const core::Digest draw =
            core::sha256(fmt::format("{} {}", core::hex(digest), last));
        std::uint64_t number = 0;
        std::memcpy(&number, draw.data(), sizeof(number));
        const std::size_t cell = number % (last + 1);
        chosen.insert(chosen.contains(cell) ? last : cell);
    }
    return {chosen.begin(), chosen.end()};
}

/// How a version of the file and of this program differ; empty where they do not.
std::string difference(const std::string& what,
                       std::int64_t in_file,
                       std::int64_t own) {
    return in_file == own ? ""
                          : fmt::format("{} version {} in the file, {} in this program",
                                        what,
                                        in_file,
                                        own);
}

std::string kernel_difference(const Versions& versions,
                              Section section,
                              const std::string& kind) {
    const std::string entry = fmt::format("{}.{}", plan::section_name(section), kind);
    const std::vector<std::string> known = plan::kinds_of(section);
    if (std::find(known.begin(), known.end(), kind) == known.end()) {
        return entry + " is not in this program";
    }
    const auto found = versions.kernels.find(entry);
    return difference(entry,
                      found == versions.kernels.end() ? 0 : found->second,
                      plan::kernel_version(section, kind));
}

/// Why this program may compute other numbers than the one that made the file, in each
/// of the cells; empty where it must not.
std::vector<std::string> version_differences(const ResultReader& file,
                                             const std::vector<std::size_t>& cells) {
    const Versions versions = read_versions(file);
    const std::array<std::pair<Section, std::vector<std::string>>, plan::sections>
        kinds{{{Section::problem, file.file().text("/problem")},
               {Section::network, file.file().text("/network")},
               {Section::noise, file.file().text("/noise")},
               {Section::method, file.file().text("/algorithm")}}};
    std::vector<std::string> found;
    for (const std::size_t cell : cells) {
        std::vector<std::string> all{
            difference("engine", versions.engine, plan::engine_version),
            difference("stream", versions.stream, random::stream_version)};
        for (const auto& [section, names] : kinds) {
            all.push_back(kernel_difference(versions, section, names.at(cell)));
        }
        std::erase(all, "");
        found.push_back(fmt::format("{}", fmt::join(all, ", ")));
    }
    return found;
}

[[noreturn]] void refuse(const ResultReader& file, const std::string& why) {
    throw core::StorageError{file.file().path().string() + ": " + why};
}

bool has_data_file(const plan::Experiment& experiment) {
    const auto& problems =
        experiment.choices[static_cast<std::size_t>(Section::problem)];
    return std::any_of(
        problems.begin(), problems.end(), [](const plan::Choice& choice) {
            return choice.parameters.has("data");
        });
}

/// The experiment of the file with other seeds. Data files lie where the program runs.
plan::Study study_of(const ResultReader& file, const std::vector<std::int64_t>& seeds) {
    plan::Experiment experiment = file.experiment(std::filesystem::current_path());
    const std::int64_t first = seeds.front();
    if (experiment.cells.size() != file.cells() ||
        first % std::int64_t{model::lanes} != 0 ||
        seeds.back() - first + 1 != static_cast<std::int64_t>(seeds.size())) {
        refuse(file, "its cells or seeds are not those of its experiment");
    }
    experiment.first_seed = first;
    experiment.seeds = static_cast<std::int64_t>(seeds.size());
    const bool needs_data = has_data_file(experiment);
    try {
        return make_study(std::move(experiment));
    } catch (const core::InputError& error) {
        throw core::InputError{std::string{error.what()} +
                               (needs_data ? "; data files are looked for from the "
                                             "current folder: run verify in the folder "
                                             "of the experiment file"
                                           : "")};
    }
}

/// Refuses data that are not those of the file.
void check_data(const ResultReader& file,
                const plan::Study& study,
                const std::vector<std::size_t>& cells) {
    const std::vector<std::int32_t> instances = file.file().i32("/instance_index");
    for (const std::size_t cell : cells) {
        const std::string path =
            fmt::format("/instance/{}/data_sha256", instances.at(cell));
        const std::string own = study.problem(cell).data_digest();
        if (!file.file().has(path) || file.file().text(path).front() == own) {
            continue;
        }
        const plan::Experiment& experiment = study.experiment();
        refuse(file,
               fmt::format("the data file {} is another than the one it was made from "
                           "(SHA-256 {}, was {})",
                           experiment.at(experiment.cells[cell], Section::problem)
                               .parameters.text("data"),
                           own,
                           file.file().text(path).front()));
    }
}

std::size_t record_bytes(const plan::Study& study, std::size_t cell) {
    return study.layout(cell).size() * study.blocks() * sizeof(double);
}

/// Calls `check(cell, rows)` for every cell, with the rows of a few at a time.
template <class Check>
void with_rows(const plan::Study& study,
               const std::vector<std::size_t>& cells,
               std::size_t threads,
               const Check& check) {
    for (std::size_t first = 0, last = 0; first < cells.size(); first = last) {
        std::size_t bytes = 0;
        do {
            bytes += record_bytes(study, cells[last]);
            ++last;
        } while (last < cells.size() &&
                 bytes + record_bytes(study, cells[last]) <= batch_bytes);
        const std::span<const std::size_t> batch{cells.data() + first, last - first};
        const runner::MemoryRows rows{study, batch, threads};
        for (const std::size_t cell : batch) {
            check(cell, rows.source());
        }
    }
}

/// Fills in what the cells of the report that can be compared are like.
void recompute(const ResultReader& file, std::size_t threads, VerifyReport& report) {
    std::vector<std::size_t> cells;
    for (const VerifiedCell& cell : report.cells) {
        if (cell.state != VerifyState::not_comparable) {
            cells.push_back(cell.cell);
        }
    }
    if (cells.empty()) {
        return;
    }
    const plan::Study study = study_of(file, file.seeds());
    if (study.checkpoints() != file.iterations()) {
        refuse(file, "its iterations are not those of its experiment");
    }
    check_data(file, study, cells);
    runner::Verification verification{file.file()};
    with_rows(study, cells, threads, [&](std::size_t cell, const auto& rows) {
        verification.check_rows(study, cell, rows);
    });
    if (const auto seeds = file.confirmation_seeds(); !seeds.empty()) {
        const plan::Study sure = study_of(file, seeds);
        with_rows(sure, cells, threads, [&](std::size_t cell, const auto& rows) {
            verification.check_confirmation(sure, cell, rows);
        });
    }
    verification.check_coordinates(study, cells);
    report.unchecked = verification.unchecked();
    for (VerifiedCell& cell : report.cells) {
        cell.deviations = verification.deviations(cell.cell);
        if (!cell.deviations.empty()) {
            cell.state = VerifyState::other_bits;
        }
    }
}

void print(const VerifyReport& report, const VerifyOptions& options) {
    if (options.is_json) {
        fmt::print("{}", verify_json(report));
    } else if (!options.is_quiet) {
        fmt::print("{}", verify_markdown(report));
    } else {
        for (const VerifiedCell& cell : report.cells) {
            if (cell.state != VerifyState::identical) {
                fmt::print(stderr,
                           "tailrate: {}: cell {} ({}): {}: {}\n",
                           report.file,
                           cell.cell,
                           cell.label,
                           verify_state_names[static_cast<std::size_t>(cell.state)],
                           verify_finding(cell));
            }
        }
    }
}

}  // namespace

int verify(const VerifyOptions& options) {
    const ResultReader file{options.file};
    VerifyReport report;
    report.file = options.file;
    report.content_sha256 = core::hex(file.file().digest());
    report.all_cells = file.cells();
    const std::vector<std::size_t> cells =
        sample_cells(file.file().digest(), file.cells(), options.cells);
    const std::vector<std::string> reasons = version_differences(file, cells);
    for (std::size_t k = 0; k < cells.size(); ++k) {
        report.cells.push_back(
            {cells[k],
             file.labels()[cells[k]],
             reasons[k].empty() ? VerifyState::identical : VerifyState::not_comparable,
             reasons[k],
             {}});
    }
    recompute(
        file, options.threads == 0 ? available_processors() : options.threads, report);
    const bool is_verified =
        count(report, VerifyState::identical) == report.cells.size();
    report.exit_code = is_verified ? 0 : exit_code::incomparable;
    print(report, options);
    return report.exit_code;
}

}  // namespace tailrate::app
