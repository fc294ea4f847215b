#include "core/registry.hpp"
#include "model/network.hpp"

namespace tailrate::networks {
namespace {

/// One server that receives every message and broadcasts the iterate.
class Server final : public model::Network {
  public:
    [[nodiscard]] bool has_server() const override { return true; }
};

const core::Registration<model::Network> registration{{
    .key = "server",
    .summary = "one server averages the messages of all clients",
    .source = "arXiv 2310.16920 v2 (server-client setting)",
    .parameters = {},
    .make =
        [](const core::Parameters& /*parameters*/, std::size_t /*clients*/) {
            return std::unique_ptr<model::Network>{std::make_unique<Server>()};
        },
}};

}  // namespace
}  // namespace tailrate::networks
