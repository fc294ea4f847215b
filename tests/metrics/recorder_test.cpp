#include "metrics/recorder.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "core/contracts.hpp"
#include "support/bowl.hpp"

using namespace tailrate;
using doctest::Approx;
using model::lanes;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t clients = 3;
constexpr std::size_t dimension = 2;
constexpr std::array<std::int64_t, 4> times{0, 1, 10, 25};

/// A method with a memory per client that does nothing: the tests write its state.
class Idle final : public model::Method {
  public:
    explicit Idle(bool has_memory)
        : memory_{declare_client_array("m")},
          has_memory_{has_memory} {}

    void server(const model::Step& /*step*/, double* /*aggregate*/) const override {}

    [[nodiscard]] const model::ClientArray* memory() const override {
        return has_memory_ ? &memory_ : nullptr;
    }

  private:
    model::ClientArray memory_;
    bool has_memory_;
};

/// A recorder with every metric and a state that the test sets; x* = (0.5, 1.25).
class Desk {
  public:
    explicit Desk(bool has_memory = true)
        : method_{has_memory},
          layout_{metrics::all_metrics(), times.size(), dimension},
          record_(layout_.size(), -77.0),
          recorder_{layout_, bowl_, method_, times, record_} {
        pointers_ = {x_.data(), memory_.data()};
        step_.clients = clients;
        step_.dimension = dimension;
        step_.server_arrays = pointers_.data();
        step_.client_arrays = pointers_.data() + 1;
        saturated_.fill(0.25);
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            set_x(lane, 0.5, 1.25);
        }
    }

    ~Desk() = default;
    Desk(const Desk&) = delete;
    Desk& operator=(const Desk&) = delete;
    Desk(Desk&&) = delete;
    Desk& operator=(Desk&&) = delete;

    void set_x(std::size_t lane, double first, double second) {
        x_[lane] = first;
        x_[lanes + lane] = second;
    }

    void set_memory(std::size_t i, std::size_t j, std::size_t lane, double value) {
        memory_[(i * dimension + j) * lanes + lane] = value;
    }

    void record() { recorder_.record(step_, saturated_); }

    [[nodiscard]] double value(std::string_view name,
                               std::size_t checkpoint,
                               std::size_t lane,
                               std::size_t j = 0) const {
        std::size_t metric = 0;
        while (layout_.metrics().at(metric).name != name) {
            ++metric;
        }
        return record_[layout_.at(metric, checkpoint) + j * lanes + lane];
    }

    [[nodiscard]] double diverged_at(std::size_t lane) const {
        return record_[layout_.diverged_at() + lane];
    }

    [[nodiscard]] double peak(std::size_t lane) const {
        return record_[layout_.peak_error() + lane];
    }

    [[nodiscard]] double final_saturated(std::size_t lane) const {
        return record_[layout_.final_saturated() + lane];
    }

    [[nodiscard]] const test::Bowl& bowl() const { return bowl_; }

    [[nodiscard]] std::int64_t next() const { return recorder_.next_checkpoint(); }

    [[nodiscard]] model::Lanes& saturated() { return saturated_; }

    [[nodiscard]] const std::vector<double>& numbers() const { return record_; }

  private:
    test::Bowl bowl_{clients, dimension};
    Idle method_;
    metrics::RecordLayout layout_;
    std::vector<double> record_;
    metrics::Recorder recorder_;
    model::Array x_ = model::Array(dimension * lanes, 0.0);
    model::Array memory_ = model::Array(clients * dimension * lanes, 0.0);
    std::array<double*, 2> pointers_{};
    model::Lanes saturated_{};
    model::Step step_;
};

constexpr std::array<std::string_view, 5> scalars{"squared_error",
                                                  "optimality_gap",
                                                  "gradient_norm",
                                                  "saturated_fraction",
                                                  "max_memory"};

}  // namespace

TEST_CASE("errors of a known state are distance, gap and gradient of that state") {
    Desk desk;
    desk.set_x(4, 0.5 + 3.0, 1.25 - 4.0);
    const double first = desk.bowl().curvature()[0];
    const double second = desk.bowl().curvature()[1];

    desk.record();

    CHECK(desk.value("squared_error", 0, 4) == 25.0);
    CHECK(desk.value("optimality_gap", 0, 4) ==
          Approx(4.5 * first + 8.0 * second).epsilon(1e-15));
    CHECK(desk.value("gradient_norm", 0, 4) ==
          Approx(std::hypot(3.0 * first, 4.0 * second)).epsilon(1e-15));
    CHECK(desk.value("iterate_mean", 0, 4, 0) == 3.0);
    CHECK(desk.value("iterate_mean", 0, 4, 1) == -4.0);
    CHECK(desk.value("squared_error", 0, 3) == 0.0);
    CHECK(desk.value("gradient_norm", 0, 5) == 0.0);
}

