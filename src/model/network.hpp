#pragma once

#include <functional>
#include <memory>

#include "core/parameters.hpp"

namespace tailrate::model {

/// How the clients' messages reach the iterate. The one kind so far is a server that
/// takes their mean; a graph of peers will add its mixing matrix here.
class Network {
  public:
    using Make = std::function<std::unique_ptr<Network>(const core::Parameters&,
                                                        std::size_t clients)>;

    virtual ~Network() = default;

    /// Whether one server averages all messages.
    [[nodiscard]] virtual bool has_server() const = 0;
};

}  // namespace tailrate::model
