#include "runner/stepper.hpp"

#include <cmath>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "core/contracts.hpp"
#include "math/elementary.hpp"
#include "support/bowl.hpp"
#include "support/method_bench.hpp"
#include "support/method_cases.hpp"
#include "support/stepper_run.hpp"

using namespace tailrate;
using model::lanes;
using test::Bowl;
using test::draws_for;
using test::horizon;
using test::MethodBench;
using test::MethodCase;
using test::parts_of;
using test::Run;

namespace {

/// Steps like sgd and keeps the values of its schedules at the server.
class Diary final : public model::Method {
  public:
    Diary()
        : pages_{declare_server_array("pages")},
          first_{declare_schedule({.scale = 2.0, .power = -0.7, .shift = 1.0 / 3.0})},
          second_{declare_schedule({.scale = 0.3, .power = 0.3, .shift = 0.0})} {}

    void server(const model::Step& step, double* /*aggregate*/) const override {
        step.at(pages_)[0] = step.at(first_);
        step.at(pages_)[1] = step.at(second_);
        step.at(pages_)[2] = static_cast<double>(step.t);
    }

    [[nodiscard]] const double* pages(const model::Step& step) const {
        return step.at(pages_);
    }

  private:
    model::ServerArray pages_;
    model::ScheduleId first_;
    model::ScheduleId second_;
};

/// SGD whose mean iterate is measured.
class AveragedSgd final : public model::Method {
  public:
    AveragedSgd() : point_{declare_server_array("point")} {}

    void server(const model::Step& step, double* aggregate) const override {
        model::descend(0.1, step.size(), aggregate, step.at(point_));
        for (std::size_t k = 0; k < step.size(); ++k) {
            step.at(iterate())[k] += (step.at(point_)[k] - step.at(iterate())[k]) /
                                     (1.0 + static_cast<double>(step.t));
        }
    }

    [[nodiscard]] model::ServerArray point() const override { return point_; }

  private:
    model::ServerArray point_;
};

/// The same cell by plain loops, one client after the other: the squared errors of lane
/// 5 at the checkpoints, and the last state.
std::vector<double> errors_of_plain_loops(MethodBench& bench,
                                          const plan::CellParts& parts,
                                          const model::Array& draws,
                                          const std::vector<std::int64_t>& times) {
    std::vector<double> errors;
    for (std::uint64_t t = 0; t <= static_cast<std::uint64_t>(horizon); ++t) {
        if (t == static_cast<std::uint64_t>(times[errors.size()])) {
            double sum = 0.0;
            for (std::size_t j = 0; j < bench.state().dimension; ++j) {
                const double u = bench.x(j, 5) - parts.problem->facts().x_star[j];
                sum += u * u;
            }
            errors.push_back(sum);
        }
        if (errors.size() == times.size()) {
            break;
        }
        const std::size_t size = bench.state().size();
        model::Array gradients;
        for (std::size_t i = 0; i < bench.state().clients; ++i) {
            const double* row = draws.data() + (t * bench.state().clients + i) * size;
            for (std::size_t k = 0; k < size; ++k) {
                gradients.push_back(parts.noise_factors[i] * row[k]);
            }
        }
        parts.problem->add_gradients(
            {}, {0, bench.state().clients}, {bench.x(), 0}, gradients.data(), nullptr);
        bench.step(gradients);
    }
    return errors;
}

std::vector<double> iterate_of(const model::Step& step, const model::Method& method) {
    const double* x = step.at(method.iterate());
    return {x, x + step.size()};
}

}  // namespace

TEST_CASE("the length of a tile does not change a bit of the record") {
    for (const MethodCase& choice : test::method_cases()) {
        CAPTURE(choice.name());
        const auto bowl = std::make_shared<Bowl>(5, 3);
        test::Settings settings = choice.settings;
        settings.insert(settings.begin(), {"step.shift", 1.0 / 3.0});
        const plan::CellParts parts = parts_of(
            bowl, test::make_method(choice.entry->key, settings, bowl->facts()));
        const model::Array draws = draws_for(bowl->facts(), horizon);

        const Run one{parts, 1, draws};

        CHECK(test::same_bits(one.record(), Run{parts, 7, draws}.record()));
        CHECK(test::same_bits(one.record(), Run{parts, 64, draws}.record()));
        CHECK(test::same_bits(one.record(), Run{parts, horizon, draws}.record()));
    }
}

