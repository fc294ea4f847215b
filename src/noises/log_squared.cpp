#include <array>
#include <cmath>
#include <utility>

#include "core/registry.hpp"
#include "math/floating.hpp"
#include "math/sampling.hpp"
#include "model/block.hpp"
#include "model/noise.hpp"
#include "random/uniform.hpp"

namespace tailrate::noises {
namespace {

// With L = -log P(|Z| > z) the product z (1+L)^2 / (e^L - 1) is smooth and between 0.4
// and 1.5 on 0 <= L <= 53 log 2, the range of the uniforms. It is held as two
// polynomials of degree 24 in x, x = scale L/(L+5) + shift, -1 <= x <= 1, for L < 6 and
// L >= 6: Chebyshev interpolation at 60 nodes cut at degree 24, of the solution of
// dz/dL = e^-L (z^2+2) log^2(z^2+2) / (2c), z(0) = 0, by Taylor series of degree 64
// with step 1/8, in 60 digits (mpmath). Relative error of z below 1e-13.
constexpr double split = 6.0;
constexpr double fold = 5.0;
constexpr std::size_t terms = 25;

/// x = scale L/(L+5) + shift, and the coefficients of x^0, x^1, ...
struct Piece {
    double scale;
    double shift;
    std::array<double, terms> coefficients;
};

constexpr Piece near_zero{
    3.6666666666666665,
    -1.0,
    {1.8347413140644488,      0.5053089216300247,      -0.8997110377960366,
     -0.33901023753211956,    0.17557887797426763,     0.15995237251417815,
     0.02967884807535298,     -0.030790684626716115,   -0.02573255042107312,
     -0.007243191911382681,   0.00280853286669106,     0.00374844542317325,
     0.0018312749970517232,   0.00021374912912760198,  -0.00032292277293258687,
     -0.00029279307476477967, -0.00010574203233167483, -3.842392073430972e-05,
     -2.3228192632619432e-05, 2.4414563660246204e-05,  4.771441993238168e-05,
     5.8531880906887055e-06,  -1.556391728691756e-05,  -3.2770514174814503e-06,
     2.182786746574785e-06}};

constexpr Piece tail{
    5.97465966212984,
    -4.258905270252639,
    {0.838109986676926,       -0.4709696634871139,     0.11325050177309424,
     -0.0045891045597385525,  -0.008471147263436275,   0.0037284568656751503,
     -0.0023786922365480164,  0.0021680271592672056,   -0.0009855256333232668,
     -0.0007397725607248909,  0.0011349758761335011,   -0.00014095000383270275,
     -0.0005886421335607323,  0.00023626721143339715,  0.00025538863671123826,
     -0.00014158993302166022, -0.00011253199731267961, 6.059495090026979e-05,
     4.93388300801074e-05,    -1.9469809617670302e-05, -1.832173809497346e-05,
     4.2172347558583595e-06,  4.64796004282861e-06,    -4.569324704345377e-07,
     -5.742318395717491e-07}};

/// The polynomial of one piece at x.
template <std::size_t... I>
[[gnu::always_inline]] inline double evaluate(const Piece& piece,
                                              double folded,
                                              std::index_sequence<I...> /*terms*/) {
    const double x = std::fma(piece.scale, folded, piece.shift);
    return math::polynomial(x, x * x, piece.coefficients[I]...);
}

/// The z with P(|Z| > z) = u. Both pieces are evaluated: selecting each coefficient
/// would cost as much.
[[gnu::always_inline]] inline double upper_quantile(double u) {
    constexpr auto all = std::make_index_sequence<terms>{};
    const double depth = -math::fast_log(u);
    const double folded = depth / (depth + fold);
    const double head = evaluate(near_zero, folded, all);
    const double rest = evaluate(tail, folded, all);
    const double growth = 1.0 + depth;
    return (1.0 - u) * (depth < split ? head : rest) / (u * growth * growth);
}

/// Density c/((z^2+2) log^2(z^2+2)): a first absolute moment and no higher one, so
/// tail_index is 1 although the mean exists. E|z| = c/log 2.
/// Two draws per counter, one per word: |z| by inversion, and a sign bit.
/// Source: the first-moment density of the SClip-EF literature (arXiv 2310.16920); its
/// form was not checked against that text. The sampler, the two polynomials above, is
/// our own.
class LogSquared final : public model::Noise {
  public:
    [[nodiscard]] double tail_index() const override { return 1.0; }

    [[nodiscard]] double mean_absolute() const override {
        return 0.8382453036542562;  // c/log 2, c = 0.58102736884556290, mpmath
    }

    [[nodiscard]] double median_absolute() const override {
        return 0.4695696138553247;  // mpmath, by the differential equation above
    }

    [[nodiscard]] std::size_t draws_per_counter() const override { return 2; }

    void transform(std::size_t rows,
                   const std::uint64_t* first,
                   const std::uint64_t* second,
                   double* draws) const override {
        for (std::size_t row = 0; row < rows; ++row, draws += 2 * model::lanes) {
            invert_row(first + row * model::lanes, draws);
            invert_row(second + row * model::lanes, draws + model::lanes);
        }
    }

  private:
    static void invert_row(const std::uint64_t* words, double* draws) {
#pragma GCC unroll 1
        for (std::size_t lane = 0; lane < model::lanes; ++lane) {
            const double size = upper_quantile(random::unit_interval(words[lane]));
            draws[lane] = random::with_sign(size, words[lane]);
        }
    }
};

const core::Registration<model::Noise> registration{{
    .key = "log_squared",
    .summary = "density c/((z^2+2) log^2(z^2+2)): a first moment and no higher one",
    .source =
        "first-moment density of the SClip-EF literature (arXiv 2310.16920), text "
        "not checked",
    .parameters = {},
    .make =
        [](const core::Parameters& /*parameters*/) {
            return std::make_unique<LogSquared>();
        },
}};

}  // namespace
}  // namespace tailrate::noises
