#include "core/errors.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace tailrate::core {
namespace {

/// Levenshtein distance.
std::size_t edits(std::string_view from, std::string_view to) {
    std::vector<std::size_t> row(to.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < from.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < to.size(); ++j) {
            const std::size_t replaced = diagonal + (from[i] == to[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

}  // namespace

InputError::InputError(const Position& position, const std::string& text)
    : std::runtime_error{position.file + ":" + std::to_string(position.line) + ":" +
                         std::to_string(position.column) + ": " + text} {}

std::string nearest(std::string_view name, const std::vector<std::string>& valid) {
    std::string best;
    std::size_t fewest =
        std::min<std::size_t>(4, std::max<std::size_t>(1, name.size()));
    for (const std::string& candidate : valid) {
        const std::size_t count = edits(name, candidate);
        if (count < fewest) {
            fewest = count;
            best = candidate;
        }
    }
    return best;
}

std::string suggestion(std::string_view name, const std::vector<std::string>& valid) {
    const std::string best = nearest(name, valid);
    return best.empty() ? std::string{} : "; did you mean '" + best + "'?";
}

}  // namespace tailrate::core
