#include <fstream>
#include <sstream>

#include <doctest/doctest.h>
#include <unistd.h>

#include "golden/golden_bits.hpp"

using tailrate::test::compute_bits;
using tailrate::test::GoldenBits;

namespace {

constexpr const char* file = TAILRATE_SOURCE_DIR "/tests/golden/bits.txt";

std::map<std::string, GoldenBits> read_bits() {
    std::map<std::string, GoldenBits> bits;
    std::ifstream in{file};
    std::string line;
    while (std::getline(in, line)) {
        std::istringstream words{line};
        std::string name;
        GoldenBits entry;
        if (words >> name >> entry.version >> entry.digest) {
            bits[name] = entry;
        }
    }
    return bits;
}

void write_bits(const std::map<std::string, GoldenBits>& bits) {
    std::ofstream out{file};
    for (const auto& [name, entry] : bits) {
        out << name << ' ' << entry.version << ' ' << entry.digest << '\n';
    }
}

/// In the environment; std::getenv would not be safe in threads.
bool is_set(const std::string& name) {
    for (char** entry = environ; *entry != nullptr; ++entry) {
        if (std::string{*entry}.starts_with(name + "=")) {
            return true;
        }
    }
    return false;
}

}  // namespace

// To accept changed bits: raise the version of what changed (the entry's, the stream's
// or the engine's) and run this test with TAILRATE_WRITE_GOLDEN=1. What has the old
// version and other bits is refused even then.
TEST_CASE("bits move only with their version") {
    const std::map<std::string, GoldenBits> now = compute_bits();
    const std::map<std::string, GoldenBits> recorded = read_bits();
    const bool is_writing = is_set("TAILRATE_WRITE_GOLDEN");
    bool is_refused = false;

    for (const auto& item : now) {
        const std::string& name = item.first;
        CAPTURE(name);
        const auto before = recorded.find(name);
        const bool is_known =
            before != recorded.end() && before->second.version == item.second.version;
        if (is_known) {
            const bool is_equal = before->second.digest == item.second.digest;
            CHECK_MESSAGE(is_equal, "other bits under the same version");
            is_refused = is_refused || !is_equal;
        } else {
            CHECK_MESSAGE(is_writing,
                          "new or raised: run with TAILRATE_WRITE_GOLDEN=1");
        }
    }
    for (const auto& item : recorded) {
        CHECK_MESSAGE((is_writing || now.count(item.first) == 1),
                      item.first << " is gone: run with TAILRATE_WRITE_GOLDEN=1");
    }
    if (is_writing && !is_refused) {
        write_bits(now);
    }
}

TEST_CASE("every entry has a line of its own, every choice one besides") {
    const std::map<std::string, GoldenBits> recorded = read_bits();
    for (const std::string name : {"stream",
                                   "engine",
                                   "engine/spherical",
                                   "engine/common",
                                   "method.clipped_sgd",
                                   "method.clipped_sgd/changed,clip=component",
                                   "noise.stable/changed",
                                   "problem.quadratic/heterogeneity=3",
                                   "problem.quadratic/changed,rotation=none",
                                   "problem.quadratic/changed,residuals=skewed",
                                   "problem.logistic/changed,partition=iid",
                                   "problem.logistic/changed,partition=dirichlet"}) {
        CAPTURE(name);
        CHECK(recorded.count(name) == 1);
    }
    CHECK(recorded.size() > 50);
}
