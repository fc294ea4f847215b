#include "storage/content_digest.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include "core/contracts.hpp"

namespace tailrate::storage {
namespace {

static_assert(std::endian::native == std::endian::little);

template <class T>
void add_span(core::Sha256& hash, std::span<const T> values) {
    hash.update(std::as_bytes(values));
}

void add_span(core::Sha256& hash, std::span<const double> values) {
    // In pieces, because the NaN that stand for all NaN are put into a copy.
    std::array<double, 512> piece{};
    for (std::size_t first = 0; first < values.size(); first += piece.size()) {
        const std::size_t size = std::min(piece.size(), values.size() - first);
        for (std::size_t i = 0; i < size; ++i) {
            const double value = values[first + i];
            piece[i] =
                std::isnan(value) ? std::bit_cast<double>(0x7ff8000000000000U) : value;
        }
        hash.update(std::as_bytes(std::span{piece.data(), size}));
    }
}

void add_span(core::Sha256& hash, std::span<const std::string> values) {
    for (const std::string& text : values) {
        const std::uint64_t length = text.size();
        hash.update(std::as_bytes(std::span{&length, 1}));
        hash.update(text);
    }
}

template <class Item, class ToText>
std::string join(std::span<const Item> items,
                 std::string_view separator,
                 ToText to_text) {
    std::string joined;
    for (const Item& item : items) {
        joined += joined.empty() ? std::string_view{} : separator;
        joined += to_text(item);
    }
    return joined;
}

}  // namespace

EntryDigest::EntryDigest(std::string_view path,
                         Type type,
                         std::span<const std::size_t> shape,
                         std::span<const std::string> dimensions) {
    const std::string lengths =
        join(shape, "x", [](std::size_t length) { return std::to_string(length); });
    const std::string scales =
        join(dimensions, ",", [](const std::string& scale) { return scale; });
    std::string line{path};
    line += ' ';
    line += name_of(type);
    line += ' ';
    line += lengths.empty() ? "scalar" : lengths;
    line += ' ';
    line += scales.empty() ? "-" : scales;
    line += '\n';
    hash_.update(line);
}

void EntryDigest::add(const Values& values) {
    std::visit([this](const auto& span) { add_span(hash_, span); }, values);
}

core::Digest attribute_digest(std::string_view path, const Attribute& attribute) {
    const Values values = view(attribute);
    std::vector<std::size_t> shape;
    if (!is_scalar(attribute)) {
        shape.push_back(count(values));
    }
    EntryDigest entry{attribute_path(path, attribute.name), type_of(values), shape, {}};
    entry.add(values);
    return entry.finish();
}

std::string attribute_path(std::string_view path, std::string_view name) {
    return std::string{path} + "@" + std::string{name};
}

void ContentDigest::add(std::string path, const core::Digest& digest) {
    TAILRATE_EXPECTS(entries_.emplace(std::move(path), digest).second);
}

core::Digest ContentDigest::finish() const {
    core::Sha256 hash;
    for (const auto& [path, digest] : entries_) {
        hash.update(std::as_bytes(std::span{digest}));
    }
    return hash.finish();
}

}  // namespace tailrate::storage
