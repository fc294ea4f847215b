#include "runner/workspace.hpp"

#include <algorithm>

namespace tailrate::runner {
namespace {

constexpr std::size_t block_size = std::size_t{1} << 17U;  // 1 MiB
/// Arrays above it have a block of their own, so that little of the others is wasted.
constexpr std::size_t largest_packed = block_size / 16;
constexpr std::size_t line = 64 / sizeof(double);

}  // namespace

double* Workspace::zeros(std::size_t size) {
    if (size > largest_packed) {
        return alone_.emplace_back(size, 0.0).data();
    }
    const std::size_t whole_lines = (size + line - 1) / line * line;
    if (block_ < blocks_.size() && block_size - used_ < whole_lines) {
        ++block_;
        used_ = 0;
    }
    if (block_ == blocks_.size()) {
        blocks_.emplace_back(block_size);
    }
    double* start = blocks_[block_].data() + used_;
    used_ += whole_lines;
    std::fill_n(start, size, 0.0);
    return start;
}

double* Workspace::scratch(std::size_t size) {
    if (scratch_.size() < size) {
        scratch_.resize(size);
    }
    return scratch_.data();
}

void Workspace::clear() {
    alone_.clear();
    block_ = 0;
    used_ = 0;
}

}  // namespace tailrate::runner
