#include "app/difference.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace tailrate::app {
namespace {

constexpr std::size_t most_differences = 3;

/// Calls `differ(name, before, now)` for every line, sorted by name, that is not the
/// same in both; a view of nothing stands for none. Stops where it returns false.
template <class Lines, class Function>
void compare(const Lines& before, const Lines& now, const Function& differ) {
    auto old = before.begin();
    auto line = now.begin();
    bool goes_on = true;
    while (goes_on && (old != before.end() || line != now.end())) {
        if (line == now.end() || (old != before.end() && old->first < line->first)) {
            goes_on = differ(old->first, old->second, std::string_view{});
            ++old;
        } else if (old == before.end() || line->first < old->first) {
            goes_on = differ(line->first, std::string_view{}, line->second);
            ++line;
        } else {
            goes_on = old->second == line->second ||
                      differ(line->first, old->second, line->second);
            ++old;
            ++line;
        }
    }
}

/// How many lines differ; `most` where it is so many or more.
template <class Lines>
std::size_t distance(const Lines& before, const Lines& now, std::size_t most) {
    std::size_t count = 0;
    compare(before, now, [&](auto /*name*/, auto /*before*/, auto /*now*/) {
        return ++count < most;
    });
    return count;
}

/// The value of a line; empty where there is none.
template <class Lines>
std::string_view value_of(const Lines& lines, std::string_view name) {
    const auto found = std::find_if(lines.begin(), lines.end(), [&](const auto& line) {
        return line.first == name;
    });
    return found == lines.end() ? std::string_view{} : found->second;
}

/// "kernel version of sgd" for method.version, and so on.
template <class Lines>
std::string words_for(std::string_view name, const Lines& lines) {
    if (name == "engine" || name == "stream") {
        return fmt::format("version of the {}", name);
    }
    if (!name.ends_with(".version")) {
        return std::string{name};
    }
    const std::string_view section = name.substr(0, name.find('.'));
    return fmt::format("kernel version of {}",
                       value_of(lines, fmt::format("{}.kind", section)));
}

std::string difference_text(std::string_view name,
                            std::string_view before,
                            std::string_view now) {
    if (before.data() == nullptr) {
        return fmt::format("{} {} is new", name, now);
    }
    return now.data() == nullptr ? fmt::format("{} is gone", name)
                                 : fmt::format("{} {} -> {}", name, before, now);
}

template <class Lines>
std::string difference_text(const Lines& before, const Lines& now) {
    std::string text;
    compare(before, now, [&](auto name, auto old, auto line) {
        text += (text.empty() ? "" : ", ") +
                difference_text(words_for(name, now), old, line);
        return true;
    });
    return text;
}

}  // namespace

std::vector<std::string> without_cells_of(const plan::Study& study,
                                          std::vector<std::string> identities) {
    std::vector<bool> is_own(identities.size());
    for (std::size_t cell = 0; cell < study.experiment().cells.size(); ++cell) {
        const std::string own = study.identity(cell);
        const auto found = std::lower_bound(identities.begin(), identities.end(), own);
        if (found != identities.end() && *found == own) {
            is_own[static_cast<std::size_t>(found - identities.begin())] = true;
        }
    }
    std::vector<std::string> others;
    for (std::size_t k = 0; k < identities.size(); ++k) {
        if (!is_own[k]) {
            others.push_back(std::move(identities[k]));
        }
    }
    return others;
}

KnownIdentities::KnownIdentities(std::vector<std::string> texts)
    : texts_{std::move(texts)} {
    lines_.reserve(texts_.size());
    for (const std::string& text : texts_) {
        lines_.push_back(lines_of(text));
    }
}

KnownIdentities::Lines KnownIdentities::lines_of(std::string_view identity) {
    Lines lines;
    while (!identity.empty()) {
        const std::string_view line = identity.substr(0, identity.find('\n'));
        identity.remove_prefix(std::min(identity.size(), line.size() + 1));
        const std::size_t blank = std::min(line.size(), line.find(' '));
        lines.emplace_back(line.substr(0, blank),
                           line.substr(std::min(line.size(), blank + 1)));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
}

/// From where the identity would be in the order outwards: after a change of one line a
/// near one is not far, and none is nearer than one line.
const KnownIdentities::Lines* KnownIdentities::nearest(std::string_view identity,
                                                       const Lines& lines) const {
    const auto place = static_cast<std::size_t>(
        std::lower_bound(texts_.begin(), texts_.end(), identity) - texts_.begin());
    std::size_t fewest = most_differences + 1;
    const Lines* found = nullptr;
    const auto look_at = [&](std::size_t k) {
        const std::size_t count = distance(lines_[k], lines, fewest);
        if (count < fewest) {
            fewest = count;
            found = &lines_[k];
        }
    };
    for (std::size_t step = 0; step < texts_.size() && fewest > 1; ++step) {
        if (place + step < texts_.size()) {
            look_at(place + step);
        }
        if (step < place) {
            look_at(place - step - 1);
        }
    }
    return found;
}

std::string KnownIdentities::explain_difference(const std::string& identity) const {
    const Lines lines = lines_of(identity);
    const Lines* other = nearest(identity, lines);
    return other == nullptr ? std::string{} : difference_text(*other, lines);
}

std::string KnownIdentities::explain_change(const std::string& identity) const {
    const Lines lines = lines_of(identity);
    const Lines* other = nearest(identity, lines);
    return other == nullptr ? std::string{} : difference_text(lines, *other);
}

}  // namespace tailrate::app
