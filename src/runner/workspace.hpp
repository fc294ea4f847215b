#pragma once

#include <cstddef>
#include <vector>

#include "model/block.hpp"

namespace tailrate::runner {

/// Memory that one worker uses for unit after unit, so that a small cell costs no
/// system call and no page of fresh memory. Not shared by threads.
class Workspace {
  public:
    /// `size` zeros on a cache line, valid until `clear`.
    [[nodiscard]] double* zeros(std::size_t size);

    /// `size` numbers on a cache line, of any value; the next call may give the same.
    [[nodiscard]] double* scratch(std::size_t size);

    /// Takes back what `zeros` gave out; that of small arrays is kept for the next
    /// unit.
    void clear();

  private:
    std::vector<model::Array> blocks_;  ///< of 1 MiB, each with many small arrays
    std::vector<model::Array> alone_;   ///< large arrays
    std::size_t block_ = 0;             ///< in use
    std::size_t used_ = 0;              ///< numbers of that block
    model::Array scratch_;
};

}  // namespace tailrate::runner
