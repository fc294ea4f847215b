#include "app/check_unexplained.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "rates/level.hpp"

namespace tailrate::app {
namespace {

using rates::GateState;

/// Two seed numbers whose curves are the same bits although others differ; {-1, -1}
/// where there are none.
std::pair<std::int64_t, std::int64_t> equal_seeds(
    const rates::Curves& curves, const std::vector<std::int64_t>& seeds) {
    const std::size_t n = curves.checkpoints();
    const auto curve = [&](std::size_t r) { return curves.errors.subspan(r * n, n); };
    const auto is_less = [&](std::size_t a, std::size_t b) {
        return std::lexicographical_compare(
            curve(a).begin(), curve(a).end(), curve(b).begin(), curve(b).end());
    };
    std::vector<std::size_t> order;
    for (std::size_t r = 0; r < seeds.size(); ++r) {
        if (!rates::is_bad(curves, r)) {
            order.push_back(r);
        }
    }
    std::stable_sort(order.begin(), order.end(), is_less);
    if (order.size() < 2 || !is_less(order.front(), order.back())) {
        return {-1, -1};
    }
    for (std::size_t k = 1; k < order.size(); ++k) {
        if (!is_less(order[k - 1], order[k])) {
            return {seeds[order[k - 1]], seeds[order[k]]};
        }
    }
    return {-1, -1};
}

using VersionsOf = std::string (Versions::*)(const plan::Experiment&,
                                             const plan::Cell&) const;

bool has_equal_versions(const Side& baseline,
                        const Side& candidate,
                        const MatchedCell& match,
                        VersionsOf of) {
    return (baseline.versions.*of)(baseline.experiment,
                                   baseline.experiment.cells[match.baseline]) ==
           (candidate.versions.*of)(candidate.experiment,
                                    candidate.experiment.cells[match.candidate]);
}

bool has_equal_noise(const Side& baseline,
                     const Side& candidate,
                     const MatchedCell& match) {
    return baseline.noise_digests[match.baseline] ==
           candidate.noise_digests[match.candidate];
}

bool has_equal_master_seed(const Side& baseline, const Side& candidate) {
    return baseline.experiment.master_seed == candidate.experiment.master_seed;
}

}  // namespace

bool has_same_draws(const Side& baseline,
                    const Side& candidate,
                    const MatchedCell& match) {
    // Without noise the fingerprints are equal, and a method may draw by itself.
    return has_equal_master_seed(baseline, candidate) &&
           has_equal_noise(baseline, candidate, match);
}

std::vector<std::string> find_unexplained(const Side& baseline,
                                          const Side& candidate,
                                          const MatchedCell& match,
                                          const rates::CellGate& gate,
                                          const rates::Curves& curves,
                                          const std::vector<std::int64_t>& seeds) {
    std::vector<std::string> found;
    if (has_equal_master_seed(baseline, candidate)) {
        const auto are_equal = [&](VersionsOf of) {
            return has_equal_versions(baseline, candidate, match, of);
        };
        const bool is_equal =
            gate.state == GateState::identical || gate.state == GateState::rounding;
        if (!has_equal_noise(baseline, candidate, match)) {
            if (are_equal(&Versions::of_noise)) {
                found.emplace_back("the noise changed, its version did not");
            }
        } else if (!is_equal && are_equal(&Versions::of_cell)) {
            found.emplace_back("bits changed, no version was raised");
        }
    }
    if (gate.is_unexplained) {
        found.emplace_back("improved beyond x2 or 0.2");
    }
    const auto equal = equal_seeds(curves, seeds);
    if (equal.first >= 0) {
        found.push_back(
            fmt::format("seeds {} and {} are equal", equal.first, equal.second));
    }
    return found;
}

}  // namespace tailrate::app
