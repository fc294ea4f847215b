#pragma once

#include <stdexcept>
#include <string>

namespace tailrate::core {

/// A bug in the program: a condition its own code should have ensured.
class ContractViolation : public std::logic_error {
  public:
    using std::logic_error::logic_error;
};

[[noreturn]] inline void fail_contract(const char* file, int line, const char* text) {
    throw ContractViolation{std::string{file} + ":" + std::to_string(line) + ": " +
                            text};
}

}  // namespace tailrate::core

/// Precondition; always on, so never in a loop over coordinates or seeds: once per
/// client and oracle call, or per row of a mini-batch, is the most.
#define TAILRATE_EXPECTS(condition)                         \
    do {                                                    \
        if (!(condition)) {                                 \
            ::tailrate::core::fail_contract(                \
                __FILE__, __LINE__, "expects " #condition); \
        }                                                   \
    } while (false)

/// Postcondition or invariant; always on, as often as a precondition may be.
#define TAILRATE_ENSURES(condition)                         \
    do {                                                    \
        if (!(condition)) {                                 \
            ::tailrate::core::fail_contract(                \
                __FILE__, __LINE__, "ensures " #condition); \
        }                                                   \
    } while (false)
