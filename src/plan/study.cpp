#include "plan/study.hpp"

#include <algorithm>
#include <map>
#include <new>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "core/contracts.hpp"
#include "core/registry.hpp"
#include "plan/identity.hpp"
#include "plan/place.hpp"
#include "plan/stability.hpp"

namespace tailrate::plan {
namespace {

/// Calls the factory of a choice; what it refuses is an error at the parameter's place.
template <class Function>
auto made(const Choice& choice, const Function& function) {
    try {
        return function();
    } catch (const core::ParameterError& error) {
        const std::string text = error.what();
        const bool is_named = text.starts_with(error.parameter());
        fail(choice.place(error.parameter()),
             is_named ? text : error.parameter() + ": " + text);
    } catch (const core::StorageError& error) {
        fail(choice.place(""), error.what());
    } catch (const std::bad_alloc&) {
        fail(choice.place(""), choice.kind + ": does not fit into memory");
    }
}

template <class Interface, class... Arguments>
auto make(const Choice& choice, const Arguments&... arguments) {
    const auto& catalogue = core::catalogue<Interface>();
    const auto entry = catalogue.find(choice.kind);
    TAILRATE_EXPECTS(entry != catalogue.end());
    return made(choice,
                [&] { return entry->second.make(choice.parameters, arguments...); });
}

const std::vector<Choice>& choices_of(const Experiment& experiment, Section section) {
    return experiment.choices[static_cast<std::size_t>(section)];
}

void check_law(const Choice& choice, const model::Noise& law) {
    if (model::joint_of(choice.parameters) == model::Joint::spherical &&
        !law.is_symmetric()) {
        fail(choice.place("joint"),
             fmt::format("joint: spherical needs a symmetric law, "
                         "which {} is not; allowed: independent, "
                         "common",
                         choice.kind));
    }
}

/// The distinct pairs of choices of two sections that occur in the cells, sorted.
std::vector<std::array<std::uint32_t, 2>> pairs_of(const Experiment& experiment,
                                                   Section first,
                                                   Section second) {
    std::vector<std::array<std::uint32_t, 2>> pairs;
    for (const Cell& cell : experiment.cells) {
        const std::array<std::uint32_t, 2> pair{cell.at(first), cell.at(second)};
        if (pairs.empty() || pairs.back() != pair) {
            pairs.push_back(pair);
        }
    }
    std::sort(pairs.begin(), pairs.end());
    pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
    return pairs;
}

}  // namespace

Study::Study(Experiment experiment, double most_bytes)
    : experiment_{std::move(experiment)},
      checkpoints_{
          metrics::checkpoints(experiment_.horizon, experiment_.points_per_decade)} {
    TAILRATE_EXPECTS(experiment_.first_seed % std::int64_t{model::lanes} == 0);
    make_laws();
    make_problems(most_bytes);
    check_networks();
    make_methods();
    make_groups();
}

void Study::make_problems(double most_bytes) {
    const std::vector<Choice>& choices = choices_of(experiment_, Section::problem);
    double bytes = 0.0;
    for (const Choice& choice : choices) {
        problems_.push_back(make<model::Problem>(choice, experiment_.folder));
        // Choices differ in their constants more often than in their sizes.
        const double own = problems_.back()->bytes();
        const std::size_t left = choices.size() - problems_.size();
        bytes += own;
        if (bytes + own * static_cast<double>(left) > most_bytes) {
            fail(choice.place(""),
                 fmt::format(
                     "{}: {} problems of {:.3g} GB like this one need {:.3g} GB of "
                     "memory; {:.3g} GB are there",
                     choice.kind,
                     choices.size(),
                     own / 1e9,
                     (bytes + own * static_cast<double>(left)) / 1e9,
                     most_bytes / 1e9));
        }
    }
}

void Study::make_laws() {
    for (const Choice& choice : choices_of(experiment_, Section::noise)) {
        laws_.push_back(make<model::Noise>(choice));
        check_law(choice, *laws_.back());
        units_.push_back(made(choice, [&] {
            return model::noise_unit(choice.parameters, *laws_.back());
        }));
    }
}

void Study::check_networks() const {
    for (const auto& pair : pairs_of(experiment_, Section::network, Section::problem)) {
        const auto network =
            make<model::Network>(choices_of(experiment_, Section::network)[pair[0]],
                                 problems_[pair[1]]->facts().clients);
        TAILRATE_ENSURES(network != nullptr);
    }
}

void Study::make_methods() {
    pairs_ = pairs_of(experiment_, Section::method, Section::problem);
    StepWarnings warnings;
    for (const auto& pair : pairs_) {
        const Choice& choice = choices_of(experiment_, Section::method)[pair[0]];
        const model::ProblemFacts& facts = problems_[pair[1]]->facts();
        const auto method = make<model::Method>(choice, facts);
        TAILRATE_EXPECTS(method->oracle_calls() == 1);  // all that a stepper makes
        calls_.push_back(static_cast<std::uint32_t>(method->oracle_calls()));
        warnings.look_at(choice, *method, facts);
    }
    warnings_ = warnings.lines();
}

std::size_t Study::oracle_calls(std::size_t cell) const {
    TAILRATE_EXPECTS(cell < experiment_.cells.size());
    const Cell& place = experiment_.cells[cell];
    const std::array<std::uint32_t, 2> pair{place.at(Section::method),
                                            place.at(Section::problem)};
    const auto found = std::lower_bound(pairs_.begin(), pairs_.end(), pair);
    return calls_[static_cast<std::size_t>(found - pairs_.begin())];
}

void Study::make_groups() {
    // Noise choices that draw alike stand for the first of them.
    std::vector<std::uint32_t> first_alike;
    std::map<std::string, std::uint32_t> known_laws;
    for (const Choice& choice : choices_of(experiment_, Section::noise)) {
        const auto next = static_cast<std::uint32_t>(first_alike.size());
        first_alike.push_back(
            known_laws.emplace(law_identity(choice), next).first->second);
    }
    using Key = std::tuple<std::uint32_t, std::size_t, std::size_t, std::size_t>;
    std::map<Key, std::size_t> known;
    for (std::size_t cell = 0; cell < experiment_.cells.size(); ++cell) {
        const Cell& place = experiment_.cells[cell];
        const model::ProblemFacts& facts = problem(cell).facts();
        NoiseGroup group{.noise = first_alike[place.at(Section::noise)],
                         .clients = facts.clients,
                         .dimension = facts.dimension,
                         .oracle_calls = oracle_calls(cell),
                         .cells = {}};
        const Key key{group.noise, group.clients, group.dimension, group.oracle_calls};
        const auto [entry, is_new] = known.emplace(key, groups_.size());
        if (is_new) {
            groups_.push_back(std::move(group));
        }
        groups_[entry->second].cells.push_back(static_cast<std::uint32_t>(cell));
    }
}

std::size_t Study::blocks() const {
    return (static_cast<std::size_t>(experiment_.seeds) + model::lanes - 1) /
           model::lanes;
}

std::size_t Study::first_block() const {
    return static_cast<std::size_t>(experiment_.first_seed) / model::lanes;
}

const model::Problem& Study::problem(std::size_t cell) const {
    TAILRATE_EXPECTS(cell < experiment_.cells.size());
    return *problems_[experiment_.cells[cell].at(Section::problem)];
}

CellParts Study::parts(std::size_t cell) const {
    TAILRATE_EXPECTS(cell < experiment_.cells.size());
    const Cell& place = experiment_.cells[cell];
    const auto& problem = problems_[place.at(Section::problem)];
    const model::ProblemFacts& facts = problem->facts();
    CellParts parts;
    parts.problem = problem;
    parts.network =
        make<model::Network>(experiment_.at(place, Section::network), facts.clients);
    parts.law = laws_[place.at(Section::noise)];
    parts.method = make<model::Method>(experiment_.at(place, Section::method), facts);
    parts.noise_factors = noise_factors(cell);
    parts.joint = model::joint_of(experiment_.at(place, Section::noise).parameters);
    return parts;
}

const model::Noise& Study::law(std::size_t cell) const {
    TAILRATE_EXPECTS(cell < experiment_.cells.size());
    return *laws_[experiment_.cells[cell].at(Section::noise)];
}

std::vector<double> Study::noise_factors(std::size_t cell) const {
    TAILRATE_EXPECTS(cell < experiment_.cells.size());
    const Cell& place = experiment_.cells[cell];
    return model::noise_factors(experiment_.at(place, Section::noise).parameters,
                                units_[place.at(Section::noise)],
                                problem(cell).facts().clients);
}

metrics::RecordLayout Study::layout(std::size_t cell) const {
    std::vector<metrics::Metric> recorded;
    for (const std::string& name : experiment_.metrics) {
        recorded.push_back(metrics::find_metric(name));
    }
    return {std::move(recorded), checkpoints_.size(), problem(cell).facts().dimension};
}

std::string Study::identity(std::size_t cell) const {
    return identity_of(experiment_,
                       experiment_.cells.at(cell),
                       engine_version,
                       problem(cell).data_digest());
}

core::Digest Study::row_key(std::size_t cell, std::size_t block) const {
    TAILRATE_EXPECTS(block >= first_block() && block < first_block() + blocks());
    return plan::row_key(identity(cell), block);
}

std::vector<core::Digest> Study::row_keys(std::size_t cell) const {
    const std::string text = identity(cell);
    std::vector<core::Digest> keys;
    keys.reserve(blocks());
    for (std::size_t block = 0; block < blocks(); ++block) {
        keys.push_back(plan::row_key(text, first_block() + block));
    }
    return keys;
}

}  // namespace tailrate::plan