TEST_CASE("chunks of clients give the bits of one client after the other") {
    for (const MethodCase& choice : test::method_cases()) {
        for (const auto& shape : {std::pair<std::size_t, std::size_t>{1, 1},
                                  {70, 2},
                                  {53, 5},
                                  {4, 150},
                                  {3, 65}}) {
            CAPTURE(choice.name());
            CAPTURE(shape.first);
            const auto bowl = std::make_shared<Bowl>(shape.first, shape.second);
            const plan::CellParts parts = parts_of(bowl, choice.make(bowl->facts()));
            const model::Array draws = draws_for(bowl->facts(), horizon);
            MethodBench bench{*parts.method, shape.first, shape.second};

            const Run run{parts, 32, draws};
            const std::vector<double> errors =
                errors_of_plain_loops(bench, parts, draws, run.times());

            CHECK(test::same_bits(iterate_of(bench.state(), *parts.method),
                                  iterate_of(run.state(), *parts.method)));
            for (std::size_t k = 0; k < errors.size(); ++k) {
                CHECK(run.record()[run.layout().at(0, k) + 5] ==
                      doctest::Approx(errors[k]).epsilon(1e-14));
            }
        }
    }
}

TEST_CASE("schedules are those of the iteration, in every tile") {
    const auto bowl = std::make_shared<Bowl>(2, 3);
    const auto diary = std::make_shared<Diary>();
    const plan::CellParts parts = parts_of(bowl, diary);
    const std::vector<std::int64_t> times = metrics::checkpoints(horizon, 10);
    const metrics::RecordLayout layout{
        {metrics::find_metric("squared_error")}, times.size(), 3};
    std::vector<double> record(layout.size());
    runner::Workspace workspace;
    runner::Stepper stepper{parts, layout, times, 1, 0, 7, record, workspace};
    const model::Array draws(lanes * 7 * 2 * 3, 0.0);

    for (const std::size_t iterations : {1U, 6U, 7U, 2U, 7U, 7U}) {
        stepper.advance(iterations, draws.data());

        const double t = static_cast<double>(stepper.state().t) - 1.0;
        const double* pages = diary->pages(stepper.state());
        CHECK(pages[2] == t);
        CHECK(pages[0] == 2.0 * math::pow(t + 1.0 + 1.0 / 3.0, -0.7));
        CHECK(pages[1] == 0.3 * math::pow(t + 1.0, 0.3));
    }
}

TEST_CASE(
    "a run starts at zero and records the same bits at 0 for every seed and method") {
    const auto bowl = std::make_shared<Bowl>(4, 3);
    const model::Array draws = draws_for(bowl->facts(), horizon);
    std::vector<double> at_zero;
    for (const MethodCase& choice : test::method_cases()) {
        CAPTURE(choice.name());
        const plan::CellParts parts = parts_of(bowl, choice.make(bowl->facts()));
        const Run run{parts, 16, draws};

        for (const std::size_t metric : {0U, 1U, 2U}) {
            const double* values = &run.record()[run.layout().at(metric, 0)];
            at_zero.resize(3, 0.0);
            at_zero[metric] = at_zero[metric] == 0.0 ? values[0] : at_zero[metric];
            for (std::size_t lane = 0; lane < lanes; ++lane) {
                CHECK(values[lane] == at_zero[metric]);
            }
        }
    }
    CHECK(
        at_zero[0] ==
        doctest::Approx(std::pow(bowl->facts().initial_distance, 2.0)).epsilon(1e-15));
}

TEST_CASE("a run to the horizon leaves no number of the record unwritten") {
    const auto bowl = std::make_shared<Bowl>(4, 3);
    const model::Array draws = draws_for(bowl->facts(), horizon);
    for (const MethodCase& choice : test::method_cases()) {
        CAPTURE(choice.name());
        const plan::CellParts parts = parts_of(bowl, choice.make(bowl->facts()));

        const Run run{parts, 64, draws};

        CHECK(run.state().t == static_cast<std::uint64_t>(horizon));
        for (const double number : run.record()) {
            CHECK(number != test::unwritten);
        }
    }
}

TEST_CASE("a method sees its gradient plus the draw times the factor of the client") {
    const auto bowl = std::make_shared<Bowl>(3, 2);
    const plan::CellParts parts =
        parts_of(bowl, test::make_method("sgd", {}, bowl->facts()));
    const std::vector<std::int64_t> times{0, 1};
    const metrics::RecordLayout layout{{metrics::find_metric("squared_error")}, 2, 2};
    std::vector<double> record(layout.size());
    runner::Workspace workspace;
    runner::Stepper stepper{parts, layout, times, 1, 0, 1, record, workspace};
    const model::Array draws = draws_for(bowl->facts(), 1);
    model::Array seen(draws.size());
    model::Array exact(draws.size(), 0.0);
    const model::Array origin(2 * lanes, 0.0);

    stepper.gradients({0, 3}, draws.data(), seen.data());

    bowl->add_gradients({}, {0, 3}, {origin.data(), 0}, exact.data(), nullptr);
    for (std::size_t k = 0; k < seen.size(); ++k) {
        const std::size_t client = k / (2 * lanes);
        const double expected = exact[k] + parts.noise_factors[client] * draws[k];
        CHECK(seen[k] == doctest::Approx(expected).epsilon(1e-15));
    }
}

