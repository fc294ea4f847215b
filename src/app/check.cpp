#include <fstream>
#include <initializer_list>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "app/build.hpp"
#include "app/check_candidate.hpp"
#include "app/check_files.hpp"
#include "app/commands.hpp"
#include "app/computation.hpp"
#include "app/exit_codes.hpp"
#include "app/shell_word.hpp"
#include "app/stop_signal.hpp"
#include "app/study_input.hpp"
#include "core/errors.hpp"
#include "storage/files.hpp"

namespace tailrate::app {
namespace {

namespace fs = std::filesystem;

/// No report can be written to the file that is named for it.
class UnusableReport final : public core::InputError {
  public:
    using InputError::InputError;
};

[[noreturn]] void refuse(const fs::path& path, std::string_view text) {
    throw core::InputError{fmt::format("{}: {}", path.string(), text)};
}

[[noreturn]] void refuse_report(const fs::path& path, std::string_view text) {
    throw UnusableReport{fmt::format("{}: {}", path.string(), text)};
}

bool is_same_file(const fs::path& a, const fs::path& b) {
    std::error_code ignored;
    return fs::equivalent(a, b, ignored) ||
           fs::absolute(a).lexically_normal() == fs::absolute(b).lexically_normal();
}

/// The start of the file, as many bytes as `wanted` has.
bool starts_with(const fs::path& path, std::string_view wanted) {
    std::ifstream file{path, std::ios::binary};
    std::string start(wanted.size(), '\0');
    file.read(start.data(), static_cast<std::streamsize>(start.size()));
    return file && start == wanted;
}

/// Refuses a JUnit file that would replace anything but an earlier one of ours.
void check_junit_path(const fs::path& path, std::initializer_list<fs::path> used) {
    if (path.empty()) {
        return;
    }
    for (const fs::path& other : used) {
        if (is_same_file(path, other)) {
            refuse_report(path,
                          "is a file of this check; name another for the JUnit report");
        }
    }
    if (!fs::exists(fs::symlink_status(path))) {
        storage::check_output(path, "", "");
    } else if (!fs::is_regular_file(path) || !starts_with(path, junit_head)) {
        refuse_report(path,
                      "is there and is not a JUnit report of tailrate check; it is not "
                      "overwritten");
    }
}

/// The reports that are asked for, for programs.
void print_machine_reports(const CheckReport& report, const CheckOptions& options) {
    if (!options.junit.empty()) {
        storage::make_folder(fs::absolute(options.junit).parent_path());
        storage::atomic_write_text(options.junit, check_junit(report));
    }
    if (options.is_github) {
        fmt::print("{}", check_annotations(report));
    }
    if (options.is_json) {
        fmt::print("{}", check_json(report));
    }
}

void print(const CheckReport& report, const CheckOptions& options) {
    print_machine_reports(report, options);
    if (!options.is_json) {
        fmt::print("{}", check_markdown(report));
    }
}

bool is_experiment(const fs::path& path) {
    return path.extension() == ".yaml" || path.extension() == ".yml";
}

CheckSettings settings_of(const CheckOptions& options) {
    return {fmt::format("tailrate check --baseline {} {}{}",
                        shell_word(options.baseline),
                        shell_word(options.candidate),
                        options.is_strict ? " --strict" : ""),
            options.threads == 0 ? available_processors() : options.threads,
            options.is_strict};
}

/// Options that a self-test would not look at.
void refuse_with_self_test(const CheckOptions& options) {
    for (const auto& [is_given, name] :
         std::initializer_list<std::pair<bool, const char*>>{
             {!options.baseline.empty(), "--baseline"},
             {!options.candidate.empty(), "a candidate"},
             {!options.junit.empty(), "--junit"},
             {options.is_strict, "--strict"},
             {options.is_json, "--json"},
             {options.is_github, "--github"}}) {
        if (is_given) {
            throw core::InputError{fmt::format(
                "tailrate check: --self-test looks at no files and prints one table; "
                "it does not go with {}",
                name)};
        }
    }
}

/// Runs the experiment and checks its results. What can be known before is said before:
/// nothing is run for a candidate that cannot be compared.
int check_experiment(const CheckOptions& options) {
    const fs::path folder = fs::path{options.candidate}.parent_path();
    const CheckSettings settings = settings_of(options);
    const Side baseline{options.baseline, folder};
    const plan::Study study = load_study({options.candidate, {}, 0});
    if (study.experiment().keep == plan::Keep::summary) {
        refuse(options.candidate,
               "would keep summaries only (keep: summary); check needs every seed");
    }
    const fs::path output = candidate_path(study);
    if (is_same_file(output, options.baseline)) {
        refuse(output,
               "is the baseline, which the candidate's results would replace; give it "
               "another name");
    }
    check_junit_path(options.junit, {output});
    CheckReport report = check_design(baseline, study, settings);
    if (report.verdict == CheckVerdict::pass) {
        RunOptions run_options;
        run_options.experiment.file = options.candidate;
        run_options.threads = options.threads;
        const Target target = checked_target(study, output, run_options);
        if (const int code = run_candidate(study, target.output, target.threads);
            code != 0) {
            return code;
        }
        report = check_files(baseline, Side{output.string(), folder}, settings);
    }
    print(report, options);
    return report.exit_code;
}

int check_result(const CheckOptions& options) {
    // Data files are looked for from where the program runs.
    const fs::path folder = fs::current_path();
    const Side baseline{options.baseline, folder};
    const Side candidate{options.candidate, folder};
    const CheckReport report = check_files(baseline, candidate, settings_of(options));
    print(report, options);
    return report.exit_code;
}

/// Programs are told when a file cannot be read, or an earlier report would be taken
/// for this check's.
void report_unreadable(const CheckOptions& options,
                       const std::string& text,
                       const std::string& advice,
                       int exit_code) {
    CheckReport report;
    report.verdict = CheckVerdict::incomparable;
    report.exit_code = exit_code;
    report.baseline.path = options.baseline;
    report.candidate.path = options.candidate;
    report.comparison.obstacles.push_back({text, advice});
    print_machine_reports(report, options);
}

int check_input(const CheckOptions& options) {
    constexpr const char* advice = "Name two files that are whole.";
    try {
        return is_experiment(options.candidate) ? check_experiment(options)
                                                : check_result(options);
    } catch (const UnusableReport&) {
        throw;
    } catch (const core::SchemaError& error) {
        fmt::print(stderr, "{}\nthe files cannot be compared\n", error.what());
        report_unreadable(options,
                          error.what(),
                          "Use that tailrate, or make the file anew with this one.",
                          exit_code::incomparable);
    } catch (const core::StorageError& error) {
        report_unreadable(options, error.what(), advice, exit_code::bad_input);
        throw;
    } catch (const core::InputError& error) {
        report_unreadable(options, error.what(), advice, exit_code::bad_input);
        throw;
    }
    return exit_code::incomparable;
}

}  // namespace

int check(const CheckOptions& options) {
    if (options.is_self_test) {
        refuse_with_self_test(options);
        return self_test(settings_of(options).threads);
    }
    const StopSignal signal{
        "tailrate: interrupted; a check keeps no rows, it begins anew\n"};
    const EndOnSignal at_once{signal};
    check_junit_path(options.junit, {options.baseline, options.candidate});
    return check_input(options);
}

}  // namespace tailrate::app
