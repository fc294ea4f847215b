#include <functional>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "app/check_files.hpp"
#include "app/commands.hpp"
#include "app/table.hpp"
#include "math/elementary.hpp"
#include "runner/memory_rows.hpp"
#include "runner/result_file.hpp"
#include "storage/temporary_file.hpp"

namespace tailrate::app {
namespace {

namespace fs = std::filesystem;
using model::lanes;
using plan::Section;

constexpr int not_as_expected = 3;
constexpr std::int64_t confirmation_seeds = 96;
constexpr double infinity = std::numeric_limits<double>::infinity();

/// Two methods on a small problem.
constexpr const char* experiment_text = R"(schema: 1
name: self-test
seeds: 48
horizon: 2000
problem: {kind: quadratic, clients: 4, dimension: 4, heterogeneity: 3, initial_distance: 10}
noise: {kind: student_t, tail_index: 1.5}
method:
  - {kind: clipped_sgd, clip_threshold: 10, step: {scale: 2, shift: 20}}
  - {kind: sclip_ef, clip_threshold: 2, clip_scale: 3, step: {scale: 2}}
)";

using Rows = std::vector<std::vector<double>>;

/// A bug or an innocent change, planted in the experiment that is run (whose text in
/// the file stays) or in the rows of a cell on their way into the file, and what the
/// gate must say under --strict.
struct Planted {
    const char* meaning = "";
    CheckVerdict expected = CheckVerdict::pass;
    const char* said = "";  ///< in what the gate finds of some cell; empty: anything
    std::vector<std::string> set;  ///< openly, as by --set
    std::function<void(plan::Experiment&)> experiment;
    std::function<void(const plan::Study&, Rows&)> rows;
    bool has_confirmation = true;  ///< the baseline
};

/// Multiplies a number of every choice of a section that has it.
void scale(plan::Experiment& experiment,
           Section section,
           const char* name,
           double factor) {
    for (plan::Choice& choice : experiment.choices[static_cast<std::size_t>(section)]) {
        if (choice.parameters.has(name)) {
            choice.parameters.set(name, factor * choice.parameters.real(name));
        }
    }
}

/// Calls function(error, seed, iteration) with every squared error after iteration 0.
template <class Function>
void change_errors(const plan::Study& study, Rows& rows, const Function& function) {
    const metrics::RecordLayout layout = study.layout(0);
    for (std::size_t block = 0; block < rows.size(); ++block) {
        for (std::size_t k = 1; k < layout.checkpoints(); ++k) {
            for (std::size_t lane = 0; lane < lanes; ++lane) {
                double& error = rows[block][layout.at(0, k) + lane];
                error = function(error,
                                 block * lanes + lane,
                                 static_cast<double>(study.checkpoints()[k]));
            }
        }
    }
}

auto factor(double by) {
    return [by](const plan::Study& study, Rows& rows) {
        change_errors(study, rows, [by](double error, std::size_t, double) {
            return by * error;
        });
    };
}

void lower_exponent(const plan::Study& study, Rows& rows) {
    change_errors(study, rows, [](double error, std::size_t, double t) {
        return error * math::pow(t, 0.05);
    });
}

void diverge_three(const plan::Study& study, Rows& rows) {
    change_errors(study, rows, [](double error, std::size_t seed, double t) {
        if (seed < 3 && t > 100.0) {
            return infinity;
        }
        return error;
    });
}

/// The first block of seeds once more instead of the second.
void repeat_seeds(const plan::Study& /*study*/, Rows& rows) {
    rows[1] = rows[0];
}

std::vector<Planted> planted_changes() {
    const auto noise = [](double by) {
        return [by](plan::Experiment& e) { scale(e, Section::noise, "scale", by); };
    };
    const std::vector<std::string> other_draws{"master_seed=2"};
    const auto slower_steps = [](plan::Experiment& e) {
        scale(e, Section::method, "step.power", 0.8);
    };
    using V = CheckVerdict;
    return {
        {"nothing", V::pass, "identical", {}, {}, {}},
        {"another rounding", V::pass, "rounding", {}, {}, factor(1.0 + 1e-13)},
        {"other draws", V::pass, "", other_draws, {}, {}},
        {"moved bits", V::unexplained, "bits changed", {}, {}, factor(1.0 + 1e-8)},
        {"level up by 20 %", V::regression, "level", {}, {}, factor(1.2)},
        {"tripled, other draws",
         V::regression,
         "confirmed on",
         other_draws,
         {},
         factor(3.0)},
        {"the same, no confirmation",
         V::undecided,
         "suspect",
         other_draws,
         {},
         factor(3.0),
         false},
        {"level down by 60 %", V::unexplained, "improved beyond", {}, {}, factor(0.4)},
        {"exponent down by 0.05", V::regression, "level", {}, {}, lower_exponent},
        {"steps fall more slowly", V::regression, "level", {}, slower_steps, {}},
        {"noise 10 % larger", V::regression, "the noise changed", {}, noise(1.1), {}},
        {"noise off", V::unexplained, "the noise changed", {}, noise(0.0), {}},
        {"seeds repeated", V::unexplained, "are equal", {}, {}, repeat_seeds},
        {"three seeds diverge",
         V::regression,
         "diverged seeds 0 -> 3",
         {},
         {},
         diverge_three},
    };
}

/// A folder of its own, which is gone afterwards.
class ScratchFolder {
  public:
    ScratchFolder()
        : path_{fs::temp_directory_path() /
                ("tailrate-self-test-" + storage::random_token())} {
        fs::create_directory(path_);
    }

    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    ScratchFolder(ScratchFolder&&) = delete;
    ScratchFolder& operator=(ScratchFolder&&) = delete;