TEST_CASE("gradients are taken at the point, errors measured at the iterate") {
    const auto bowl = std::make_shared<Bowl>(3, 2);
    const model::Array draws = draws_for(bowl->facts(), horizon);
    const Run averaged{parts_of(bowl, std::make_shared<AveragedSgd>()), 16, draws};
    const Run plain{
        parts_of(bowl,
                 test::make_method(
                     "sgd", {{"step.scale", 0.1}, {"step.power", 0.0}}, bowl->facts())),
        16,
        draws};
    const auto error = [](const Run& run, std::size_t checkpoint) {
        return run.record()[run.layout().at(0, checkpoint)];
    };

    for (std::size_t k = 0; k < 2 * lanes; ++k) {
        CHECK(averaged.state().server_arrays[1][k] ==
              plain.state().server_arrays[0][k]);
    }
    CHECK(error(averaged, 1) == error(plain, 1));  // the mean of one
    CHECK(error(averaged, 5) != error(plain, 5));
}

TEST_CASE("the recorded saturation is that of the iteration before the checkpoint") {
    const auto bowl = std::make_shared<Bowl>(4, 2);
    const plan::CellParts parts = parts_of(
        bowl,
        test::make_method("clipped_sgd", {{"clip_threshold", 1e3}}, bowl->facts()));
    const std::size_t stride = lanes * 4 * 2;
    model::Array draws(horizon * stride, 0.0);
    draws[9 * stride + 5] = 1e9;              // iteration 9, client 0, lane 5
    draws[149 * stride + stride - 1] = -1e9;  // the last one, client 3, lane 15
    draws[60 * stride + 5] = 1e9;             // no checkpoint at 61

    const Run run{parts, 10, draws};

    const auto saturated = [&](std::size_t checkpoint, std::size_t lane) {
        return run.record()[run.layout().at(3, checkpoint) + lane];
    };
    CHECK(std::isnan(saturated(0, 5)));
    for (std::size_t k = 1; k < run.times().size(); ++k) {
        CHECK(saturated(k, 5) == (run.times()[k] == 10 ? 0.25 : 0.0));
        CHECK(saturated(k, 15) == (run.times()[k] == horizon ? 0.25 : 0.0));
    }
    CHECK(run.record()[run.layout().final_saturated() + 15] == 0.25);
    CHECK(run.record()[run.layout().final_saturated() + 5] == 0.0);
}

TEST_CASE("more iterations than a tile holds are a contract violation") {
    const auto bowl = std::make_shared<Bowl>(2, 2);
    const plan::CellParts parts =
        parts_of(bowl, test::make_method("sgd", {}, bowl->facts()));
    const std::vector<std::int64_t> times{0, 9};
    const metrics::RecordLayout layout{{metrics::find_metric("squared_error")}, 2, 2};
    std::vector<double> record(layout.size());
    runner::Workspace workspace;
    runner::Stepper stepper{parts, layout, times, 1, 0, 3, record, workspace};
    const model::Array draws = draws_for(bowl->facts(), 4);

    CHECK_THROWS_AS(stepper.advance(4, draws.data()), core::ContractViolation);
}

TEST_CASE("stepping in ranges of clients does not change a bit of the record") {
    for (const MethodCase& choice : test::method_cases()) {
        CAPTURE(choice.name());
        const auto bowl = std::make_shared<Bowl>(5, 3);
        const plan::CellParts parts = parts_of(bowl, choice.make(bowl->facts()));
        const model::Array draws = draws_for(bowl->facts(), horizon);
        const Run whole{parts, 7, draws};
        std::vector<double> record(whole.layout().size(), test::unwritten);
        runner::Workspace workspace;
        runner::Stepper stepper{
            parts, whole.layout(), whole.times(), 1, 0, 1, record, workspace};
        const std::size_t size = stepper.state().size();

        for (std::size_t t = 0; t < static_cast<std::size_t>(horizon); ++t) {
            const double* own = draws.data() + t * 5 * size;
            stepper.advance_clients({0, 2}, own);
            stepper.advance_clients({2, 3}, own + 2 * size);
            stepper.advance_clients({3, 5}, own + 3 * size);
        }

        CHECK(test::same_bits(whole.record(), record));
    }
}
