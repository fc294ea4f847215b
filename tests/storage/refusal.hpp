#pragma once

#include <string>

#include "core/errors.hpp"

namespace tailrate::storage {

/// What the core::StorageError says that `work` throws; empty where it throws none.
template <class Work>
std::string refusal(const Work& work) {
    try {
        work();
    } catch (const core::StorageError& error) {
        return error.what();
    }
    return {};
}

inline bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace tailrate::storage
