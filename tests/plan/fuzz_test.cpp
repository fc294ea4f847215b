#include <cstdint>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "sample_experiment.hpp"

namespace tailrate::plan {
namespace {

/// splitmix64 (Steele, Lea, Flood 2014): the mutations are the same in every run.
class Mutator {
  public:
    std::size_t below(std::size_t bound) {
        return static_cast<std::size_t>(next() % bound);
    }

    /// One to four bytes deleted, inserted, replaced, or a piece copied elsewhere.
    std::string mutated(std::string text) {
        constexpr std::string_view bytes =
            "{}[]:,-#&*!|>'\"%@`~?<\t\n 0159.e+_ax\x01\x80";
        const std::size_t count = 1 + below(4);
        for (std::size_t k = 0; k < count; ++k) {
            const std::size_t place = below(text.size());
            switch (below(4)) {
                case 0:
                    text.erase(place, 1 + below(3));
                    break;
                case 1:
                    text.insert(place, 1, bytes[below(bytes.size())]);
                    break;
                case 2:
                    text[place] = bytes[below(bytes.size())];
                    break;
                default:
                    text.insert(place, text.substr(below(text.size()), below(30)));
                    break;
            }
        }
        return text;
    }

  private:
    std::uint64_t next() {
        state_ += 0x9e3779b97f4a7c15;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27U)) * 0x94d049bb133111eb;
        return z ^ (z >> 31U);
    }

    std::uint64_t state_ = 1;
};

bool has_place(const std::string& error) {
    return begins_with(error, "e.yaml:") && error.find('\n') == std::string::npos &&
           error.find(": ") != std::string::npos;
}

/// Whether the text was valid; its completed text is then, and reads back.
bool check_outcome(const std::string& text) {
    CAPTURE(text);
    std::string message;
    try {
        const std::string completed = parsed(text).completed;
        CHECK(parsed(completed).completed == completed);
        return true;
    } catch (const core::InputError& error) {
        message = error.what();
    }
    CAPTURE(message);
    CHECK(has_place(message));
    return false;
}

}  // namespace

TEST_CASE("a mutated file ends in an input error or in a valid experiment") {
    const std::string original =
        sample_text(
            8,
            "noise:\n  - {kind: student_t, tail_index: [1.2, 1.5]}\n  - kind: none\n"
            "    scale: 1e-2  # a comment\n") +
        "parts:\n  - {}\n  - method: {kind: sgd, step: {scale: [1, \t2], shift: 20}}\n";
    CHECK(parsed(original).cells.size() == 9);
    Mutator mutator;
    std::size_t valid = 0;
    constexpr std::size_t runs = 5000;

    for (std::size_t k = 0; k < runs; ++k) {
        valid += check_outcome(mutator.mutated(original)) ? 1 : 0;
    }

    CHECK(valid > runs / 100);
}

}  // namespace tailrate::plan