    ~ScratchFolder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }

    [[nodiscard]] fs::path operator/(const char* name) const { return path_ / name; }

  private:
    fs::path path_;
};

/// A study and all its rows.
struct Run {
    plan::Study study;
    runner::MemoryRows rows;

    Run(plan::Experiment experiment, std::size_t threads)
        : study{std::move(experiment)},
          rows{study, all_cells(study), threads} {}

    static std::vector<std::size_t> all_cells(const plan::Study& study) {
        std::vector<std::size_t> cells(study.experiment().cells.size());
        std::iota(cells.begin(), cells.end(), std::size_t{0});
        return cells;
    }

    /// The rows with a change planted on their way.
    [[nodiscard]] runner::RowSource source(const Planted& planted) const {
        if (!planted.rows) {
            return rows.source();
        }
        return [this, &planted](std::span<const core::Digest> keys) {
            Rows found = rows.source()(keys);
            planted.rows(study, found);
            return found;
        };
    }
};

/// The seeds of a test and those that confirm it.
struct Runs {
    Run test;
    Run sure;

    static plan::Experiment with_seeds(plan::Experiment experiment,
                                       plan::SeedRange range,
                                       std::int64_t seeds) {
        experiment.first_seed = plan::first_seed(range);
        experiment.seeds = seeds;
        return experiment;
    }

    Runs(const plan::Experiment& experiment, std::size_t threads)
        : test{with_seeds(experiment, plan::SeedRange::study, experiment.seeds),
               threads},
          sure{
              with_seeds(experiment, plan::SeedRange::confirmation, confirmation_seeds),
              threads} {}

    void write(const fs::path& path, const Planted& planted, bool is_confirmed) const {
        const runner::Confirmation confirmation{sure.study, sure.source(planted)};
        static_cast<void>(runner::write_result(test.study,
                                               test.source(planted),
                                               path,
                                               is_confirmed ? &confirmation : nullptr));
    }
};

/// What the gate says of a cell, the first part with these words; empty where it does
/// not say them.
std::string find_said(const CheckReport& report, const std::string& words) {
    for (const CheckedCell& cell : report.cells) {
        for (const std::string& part : findings(cell)) {
            if (part.find(words) != std::string::npos) {
                return part;
            }
        }
    }
    return "";
}

}  // namespace

int self_test(std::size_t threads) {
    const auto experiment = [](const std::vector<std::string>& set) {
        return plan::parse(experiment_text,
                           "self-test",
                           ".",
                           {.set = set, .seeds = 0, .first_seed = 0});
    };
    const ScratchFolder folder;
    const Planted nothing{};
    const Runs unchanged{experiment({}), threads};
    unchanged.write(folder / "baseline.h5", nothing, true);
    unchanged.write(folder / "bare.h5", nothing, false);
    const Side baseline{(folder / "baseline.h5").string(), "."};
    const Side bare{(folder / "bare.h5").string(), "."};
    const fs::path candidate = folder / "candidate.h5";
    Table table{{"change", "expected", "found", "because"},
                {false, false, false, false}};
    const std::vector<Planted> all = planted_changes();
    std::size_t right = 0;
    for (const Planted& planted : all) {
        if (planted.experiment || !planted.set.empty()) {
            plan::Experiment changed = experiment(planted.set);
            if (planted.experiment) {
                planted.experiment(changed);
            }
            Runs{changed, threads}.write(candidate, planted, true);
        } else {
            unchanged.write(candidate, planted, true);
        }
        const CheckReport report =
            check_files(planted.has_confirmation ? baseline : bare,
                        Side{candidate.string(), "."},
                        {.command = "", .threads = threads, .is_strict = true});
        const std::string said = find_said(report, planted.said);
        right += report.verdict == planted.expected && !said.empty() ? 1U : 0U;
        table.add(
            {planted.meaning, name(planted.expected), name(report.verdict), said});
    }
    fmt::print(
        "{}\nself-test: {} of {} as expected\n", table.markdown(), right, all.size());
    return right == all.size() ? 0 : not_as_expected;
}

}  // namespace tailrate::app
