#pragma once

#include <cstdint>
#include <string_view>

#include "model/block.hpp"
#include "random/address.hpp"

namespace tailrate::model {

/// Two independent N(0,1) per word pair: sqrt(-2 log U) times cos and sin of 2 pi V
/// (Box and Muller, 1958). Rows as in Noise::transform with two draws per counter.
void box_muller(std::size_t rows,
                const std::uint64_t* first,
                const std::uint64_t* second,
                double* draws);

/// Scalar randomness of a problem instance: depends on the instance seed, on what it is
/// for, and on client and coordinate only, so that instances which differ in one
/// parameter share it.
class InstanceRandom {
  public:
    InstanceRandom(std::uint64_t instance_seed, std::string_view purpose);

    /// U(0,1) and N(0,1); both belong to the same address, so use one of them.
    [[nodiscard]] double uniform(std::uint64_t client, std::uint64_t coordinate) const;
    [[nodiscard]] double normal(std::uint64_t client, std::uint64_t coordinate) const;

  private:
    random::Stream stream_;
};

}  // namespace tailrate::model
