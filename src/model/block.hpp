#pragma once

#include <array>
#include <cstddef>
#include <new>
#include <vector>

#include "random/address.hpp"

/// The interfaces of what is combined in an experiment (Problem, Noise, Method,
/// Network) and the block of seeds they work on. Knows no entry of a catalogue, no
/// file, no thread.
///
/// Every array of numbers that differ between seeds is laid out with the seeds of a
/// block innermost: a vector of dimension d is d rows of `lanes` doubles, a client
/// array n such vectors, each 64-byte aligned. Lanes never mix, so a plain loop over
/// rows * lanes elements vectorizes and has the same bits at every vector width.
namespace tailrate::model {

using random::lanes;

/// One number per seed of a block.
using Lanes = std::array<double, lanes>;

/// Allocates on cache lines, so that rows of lanes never straddle one.
template <class T>
struct CacheAligned {
    using value_type = T;
    static constexpr std::align_val_t alignment{64};

    CacheAligned() = default;

    template <class Other>
    explicit CacheAligned(const CacheAligned<Other>& /*other*/) {}

    [[nodiscard]] T* allocate(std::size_t count) {
        return static_cast<T*>(::operator new(count * sizeof(T), alignment));
    }

    void deallocate(T* memory, std::size_t /*count*/) {
        ::operator delete(memory, alignment);
    }

    [[nodiscard]] bool operator==(const CacheAligned&) const = default;
};

using Array = std::vector<double, CacheAligned<double>>;
using Words = std::vector<std::uint64_t, CacheAligned<std::uint64_t>>;

/// Clients first .. last - 1.
struct ClientRange {
    std::size_t first = 0;
    std::size_t last = 0;

    [[nodiscard]] std::size_t size() const { return last - first; }
};

}  // namespace tailrate::model
