#include "model/noise_field.hpp"

#include <algorithm>
#include <cmath>

#include "core/contracts.hpp"
#include "core/errors.hpp"
#include "math/elementary.hpp"
#include "math/special.hpp"
#include "model/normals.hpp"

namespace tailrate::model {
namespace {

constexpr double largest_factor = 1e300;  // times the clients, at most 2^24, a double

/// E|u_1| for u uniform on the unit sphere of R^d: G(d/2) / (sqrt(pi) G((d+1)/2)).
double mean_of_direction(std::size_t dimension) {
    const double half = 0.5 * static_cast<double>(dimension);
    const double log_pi = 1.1447298858494002;  // log(pi), mpmath
    return math::exp(math::lgamma(half) - math::lgamma(half + 0.5) - 0.5 * log_pi);
}

std::size_t rows_of(std::size_t coordinates, std::size_t per_row) {
    return (coordinates + per_row - 1) / per_row;
}

}  // namespace

const std::vector<core::ParameterSpec>& noise_parameters() {
    using core::ValueType;
    static const std::vector<core::ParameterSpec> table{
        {.name = "scale",
         .default_value = 1.0,
         .range = {.lowest = 0.0},
         .meaning = "multiplies the noise, after unit"},
        {.name = "unit",
         .type = ValueType::choice,
         .default_value = std::string{"raw"},
         .choices = {"raw", "mean_absolute", "median_absolute"},
         .meaning = "what a draw is divided by: 1, E|z| or the median of |z|"},
        {.name = "client_spread",
         .default_value = 1.0,
         .range = {.lowest = 1.0},
         .meaning = "noise scale of the last client over that of the first"},
        {.name = "joint",
         .type = ValueType::choice,
         .default_value = std::string{"independent"},
         .choices = {"independent", "spherical", "common"},
         .meaning = "dependence over clients and coordinates"},
    };
    return table;
}

Joint joint_of(const core::Parameters& noise) {
    const std::string& text = noise.text("joint");
    return text == "spherical" ? Joint::spherical
           : text == "common"  ? Joint::common
                               : Joint::independent;
}

std::vector<double> client_scales(std::size_t clients, double spread) {
    std::vector<double> scales(clients, 1.0);
    if (clients == 1) {
        return scales;
    }
    double sum = 0.0;
    for (std::size_t i = 0; i < clients; ++i) {
        const double place = static_cast<double>(i) / static_cast<double>(clients - 1);
        scales[i] = math::pow(spread, place - 0.5);
        sum += scales[i];
    }
    for (double& scale : scales) {
        scale *= static_cast<double>(clients) / sum;
    }
    return scales;
}

double noise_unit(const core::Parameters& noise, const Noise& law) {
    const std::string& name = noise.text("unit");
    if (name == "mean_absolute" && !law.has_mean()) {
        throw core::ParameterError{
            "unit",
            "mean_absolute needs a law with a mean; use median_absolute or raw"};
    }
    const double unit = name == "mean_absolute"     ? law.mean_absolute()
                        : name == "median_absolute" ? law.median_absolute()
                                                    : 1.0;
    const double divisor = unit == 0.0 ? 1.0 : unit;
    const double factor = noise.real("scale") / divisor;
    if (!(factor <= largest_factor)) {
        throw core::ParameterError{"scale",
                                   "scale is " + core::to_text(noise.real("scale")) +
                                       ", so that draws are multiplied by " +
                                       core::to_text(factor) +
                                       "; allowed: at most 1e300"};
    }
    return divisor;
}

std::vector<double> noise_factors(const core::Parameters& noise,
                                  double unit,
                                  std::size_t clients) {
    std::vector<double> factors = client_scales(clients, noise.real("client_spread"));
    for (double& factor : factors) {
        factor *= noise.real("scale") / unit;
    }
    return factors;
}

NoiseField::NoiseField(std::string_view law_key,
                       std::shared_ptr<const Noise> law,
                       Joint joint,
                       std::uint64_t master_seed,
                       std::size_t dimension)
    : law_{std::move(law)},
      joint_{joint},
      is_zero_{law_key == "none"},
      stream_{master_seed, "noise", law_key},
      directions_{master_seed, "direction"},
      dimension_{dimension},
      mean_direction_{mean_of_direction(dimension)},
      first_(dimension * lanes),
      second_(dimension * lanes),
      last_row_(2 * lanes),
      radius_(lanes) {
    TAILRATE_EXPECTS(joint != Joint::spherical || law_->is_symmetric());
}

void NoiseField::draw(std::uint64_t first_seed,
                      std::uint64_t call,
                      ClientRange range,
                      double* draws) {
    const std::size_t size = dimension_ * lanes;
    if (is_zero_) {
        std::fill_n(draws, range.size() * size, 0.0);
        return;
    }
    for (std::size_t i = range.first; i < range.last; ++i, draws += size) {
        const random::Place place{.first_seed = first_seed,
                                  .client = joint_ == Joint::common ? 0 : i,
                                  .call = call};
        if (joint_ == Joint::spherical) {
            draw_spherical(place, draws);
        } else {
            draw_rows(place, draws);
        }
    }
}

void NoiseField::draw_rows(const random::Place& place, double* draws) {
    const std::size_t per_counter = law_->draws_per_counter();
    const std::size_t rows = rows_of(dimension_, per_counter);
    random::fill_words(stream_, place, rows, first_.data(), second_.data());
    const std::size_t whole = dimension_ / per_counter;
    law_->transform(whole, first_.data(), second_.data(), draws);
    if (whole < rows) {
        const std::size_t done = whole * lanes;
        law_->transform(
            1, first_.data() + done, second_.data() + done, last_row_.data());
        std::copy_n(last_row_.data(), lanes, draws + per_counter * done);
    }
}

void NoiseField::draw_spherical(const random::Place& place, double* draws) {
    random::fill_words(stream_, place, 1, first_.data(), second_.data());
    law_->transform(1, first_.data(), second_.data(), last_row_.data());
    std::copy_n(last_row_.data(), lanes, radius_.data());

    const std::size_t rows = rows_of(dimension_, 2);
    random::fill_words(directions_, place, rows, first_.data(), second_.data());
    const std::size_t whole = dimension_ / 2;
    box_muller(whole, first_.data(), second_.data(), draws);
    if (whole < rows) {
        const std::size_t done = whole * lanes;
        box_muller(1, first_.data() + done, second_.data() + done, last_row_.data());
        std::copy_n(last_row_.data(), lanes, draws + 2 * done);
    }
    Lanes sum{};
    for (std::size_t j = 0; j < dimension_; ++j) {
#pragma GCC unroll 1
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            const double normal = draws[j * lanes + lane];
            sum[lane] = std::fma(normal, normal, sum[lane]);
        }
    }
#pragma GCC unroll 1
    for (std::size_t lane = 0; lane < lanes; ++lane) {
        radius_[lane] /= std::sqrt(sum[lane]) * mean_direction_;
    }
    for (std::size_t j = 0; j < dimension_; ++j) {
#pragma GCC unroll 1
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            draws[j * lanes + lane] *= radius_[lane];
        }
    }
}

}  // namespace tailrate::model
