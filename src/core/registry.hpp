#pragma once

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "core/parameters.hpp"

namespace tailrate::core {

/// What the catalogue knows about one implementation of `Interface`, which names the
/// type of its factory as `Interface::Make`.
template <class Interface>
struct Entry {
    std::string_view key;      ///< name of its file, in YAML and in result files
    std::string_view summary;  ///< one line for `tailrate list`
    std::string_view source;   ///< paper with equation or algorithm number
    int version = 1;           ///< raised when its numbers change
    std::vector<ParameterSpec> parameters;
    typename Interface::Make make;  ///< may throw ParameterError
};

/// All implementations of `Interface`, in the order of their keys.
template <class Interface>
std::map<std::string_view, Entry<Interface>>& catalogue() {
    static std::map<std::string_view, Entry<Interface>> entries;
    return entries;
}

/// A namespace-scope object of this type adds one implementation.
template <class Interface>
struct Registration {
    explicit Registration(Entry<Interface> entry) noexcept {
        const std::string_view key = entry.key;
        if (!catalogue<Interface>().emplace(key, std::move(entry)).second) {
            std::fprintf(stderr, "key '%s' is registered twice\n", key.data());
            std::abort();
        }
    }
};

}  // namespace tailrate::core
