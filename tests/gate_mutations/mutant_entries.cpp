#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <utility>

#include "core/registry.hpp"
#include "gate_mutations/mutations.hpp"
#include "model/clipping.hpp"
#include "model/method.hpp"
#include "model/noise.hpp"

namespace tailrate::mutate {
namespace {

using model::Step;

/// Another method with the same arrays and schedules, changed by the derived class.
class Wrapped : public model::Method {
  public:
    explicit Wrapped(std::unique_ptr<model::Method> inner) : inner_{std::move(inner)} {
        for (std::size_t k = 1; k < inner_->server_arrays().size(); ++k) {
            declare_server_array(inner_->server_arrays()[k].name);
        }
        for (const model::StateArray& array : inner_->client_arrays()) {
            declare_client_array(array.name);
        }
        for (const model::Schedule& schedule : inner_->schedules()) {
            declare_schedule(schedule);
        }
    }

    void clients(const Step& step,
                 model::ClientRange range,
                 double* values) const override {
        inner_->clients(step, range, values);
    }

    [[nodiscard]] model::Aggregate aggregate() const override {
        return inner_->aggregate();
    }

    void server(const Step& step, double* aggregate) const override {
        inner_->server(step, aggregate);
    }

    [[nodiscard]] bool has_finite_mse(double p, std::size_t n) const override {
        return inner_->has_finite_mse(p, n);
    }

    [[nodiscard]] bool is_unbounded() const override { return inner_->is_unbounded(); }

  private:
    std::unique_ptr<model::Method> inner_;
};

/// A client is lost, and the mean is over the others.
class DropLast final : public Wrapped {
  public:
    using Wrapped::Wrapped;

    void clients(const Step& step,
                 model::ClientRange range,
                 double* values) const override {
        Wrapped::clients(step, range, values);
        const double n = static_cast<double>(step.clients);
        for (std::size_t i = range.first; i < range.last; ++i) {
            const double factor = i + 1 == step.clients ? 0.0 : n / (n - 1.0);
            for (std::size_t k = 0; k < step.size(); ++k) {
                values[(i - range.first) * step.size() + k] *= factor;
            }
        }
    }
};

class DivideByOneLess final : public Wrapped {
  public:
    using Wrapped::Wrapped;

    void server(const Step& step, double* aggregate) const override {
        const double n = static_cast<double>(step.clients);
        for (std::size_t k = 0; k < step.size(); ++k) {
            aggregate[k] *= n / (n - 1.0);
        }
        Wrapped::server(step, aggregate);
    }
};

/// Each step is made with the mean of the step before.
class Stale final : public Wrapped {
  public:
    explicit Stale(std::unique_ptr<model::Method> inner)
        : Wrapped{std::move(inner)},
          last_{declare_server_array("last")} {}

    void server(const Step& step, double* aggregate) const override {
        std::swap_ranges(aggregate, aggregate + step.size(), step.at(last_));
        Wrapped::server(step, aggregate);
    }

  private:
    model::ServerArray last_;
};

class FloatState final : public Wrapped {
  public:
    using Wrapped::Wrapped;

    void server(const Step& step, double* aggregate) const override {
        Wrapped::server(step, aggregate);
        double* x = step.at(iterate());
        for (std::size_t k = 0; k < step.size(); ++k) {
            x[k] = static_cast<double>(static_cast<float>(x[k]));
        }
    }
};

/// The mean of the iterates is measured; the method itself goes on as it was.
class MeasureAverage final : public Wrapped {
  public:
    explicit MeasureAverage(std::unique_ptr<model::Method> inner)
        : Wrapped{std::move(inner)},
          point_{declare_server_array("point")} {}

    void clients(const Step& step,
                 model::ClientRange range,
                 double* values) const override {
        Arrays arrays{};
        Wrapped::clients(inner_step(step, arrays), range, values);
    }

    void server(const Step& step, double* aggregate) const override {
        Arrays arrays{};
        Wrapped::server(inner_step(step, arrays), aggregate);
        const double* point = step.at(point_);
        double* average = step.at(iterate());
        const double part = 1.0 / static_cast<double>(step.t + 1);
        for (std::size_t k = 0; k < step.size(); ++k) {
            average[k] += part * (point[k] - average[k]);
        }
    }

    [[nodiscard]] model::ServerArray point() const override { return point_; }

  private:
    using Arrays = std::array<double*, 8>;

    /// The step that the wrapped method sees: its iterate is the point.
    [[nodiscard]] Step inner_step(const Step& step, Arrays& arrays) const {
        const std::size_t count = server_arrays().size();
        std::copy_n(step.server_arrays, count, arrays.begin());
        arrays[iterate().index] = step.at(point_);
        Step inner = step;
        inner.server_arrays = arrays.data();
        return inner;
    }

    model::ServerArray point_;
};

/// SClip-EF with one line wrong.
class WrongFeedback final : public model::Method {
  public:
    enum class Bug { weights_swapped, threshold_not_squared, components_clipped };