TEST_CASE("max_memory is the longest memory of a client, per seed") {
    Desk desk;
    desk.set_memory(0, 0, 2, 3.0);
    desk.set_memory(1, 0, 2, -3.0);
    desk.set_memory(1, 1, 2, 4.0);
    desk.set_memory(2, 1, 2, 4.5);

    desk.record();

    CHECK(desk.value("max_memory", 0, 2) == 5.0);
    CHECK(desk.value("max_memory", 0, 1) == 0.0);
}

TEST_CASE("diagnostics that a method does not have are NaN and no divergence") {
    Desk desk{false};
    desk.saturated().fill(not_a_number);

    desk.record();

    for (std::size_t lane = 0; lane < lanes; ++lane) {
        CHECK(std::isnan(desk.value("max_memory", 0, lane)));
        CHECK(std::isnan(desk.value("saturated_fraction", 0, lane)));
        CHECK(std::isnan(desk.final_saturated(lane)));
        CHECK(desk.diverged_at(lane) == -1.0);
        CHECK(desk.value("squared_error", 0, lane) == 0.0);
    }
}

TEST_CASE("a memory that is not finite is no divergence") {
    Desk desk;
    desk.set_memory(0, 1, 6, not_a_number);
    desk.set_memory(2, 1, 6, 1.0);
    desk.set_memory(1, 0, 7, infinity);

    desk.record();

    CHECK(std::isnan(desk.value("max_memory", 0, 6)));
    CHECK(desk.value("max_memory", 0, 7) == infinity);
    CHECK(desk.diverged_at(6) == -1.0);
    CHECK(desk.diverged_at(7) == -1.0);
}

TEST_CASE("the saturated fraction is recorded as it was given, its last one apart") {
    Desk desk;
    desk.record();
    desk.saturated()[9] = 0.75;

    desk.record();

    CHECK(desk.value("saturated_fraction", 0, 9) == 0.25);
    CHECK(desk.value("saturated_fraction", 1, 9) == 0.75);
    CHECK(desk.final_saturated(9) == 0.75);
    CHECK(desk.final_saturated(8) == 0.25);
}

TEST_CASE("every metric of a diverged seed is infinite from that checkpoint on") {
    for (const double fault : {infinity, -infinity, not_a_number, 1e200}) {
        CAPTURE(fault);
        Desk desk;
        desk.record();
        desk.record();
        desk.set_x(7, 0.5, fault);
        desk.record();
        desk.set_x(7, 0.5, 1.25);  // a state that recovers stays diverged

        desk.record();

        CHECK(desk.diverged_at(7) == 10.0);
        CHECK(desk.peak(7) == infinity);
        for (const std::string_view name : scalars) {
            CAPTURE(name);
            CHECK(std::isfinite(desk.value(name, 1, 7)));
            CHECK(desk.value(name, 2, 7) == infinity);
            CHECK(desk.value(name, 3, 7) == infinity);
        }
        for (std::size_t j = 0; j < dimension; ++j) {
            CHECK(desk.value("iterate_mean", 1, 7, j) == 0.0);
            CHECK(desk.value("iterate_mean", 2, 7, j) == infinity);
            CHECK(desk.value("iterate_mean", 3, 7, j) == infinity);
        }
    }
}

TEST_CASE("the other seeds do not notice a diverged one") {
    Desk desk;
    Desk plain;
    desk.set_x(7, infinity, not_a_number);
    for (std::size_t k = 0; k < times.size(); ++k) {
        desk.record();
        plain.record();
    }

    std::size_t unlike = 0;
    for (std::size_t k = 0; k < desk.numbers().size(); ++k) {
        const bool differs = desk.numbers()[k] != plain.numbers()[k];
        CHECK((!differs || k % lanes == 7));
        unlike += differs ? 1 : 0;
    }

    CHECK(unlike == times.size() * (scalars.size() + dimension) + 2);
}

TEST_CASE("the peak is the largest squared error at a checkpoint") {
    Desk desk;
    desk.set_x(2, 1.5, 1.25);
    desk.record();
    desk.set_x(2, -2.5, 1.25);
    desk.record();
    desk.set_x(2, 0.5, 3.25);
    desk.record();

    CHECK(desk.peak(2) == 9.0);
    CHECK(desk.peak(3) == 0.0);
}

TEST_CASE("checkpoints are handed out in order and then there is none") {
    Desk desk;
    for (const std::int64_t t : times) {
        CHECK(desk.next() == t);
        desk.record();
    }
    CHECK(desk.next() == -1);
    CHECK_THROWS_AS(desk.record(), core::ContractViolation);
}

TEST_CASE("a complete record has no number left unwritten") {
    Desk desk;
    for (std::size_t k = 0; k < times.size(); ++k) {
        desk.record();
    }

    for (const double number : desk.numbers()) {
        CHECK(number != -77.0);
    }
}
