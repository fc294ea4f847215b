#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/bound.hpp"
#include "core/parameters.hpp"
#include "model/block.hpp"
#include "model/noise.hpp"
#include "model/problem.hpp"

namespace tailrate::model {

/// A schedule over the iterations: scale (t + 1 + shift)^power.
struct Schedule {
    double scale = 1.0;
    double power = 0.0;
    double shift = 0.0;

    /// Fills values[k] with the value at iteration first + k.
    void fill(std::uint64_t first, std::span<double> values) const;
};

/// Handles of what a method declares.
struct ServerArray {
    std::size_t index;
};

struct ClientArray {
    std::size_t index;
};

struct ScheduleId {
    std::size_t index;
};

/// A named array of a method's state, zero at the start: (dimension x lanes) at the
/// server, (clients x dimension x lanes) at the clients.
struct StateArray {
    std::string name;
    bool per_client = false;
};

/// What a method may see during one iteration: its own state, its schedules at t, and
/// the shape. Gradients and messages come as arguments.
class Step {
  public:
    std::uint64_t t = 0;
    std::size_t clients = 0;
    std::size_t dimension = 0;

    /// Elements of a vector over the lanes.
    [[nodiscard]] std::size_t size() const { return dimension * lanes; }

    [[nodiscard]] double at(ScheduleId schedule) const {
        return schedules[schedule.index];
    }

    /// (dimension x lanes)
    [[nodiscard]] double* at(ServerArray array) const {
        return server_arrays[array.index];
    }

    /// (range x dimension x lanes), from client `first` on.
    [[nodiscard]] double* at(ClientArray array, std::size_t first) const {
        return client_arrays[array.index] + first * size();
    }

    const double* schedules = nullptr;
    double* const* server_arrays = nullptr;
    double* const* client_arrays = nullptr;
};

/// What the server of a method works on.
enum class Aggregate {
    mean,  ///< the mean of the messages (dimension x lanes), summed in client order
    all    ///< every message (clients x dimension x lanes)
};

/// A distributed first-order method as its paper states it: what the clients do with
/// their gradients, and what the server does with the mean of their messages, or with
/// all of them. An instance is immutable and shared by threads; its state is in the
/// arrays it declares, which the runner allocates, one set per cell and block.
///
/// A constructor declares arrays and schedules; `clients` turns gradients into messages
/// in place, `server` moves the iterate. The runner sums messages in client order.
class Method {
  public:
    using Make = std::function<std::unique_ptr<Method>(const core::Parameters&,
                                                       const ProblemFacts&)>;

    virtual ~Method() = default;
    Method(const Method&) = delete;
    Method& operator=(const Method&) = delete;
    Method(Method&&) = delete;
    Method& operator=(Method&&) = delete;

    /// Turns the gradients of the clients in `range`, taken at point() in iteration
    /// step.t, into their messages: `values` (range x dimension x lanes) holds the
    /// gradients on entry and the messages on return. By default they are the same.
    virtual void clients(const Step& step, ClientRange range, double* values) const;

    [[nodiscard]] virtual Aggregate aggregate() const { return Aggregate::mean; }

    /// Moves the iterate; `aggregate` is what aggregate() asks for, free to be changed.
    virtual void server(const Step& step, double* aggregate) const = 0;

    /// Oracle calls per iteration and client: call = oracle_calls() t + j. Runs are
    /// made of one call for now: a study refuses a method that declares another number.
    [[nodiscard]] virtual std::size_t oracle_calls() const { return 1; }

    /// Adds to `fraction` the part, in [0, 1], of each client's message in `range` that
    /// the non-linearity cuts off; called before `clients` with the same gradients.
    virtual void add_saturation(const Step& step,
                                ClientRange range,
                                const double* gradients,
                                Lanes& fraction) const;

    /// Whether `add_saturation` is defined.
    [[nodiscard]] virtual bool can_saturate() const { return false; }

    /// The client array whose length per client the metric max_memory records, if any.
    [[nodiscard]] virtual const ClientArray* memory() const { return nullptr; }

    /// Whether E|x_t - x*|^2 is finite for noise of this tail index of which there are
    /// `independent` vectors in an iteration: one per client, or 1 that all share.
    /// By default the noise is used without a bound: finite iff tail_index > 2.
    [[nodiscard]] virtual bool has_finite_mse(double tail_index,
                                              std::size_t independent) const;

    /// Whether the noise enters without a bound, so that intervals of the mean are
    /// doubtful up to tail index 4.
    [[nodiscard]] virtual bool is_unbounded() const { return true; }

    /// Largest |x_{t+1} - x_t|_2 that any gradients can cause, given `step` with the
    /// schedules at t; +inf where there is no bound. Called for t = 0, 1, 2, ... in
    /// order with `carry`, 0 at first, free for a recursion.
    [[nodiscard]] virtual double largest_move(const Step& step, double& carry) const;

    /// What is proven, or derived by us, of the exponent under this noise, the most
    /// telling statement first: each only where its assumptions hold. None by default.
    [[nodiscard]] virtual std::vector<core::Bound> theory(
        const NoiseFacts& noise) const;

    /// Iteration from which on a growing threshold exceeds the residual gradients; NaN
    /// where there is none.
    [[nodiscard]] virtual double knee() const;

    /// The server array that is the iterate: where errors are measured.
    [[nodiscard]] ServerArray iterate() const { return iterate_; }

    /// The server array at which the clients take their gradients: the iterate, unless
    /// a method measures another point, as one that averages its iterates does.
    [[nodiscard]] virtual ServerArray point() const { return iterate_; }

    [[nodiscard]] std::span<const StateArray> server_arrays() const { return server_; }

    [[nodiscard]] std::span<const StateArray> client_arrays() const { return client_; }

    [[nodiscard]] std::span<const Schedule> schedules() const { return schedules_; }

    /// The step sizes, where declare_step declared them.
    [[nodiscard]] std::optional<Schedule> step_sizes() const;

  protected:
    Method() : iterate_{declare_server_array("x")} {}

    ServerArray declare_server_array(std::string_view name);
    ClientArray declare_client_array(std::string_view name);
    ScheduleId declare_schedule(const Schedule& schedule);
    /// The step sizes of the parameters step.scale, step.power, step.shift and
    /// step.relative_to: scale r / (t + 1 + shift)^power with r = 1, 1/L or 1/mu of f.
    ScheduleId declare_step(const core::Parameters& parameters,
                            const ProblemFacts& facts);

  private:
    std::vector<StateArray> server_;
    std::vector<StateArray> client_;
    std::vector<Schedule> schedules_;
    std::optional<ScheduleId> step_sizes_;
    ServerArray iterate_;
};

/// x <- x - step aggregate, over `size` elements.
void descend(double step, std::size_t size, const double* aggregate, double* x);

/// The parameter table of `step`, with the defaults of this method; a scale without
/// default is required.
[[nodiscard]] std::vector<core::ParameterSpec> step_parameters(
    double power, double scale = std::numeric_limits<double>::quiet_NaN());

}  // namespace tailrate::model