    WrongFeedback(Bug bug,
                  const core::Parameters& parameters,
                  const model::ProblemFacts& facts)
        : bug_{bug},
          step_{declare_step(parameters, facts)},
          threshold_{declare_schedule(model::threshold_schedule(parameters))},
          clip_scale_{declare_schedule(model::smooth_clip_schedule(parameters))},
          weight_{declare_schedule({.scale = parameters.real("weight"),
                                    .power = -parameters.real("weight_power")})},
          memory_{declare_client_array("m")} {}

    void clients(const Step& step,
                 model::ClientRange range,
                 double* values) const override {
        const bool is_swapped = bug_ == Bug::weights_swapped;
        const double beta = is_swapped ? 1.0 - step.at(weight_) : step.at(weight_);
        const double theta = step.at(threshold_);
        const double eps = bug_ == Bug::threshold_not_squared ? theta : theta * theta;
        double* m = step.at(memory_, range.first);
        for (std::size_t k = 0; k < range.size() * step.size(); ++k) {
            if (bug_ == Bug::components_clipped) {
                values[k] =
                    step.at(clip_scale_) / theta * std::clamp(values[k], -theta, theta);
                continue;
            }
            const double u = values[k] - m[k];
            m[k] = beta * m[k] +
                   (1.0 - beta) * step.at(clip_scale_) * u / std::sqrt(u * u + eps);
            values[k] = m[k];
        }
    }

    void server(const Step& step, double* aggregate) const override {
        model::descend(step.at(step_), step.size(), aggregate, step.at(iterate()));
    }

    [[nodiscard]] bool has_finite_mse(double /*p*/, std::size_t /*n*/) const override {
        return true;
    }

    [[nodiscard]] bool is_unbounded() const override { return false; }

  private:
    Bug bug_;
    model::ScheduleId step_, threshold_, clip_scale_, weight_;
    model::ClientArray memory_;
};

/// Another law, its draws changed by a function.
class WrappedNoise final : public model::Noise {
  public:
    WrappedNoise(std::unique_ptr<model::Noise> inner, double (*change)(double))
        : inner_{std::move(inner)},
          change_{change} {}

    [[nodiscard]] double tail_index() const override { return inner_->tail_index(); }

    [[nodiscard]] double mean_absolute() const override {
        return inner_->mean_absolute();
    }

    [[nodiscard]] double median_absolute() const override {
        return inner_->median_absolute();
    }

    [[nodiscard]] std::size_t draws_per_counter() const override {
        return inner_->draws_per_counter();
    }

    void transform(std::size_t rows,
                   const std::uint64_t* first,
                   const std::uint64_t* second,
                   double* draws) const override {
        inner_->transform(rows, first, second, draws);
        std::transform(
            draws, draws + rows * draws_per_counter() * model::lanes, draws, change_);
    }

  private:
    std::unique_ptr<model::Noise> inner_;
    double (*change_)(double);
};

template <class Wrapper>
void wrap_methods() {
    for (auto& item : core::catalogue<model::Method>()) {
        auto& make = item.second.make;
        make = [inner = make](const core::Parameters& parameters,
                              const model::ProblemFacts& facts) {
            return std::make_unique<Wrapper>(inner(parameters, facts));
        };
    }
}

void wrap_noises(double (*change)(double)) {
    for (auto& item : core::catalogue<model::Noise>()) {
        auto& make = item.second.make;
        make = [inner = make, change](const core::Parameters& parameters) {
            return std::make_unique<WrappedNoise>(inner(parameters), change);
        };
    }
}

void replace_sclip_ef(WrongFeedback::Bug bug) {
    core::catalogue<model::Method>().at("sclip_ef").make =
        [bug](const core::Parameters& parameters, const model::ProblemFacts& facts) {
            return std::make_unique<WrongFeedback>(bug, parameters, facts);
        };
}

void replace_by(const char* key, const char* other) {
    auto& catalogue = core::catalogue<model::Method>();
    catalogue.at(key).make = catalogue.at(other).make;
}

}  // namespace

void drop_last_client() {
    wrap_methods<DropLast>();
}

void divide_by_one_less() {
    wrap_methods<DivideByOneLess>();
}

void use_stale_gradients() {
    wrap_methods<Stale>();
}

void measure_average() {
    wrap_methods<MeasureAverage>();
}

void keep_state_in_float() {
    wrap_methods<FloatState>();
}

void truncate_tails() {
    wrap_noises([](double z) { return std::clamp(z, -10.0, 10.0); });
}

void skew_noise() {
    wrap_noises([](double z) { return z > 0.0 ? 1.02 * z : z; });
}

void remove_feedback() {
    replace_by("sclip_ef", "smooth_clip_sgd");
}

void swap_weights() {
    replace_sclip_ef(WrongFeedback::Bug::weights_swapped);
}

void forget_to_square() {
    replace_sclip_ef(WrongFeedback::Bug::threshold_not_squared);
}

void clip_components_instead() {
    replace_sclip_ef(WrongFeedback::Bug::components_clipped);
}

void clip_at_server() {
    replace_by("clipped_sgd", "clipped_server_sgd");
}

void raise_method_versions() {
    for (auto& item : core::catalogue<model::Method>()) {
        ++item.second.version;
    }
}

}  // namespace tailrate::mutate
