#include <algorithm>
#include <numeric>

#include "app/commands.hpp"
#include "app/study_input.hpp"
#include "app/table.hpp"
#include "core/errors.hpp"
#include "runner/result_file.hpp"
#include "runner/stepper.hpp"
#include "storage/files.hpp"
#include "storage/labelled_writer.hpp"

namespace tailrate::app {
namespace {

using model::lanes;

/// A trace is made in memory.
constexpr double largest_trace = 4e9;

/// Everything of one lane of one cell.
struct Recording {
    std::vector<double> x;         ///< (state, dimension)
    std::vector<double> memory;    ///< (state, client, dimension); empty without
    std::vector<double> gradient;  ///< (iteration, client, dimension)
    std::vector<double> noise;     ///< (iteration, client, dimension), scaled
};

void append_lane(const double* rows,
                 std::size_t count,
                 std::size_t lane,
                 std::vector<double>& out) {
    for (std::size_t row = 0; row < count; ++row) {
        out.push_back(rows[row * lanes + lane]);
    }
}

void append_state(const runner::Stepper& stepper,
                  std::size_t lane,
                  Recording& recording) {
    const model::Step& state = stepper.state();
    const model::Method& method = *stepper.parts().method;
    append_lane(state.at(method.iterate()), state.dimension, lane, recording.x);
    if (method.memory() != nullptr) {
        append_lane(state.at(*method.memory(), 0),
                    state.clients * state.dimension,
                    lane,
                    recording.memory);
    }
}

Recording record(const plan::Study& study, const TraceOptions& options) {
    const auto cell = static_cast<std::size_t>(options.cell);
    const auto seed = static_cast<std::uint64_t>(options.seed);
    const std::size_t lane = seed % lanes;
    const plan::Experiment& experiment = study.experiment();
    const plan::CellParts parts = study.parts(cell);
    const model::ProblemFacts& facts = parts.problem->facts();
    const auto master_seed = static_cast<std::uint64_t>(experiment.master_seed);
    model::NoiseField field{
        experiment.at(experiment.cells[cell], plan::Section::noise).kind,
        parts.law,
        parts.joint,
        master_seed,
        facts.dimension};
    const metrics::RecordLayout layout = study.layout(cell);
    model::Array unused(layout.size());
    runner::Workspace workspace;
    runner::Stepper stepper{parts,
                            layout,
                            study.checkpoints(),
                            master_seed,
                            seed - lane,
                            1,
                            unused,
                            workspace};
    const std::size_t rows = facts.clients * facts.dimension;
    model::Array draws(rows * lanes);
    model::Array gradients(rows * lanes);
    Recording recording;
    append_state(stepper, lane, recording);
    for (std::int64_t t = 0; t < options.iterations; ++t) {
        const model::ClientRange all{0, facts.clients};
        field.draw(seed - lane, static_cast<std::uint64_t>(t), all, draws.data());
        stepper.gradients(all, draws.data(), gradients.data());
        append_lane(gradients.data(), rows, lane, recording.gradient);
        for (std::size_t row = 0; row < rows; ++row) {
            recording.noise.push_back(parts.noise_factors[row / facts.dimension] *
                                      draws[row * lanes + lane]);
        }
        stepper.advance(1, draws.data());
        append_state(stepper, lane, recording);
    }
    return recording;
}

template <class Number>
std::vector<Number> numbers(std::size_t count) {
    std::vector<Number> values(count);
    std::iota(values.begin(), values.end(), Number{0});
    return values;
}

void write_parameters(storage::LabelledWriter& file,
                      const plan::Experiment& experiment,
                      std::size_t cell) {
    for (std::size_t section = 0; section < plan::sections; ++section) {
        const auto which = static_cast<plan::Section>(section);
        const plan::Choice& choice = experiment.at(experiment.cells[cell], which);
        for (const auto& [name, value] : choice.parameters) {
            const std::string path =
                std::string{plan::section_name(which)} + "." + name;
            std::visit([&](const auto& v) { file.attribute("/", {path, v}); }, value);
        }
    }
    file.attribute("/",
                   {"algorithm",
                    experiment.at(experiment.cells[cell], plan::Section::method).kind});
    file.attribute(
        "/",
        {"noise", experiment.at(experiment.cells[cell], plan::Section::noise).kind});
}

void write(const plan::Study& study,
           const TraceOptions& options,
           const Recording& recording) {
    const auto cell = static_cast<std::size_t>(options.cell);
    const model::ProblemFacts& facts = study.problem(cell).facts();
    const auto iterations = static_cast<std::size_t>(options.iterations);
    storage::LabelledWriter file{options.output, {"tailrate-trace", 1}};
    file.attribute("/", {"experiment", study.experiment().name});
    write_parameters(file, study.experiment(), cell);
    file.scale("/state", numbers<std::int64_t>(iterations + 1));
    file.scale("/iteration", numbers<std::int64_t>(iterations));
    file.scale("/client", numbers<std::int32_t>(facts.clients));
    file.scale("/dimension", numbers<std::int32_t>(facts.dimension));
    const auto add = [&](const std::string& path,
                         const std::vector<std::string>& axes,
                         const std::vector<double>& values) {
        file.variable(path, storage::Type::f64, axes, storage::Layout::contiguous);
        file.write(path, values);
    };
    add("/x", {"state", "dimension"}, recording.x);
    if (!recording.memory.empty()) {
        add("/m", {"state", "client", "dimension"}, recording.memory);
    }
    add("/gradient", {"iteration", "client", "dimension"}, recording.gradient);
    add("/noise", {"iteration", "client", "dimension"}, recording.noise);
    runner::write_instance(file, study.problem(cell), 0);
    static_cast<void>(file.finish());
}

}  // namespace

int trace(const TraceOptions& options) {
    const plan::Study study = load_study(options.experiment);
    const std::size_t cells = study.experiment().cells.size();
    if (static_cast<std::size_t>(options.cell) >= cells) {
        throw core::InputError{"tailrate trace: --cell " +
                               std::to_string(options.cell) + "; the cells are 0 to " +
                               std::to_string(cells - 1)};
    }
    if (options.iterations > study.experiment().horizon) {
        throw core::InputError{
            "tailrate trace: --iterations " + std::to_string(options.iterations) +
            "; the horizon is " + std::to_string(study.experiment().horizon)};
    }
    if (static_cast<std::uint64_t>(options.seed) + lanes > random::seed_limit) {
        throw core::InputError{"tailrate trace: --seed is below 4294967280"};
    }
    const model::ProblemFacts& facts =
        study.problem(static_cast<std::size_t>(options.cell)).facts();
    const double bytes = 3.0 * 8.0 * static_cast<double>(options.iterations) *
                         static_cast<double>(facts.clients * facts.dimension);
    if (bytes > largest_trace) {
        throw core::InputError{"tailrate trace: " + std::to_string(options.iterations) +
                               " iterations take " + bytes_text(bytes) +
                               "; allowed: 4 GB"};
    }
    storage::check_output(options.output, "tailrate-trace", study.experiment().name);
    write(study, options, record(study, options));
    return 0;
}

}  // namespace tailrate::app
