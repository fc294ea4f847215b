#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <nettle/sha2.h>

namespace tailrate::core {

using Digest = std::array<std::uint8_t, 32>;

/// SHA-256 of bytes given in pieces.
class Sha256 {
  public:
    Sha256();
    void update(std::span<const std::byte> bytes);
    void update(std::string_view text);
    /// The digest; afterwards the object is empty again.
    [[nodiscard]] Digest finish();

  private:
    sha256_ctx context_;
};

[[nodiscard]] Digest sha256(std::string_view text);

/// Lower-case hexadecimal.
[[nodiscard]] std::string hex(const Digest& digest);

}  // namespace tailrate::core
