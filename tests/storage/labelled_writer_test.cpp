#include "storage/labelled_writer.hpp"

#include <bit>
#include <csignal>
#include <limits>
#include <string>

#include <doctest/doctest.h>

#include "child_process.hpp"
#include "core/contracts.hpp"
#include "refusal.hpp"
#include "sample_file.hpp"
#include "storage/labelled_reader.hpp"
#include "temporary_folder.hpp"

namespace tailrate::storage {
namespace {

using core::ContractViolation;

/// Dirties heap and stack, so that unset bytes would show.
void leave_garbage(char value) {
    std::vector<std::string> pieces;
    for (std::size_t size = 16; size < 70000; size = size * 3 / 2) {
        pieces.emplace_back(size, value);
    }
}

TEST_CASE("equal calls give equal bytes") {
    const TemporaryFolder folder;

    leave_garbage('a');
    const core::Digest first = write_sample(folder / "first.h5");
    leave_garbage('z');
    const core::Digest second = write_sample(folder / "another_name.h5");

    CHECK(first == second);
    CHECK(bytes_of(folder / "first.h5") == bytes_of(folder / "another_name.h5"));
    CHECK(folder.entries() == 2);
}

/// The slabs of the sample, one variable after the other.
void write_by_variable(LabelledWriter& writer) {
    for (std::size_t cell = 0; cell < sample_cells; ++cell) {
        writer.write_slab("/diverged_at", cell, sample_divergence(cell));
    }
    for (std::size_t cell = 0; cell < sample_cells; ++cell) {
        const std::vector<double> same(2 * sample_iterations,
                                       static_cast<double>(cell));
        writer.write_slab("/squared_error_quantile", cell, same);
    }
    writer.write("/exponent_ci", std::vector<double>{-0.5, 0.5, 0.5, 1.5, 1.5, 2.5});
    for (std::size_t cell = 0; cell < sample_cells; ++cell) {
        writer.write_slab("/squared_error", cell, sample_errors(cell));
    }
}

TEST_CASE("the bytes do not depend on how slabs of several variables interleave") {
    const TemporaryFolder folder;
    write_sample(folder / "by_cell.h5");

    write_sample(folder / "by_variable.h5", "schema: 1\n", write_by_variable);

    CHECK(bytes_of(folder / "by_cell.h5") == bytes_of(folder / "by_variable.h5"));
}

TEST_CASE("a file that is expected to be small has the same bytes") {
    const TemporaryFolder folder;
    write_sample(folder / "large.h5");

    write_sample(folder / "small.h5", "schema: 1\n", {}, 0);

    CHECK(bytes_of(folder / "small.h5") == bytes_of(folder / "large.h5"));
}

core::Digest digest_of(double number, const std::string& text, const char* scale) {
    const TemporaryFolder folder;
    LabelledWriter writer{folder / "x.h5", sample_schema};
    writer.attribute("/", {"note", text});
    writer.scale("/cell", std::vector<std::int32_t>{0, 1});
    writer.scale("/seed", std::vector<std::int32_t>{0, 1});
    writer.variable("/x", Type::f64, {scale}, Layout::chunked);
    writer.write("/x", std::vector<double>{1.0, number});
    return writer.finish();
}

TEST_CASE("the digest moves with every kind of value") {
    const core::Digest reference = digest_of(0.0, "a", "cell");

    CHECK(digest_of(0.0, "a", "cell") == reference);
    CHECK(digest_of(-0.0, "a", "cell") != reference);
    CHECK(digest_of(0.0, "b", "cell") != reference);
    CHECK(digest_of(0.0, "a", "seed") != reference);
}

TEST_CASE("all NaN are one value to the digest") {
    const TemporaryFolder folder;
    const auto write = [&](std::uint64_t bits) {
        LabelledWriter writer{folder / "x.h5", sample_schema};
        writer.scalar("/x", std::bit_cast<double>(bits));
        return writer.finish();
    };

    CHECK(write(0x7ff8000000000000) == write(0xfff8000000000001));
    CHECK(write(0x7ff8000000000000) != write(0x7ff0000000000000));
}

TEST_CASE("without finish nothing stays behind") {
    const TemporaryFolder folder;

    {
        LabelledWriter writer{folder / "x.h5", sample_schema};
        declare_scales(writer);
        CHECK(folder.entries() == 1);
        CHECK_FALSE(std::filesystem::exists(folder / "x.h5"));
    }

    CHECK(folder.entries() == 0);
}

TEST_CASE("a kill before finish leaves the old file as it was") {
    const TemporaryFolder folder;
    write_sample(folder / "x.h5");
    const std::string before = bytes_of(folder / "x.h5");

    const int status = run_child([&] {
        write_sample(folder / "x.h5", "other", [](LabelledWriter& writer) {
            write_slabs(writer, 0);
            ::kill(::getpid(), SIGKILL);
        });
        return 0;
    });

    CHECK(WIFSIGNALED(status));
    CHECK(bytes_of(folder / "x.h5") == before);
}

/// In a child: writing the sample fails as it should when files end at `room` bytes,
/// and a file written with more room is good.
bool survives_full_disk(const TemporaryFolder& folder,
                        rlim_t room,
                        std::size_t expected_bytes) {
    return succeeds_in_child([&] {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit tight{room, RLIM_INFINITY};
        ::setrlimit(RLIMIT_FSIZE, &tight);
        const std::string text = refusal(
            [&] { write_sample(folder / "x.h5", "schema: 1\n", {}, expected_bytes); });
        const rlimit wide{RLIM_INFINITY, RLIM_INFINITY};
        ::setrlimit(RLIMIT_FSIZE, &wide);
        const core::Digest digest = write_sample(folder / "y.h5");
        const LabelledReader reader{folder / "y.h5", sample_schema};
        return reader.digest() == digest && contains(text, "x.h5: cannot ") &&
               contains(text, "(File too large)");
    });
}

TEST_CASE("a full disk is an error with path and cause, and leaves no file") {
    const TemporaryFolder folder;

    for (const std::size_t expected_bytes :
         {std::size_t{0}, std::numeric_limits<std::size_t>::max()}) {
        CHECK(survives_full_disk(folder, 1000, expected_bytes));
        CHECK(survives_full_disk(folder, 9000, expected_bytes));
        CHECK(survives_full_disk(folder, 30000, expected_bytes));
    }
    CHECK(folder.entries() == 1);
}

TEST_CASE("a folder that is not there is an error") {
    const TemporaryFolder folder;

    const std::string text = refusal([&] {
        LabelledWriter{folder / "no" / "x.h5", sample_schema};
    });

    CHECK(
        contains(text, "no/x.h5: cannot create the file (No such file or directory)"));
}

TEST_CASE("a wrong sequence of calls is a bug") {
    const TemporaryFolder folder;
    LabelledWriter writer{folder / "x.h5", sample_schema};
    declare_scales(writer);
    writer.variable("/x", Type::f64, {"cell", "bound"}, Layout::chunked);
    const std::vector<double> two{1.0, 2.0};

    CHECK_THROWS_AS(writer.write_slab("/x", 1, two), ContractViolation);
    CHECK_THROWS_AS(writer.write_slab("/y", 0, two), ContractViolation);
    CHECK_THROWS_AS(writer.write_slab("/x", 0, std::vector<double>{1.0}),
                    ContractViolation);
    CHECK_THROWS_AS(writer.write_slab("/x", 0, std::vector<std::int64_t>{1, 2}),
                    ContractViolation);
    CHECK_THROWS_AS(writer.write("/x", two), ContractViolation);
    CHECK_THROWS_AS(writer.variable("/x", Type::f64, {"cell"}, Layout::chunked),
                    ContractViolation);
    CHECK_THROWS_AS(writer.variable("/y", Type::f64, {"none"}, Layout::chunked),
                    ContractViolation);
    CHECK_THROWS_AS(writer.variable("/y", Type::f64, {"cell", "cell"}, Layout::chunked),
                    ContractViolation);
    CHECK_THROWS_AS(writer.variable("/y", Type::text, {"cell"}, Layout::chunked),
                    ContractViolation);
    CHECK_THROWS_AS(writer.scalar("/a b", 1.0), ContractViolation);
    CHECK_THROWS_AS(writer.attribute("/", {"a", std::string("x\0y", 3)}),
                    ContractViolation);
    writer.write_slab("/x", 0, two);
    CHECK_THROWS_AS(writer.write_slab("/x", 0, two), ContractViolation);
    CHECK_THROWS_AS(writer.finish(), ContractViolation);
}

// The next two work in the current folder, for labelled_file_check.py.

TEST_CASE("writes the file that the Python check reads" * doctest::skip()) {
    write_sample("sample.h5");

    const LabelledReader reader{"sample.h5", sample_schema};
    CHECK(reader.f64_slab("/squared_error", 1) == sample_errors(1));
}

TEST_CASE("reads the file that the Python check wrote" * doctest::skip()) {
    const LabelledReader reader{"changed.h5", sample_schema};

    CHECK(reader.f64_slab("/squared_error", 1) == sample_errors(1));
}

}  // namespace
}  // namespace tailrate::storage
