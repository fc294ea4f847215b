#include "model/normals.hpp"

#include <array>
#include <cmath>

#include "math/elementary.hpp"
#include "random/uniform.hpp"

namespace tailrate::model {
namespace {

struct WordPair {
    std::uint64_t first, second;
};

WordPair words_at(const random::Stream& stream,
                  std::uint64_t client,
                  std::uint64_t row) {
    const random::Counter bits = random::philox(
        random::counter_at({.client = client, .row = row}), stream.key());
    return {(std::uint64_t{bits[1]} << 32U) | bits[0],
            (std::uint64_t{bits[3]} << 32U) | bits[2]};
}

}  // namespace

void box_muller(std::size_t rows,
                const std::uint64_t* first,
                const std::uint64_t* second,
                double* draws) {
    for (std::size_t row = 0; row < rows; ++row) {
        double* cosines = draws + 2 * row * lanes;
        double* sines = cosines + lanes;
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            const std::size_t k = row * lanes + lane;
            const double radius =
                std::sqrt(-2.0 * math::log(random::unit_interval(first[k])));
            const math::SinCos turn =
                math::sincospi(2.0 * random::unit_interval(second[k]));
            cosines[lane] = radius * turn.cos;
            sines[lane] = radius * turn.sin;
        }
    }
}

InstanceRandom::InstanceRandom(std::uint64_t instance_seed, std::string_view purpose)
    : stream_{instance_seed, "instance", purpose} {}

double InstanceRandom::uniform(std::uint64_t client, std::uint64_t coordinate) const {
    return random::unit_interval(words_at(stream_, client, coordinate).first);
}

double InstanceRandom::normal(std::uint64_t client, std::uint64_t coordinate) const {
    const WordPair words = words_at(stream_, client, coordinate);
    return std::sqrt(-2.0 * math::log(random::unit_interval(words.first))) *
           math::cospi(2.0 * random::unit_interval(words.second));
}

}  // namespace tailrate::model
