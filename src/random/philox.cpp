#include "random/philox.hpp"

namespace tailrate::random {

Counter philox(Counter counter, Key key) {
    using namespace philox_constants;
    for (int round = 0; round < rounds; ++round) {
        const std::uint64_t product_0 = std::uint64_t{multiplier_0} * counter[0];
        const std::uint64_t product_1 = std::uint64_t{multiplier_1} * counter[2];
        counter = {static_cast<std::uint32_t>(product_1 >> 32U) ^ counter[1] ^ key[0],
                   static_cast<std::uint32_t>(product_1),
                   static_cast<std::uint32_t>(product_0 >> 32U) ^ counter[3] ^ key[1],
                   static_cast<std::uint32_t>(product_0)};
        key[0] += weyl_0;
        key[1] += weyl_1;
    }
    return counter;
}

}  // namespace tailrate::random
