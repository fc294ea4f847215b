#include "core/sha256.hpp"

namespace tailrate::core {

Sha256::Sha256() : context_{} {
    sha256_init(&context_);
}

void Sha256::update(std::span<const std::byte> bytes) {
    sha256_update(
        &context_, bytes.size(), reinterpret_cast<const std::uint8_t*>(bytes.data()));
}

void Sha256::update(std::string_view text) {
    update(std::as_bytes(std::span{text.data(), text.size()}));
}

Digest Sha256::finish() {
    Digest digest{};
    sha256_digest(&context_, digest.size(), digest.data());
    return digest;
}

Digest sha256(std::string_view text) {
    Sha256 hash;
    hash.update(text);
    return hash.finish();
}

std::string hex(const Digest& digest) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(2 * digest.size());
    for (const std::uint8_t byte : digest) {
        text += digits[byte >> 4U];
        text += digits[byte & 15U];
    }
    return text;
}

}  // namespace tailrate::core
