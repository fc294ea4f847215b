#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/parameters.hpp"
#include "model/block.hpp"
#include "model/noise.hpp"
#include "random/address.hpp"

namespace tailrate::model {

/// How the draws of one oracle call depend on each other over clients and coordinates.
enum class Joint {
    independent,  ///< one draw per client and coordinate
    spherical,    ///< per client: one draw as radius, times a uniform direction
    common        ///< one draw per coordinate, shared by the clients
};

/// The parameters that every law of noise has besides its own: scale, unit,
/// client_spread and joint, with ranges and defaults.
[[nodiscard]] const std::vector<core::ParameterSpec>& noise_parameters();

/// Draws a law over calls, clients and coordinates at scale 1, before any scaling:
/// cells that differ in scale, unit or client_spread only share them.
///
/// `spherical`: z_j = r u_j / E|u_1| with r one draw of the law at coordinate 0 and u
/// uniform on the unit sphere of R^d (normalized Gaussians of the domain "direction"),
/// so that E|z_j| is that of the law in every dimension; defined for symmetric laws.
class NoiseField {
  public:
    /// `law_key` is the catalogue key; `none` draws zeros without a generator.
    NoiseField(std::string_view law_key,
               std::shared_ptr<const Noise> law,
               Joint joint,
               std::uint64_t master_seed,
               std::size_t dimension);

    /// Fills `draws` (range.size() x dimension x lanes) for one oracle call.
    void draw(std::uint64_t first_seed,
              std::uint64_t call,
              ClientRange range,
              double* draws);

  private:
    void draw_rows(const random::Place& place, double* draws);
    void draw_spherical(const random::Place& place, double* draws);

    std::shared_ptr<const Noise> law_;
    Joint joint_;
    bool is_zero_;
    random::Stream stream_;
    random::Stream directions_;
    std::size_t dimension_;
    double mean_direction_;  ///< E|u_1| on the unit sphere
    Words first_, second_;
    Array last_row_, radius_;
};

/// s_i of every client: proportional to spread^(i/(n-1) - 1/2) with mean 1.
[[nodiscard]] std::vector<double> client_scales(std::size_t clients, double spread);

/// What a draw is divided by: 1 (raw), E|z| or the median of |z|, which may take
/// milliseconds; 1 for the law that is always 0. Throws ParameterError("unit") for
/// mean_absolute where the law has no mean, and ("scale") where scale / unit exceeds
/// 1e300.
[[nodiscard]] double noise_unit(const core::Parameters& noise, const Noise& law);

/// What the draws of client i are multiplied by: scale s_i / unit.
[[nodiscard]] std::vector<double> noise_factors(const core::Parameters& noise,
                                                double unit,
                                                std::size_t clients);

[[nodiscard]] Joint joint_of(const core::Parameters& noise);

}  // namespace tailrate::model
