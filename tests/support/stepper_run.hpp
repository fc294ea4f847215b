#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "metrics/metrics.hpp"
#include "model/block.hpp"
#include "model/network.hpp"
#include "plan/study.hpp"
#include "runner/stepper.hpp"
#include "support/words.hpp"

namespace tailrate::test {

/// A server for all clients.
class Star final : public model::Network {
  public:
    [[nodiscard]] bool has_server() const override { return true; }
};

inline constexpr std::int64_t horizon = 150;
inline constexpr double unwritten = -77.0;  ///< what a record holds before the run

/// A cell with unlike noise factors; the law of its noise is not used.
inline plan::CellParts parts_of(std::shared_ptr<const model::Problem> problem,
                                std::shared_ptr<const model::Method> method) {
    const std::size_t n = problem->facts().clients;
    plan::CellParts parts;
    parts.problem = std::move(problem);
    parts.network = std::make_shared<Star>();
    parts.method = std::move(method);
    for (std::size_t i = 0; i < n; ++i) {
        parts.noise_factors.push_back(0.5 + 0.25 * static_cast<double>(i % 7));
    }
    return parts;
}

/// Numbers between -5 and 5 as draws (iterations x clients x dimension x lanes).
inline model::Array draws_for(const model::ProblemFacts& facts,
                              std::size_t iterations) {
    model::Array draws(iterations * facts.clients * facts.dimension * model::lanes);
    test::Words words{99};
    for (double& draw : draws) {
        draw = words.uniform(-1.0, 1.0) * words.uniform(0.0, 5.0);
    }
    return draws;
}

/// A cell run to the horizon in tiles.
class Run {
  public:
    Run(const plan::CellParts& parts, std::size_t tile, const model::Array& draws)
        : times_{metrics::checkpoints(horizon, 10)},
          layout_{
              metrics::all_metrics(), times_.size(), parts.problem->facts().dimension},
          record_(layout_.size(), unwritten),
          stepper_{parts, layout_, times_, 1, 0, tile, record_, workspace_} {
        const std::size_t stride = stepper_.state().clients * stepper_.state().size();
        const auto total = static_cast<std::size_t>(horizon);
        for (std::size_t t = 0; t < total; t += tile) {
            stepper_.advance(std::min(tile, total - t), draws.data() + t * stride);
        }
    }

    [[nodiscard]] const std::vector<double>& record() const { return record_; }

    [[nodiscard]] const model::Step& state() const { return stepper_.state(); }

    [[nodiscard]] const metrics::RecordLayout& layout() const { return layout_; }

    [[nodiscard]] const std::vector<std::int64_t>& times() const { return times_; }

  private:
    std::vector<std::int64_t> times_;
    metrics::RecordLayout layout_;
    std::vector<double> record_;
    runner::Workspace workspace_;
    runner::Stepper stepper_;
};

}  // namespace tailrate::test
