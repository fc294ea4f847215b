#include "storage/files.hpp"

#include <chrono>
#include <ostream>
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <unistd.h>

#include "child_process.hpp"
#include "core/errors.hpp"
#include "refusal.hpp"
#include "sample_file.hpp"
#include "storage/process.hpp"
#include "temporary_folder.hpp"

namespace tailrate::storage {
namespace {

using core::StorageError;

/// Empty where the output passes.
std::string complaint(const std::filesystem::path& path,
                      const std::string& experiment = "sample") {
    return refusal([&] { check_output(path, "tailrate-result", experiment); });
}

TEST_CASE("a text replaces a file as a whole") {
    const TemporaryFolder folder;
    atomic_write_text(folder / "x.txt", "one\n");
    atomic_write_text(folder / "x.txt", "two\n");

    CHECK(bytes_of(folder / "x.txt") == "two\n");
    CHECK(folder.entries() == 1);
}

TEST_CASE("a file is written in pieces, and not at all where one fails") {
    const TemporaryFolder folder;
    atomic_write(folder / "x.txt", [](std::ostream& file) { file << "one\n" << 2; });

    const bool is_refused = succeeds_in_child([&] {
        limit_file_size(1'000'000);
        std::size_t pieces = 0;
        const auto write = [&](std::ostream& file) {
            while (file) {
                file << std::string(10'000, 'x');
                ++pieces;
            }
        };
        const std::string text =
            refusal([&] { atomic_write(folder / "x.txt", write); });
        return contains(text, "x.txt: cannot be written (File too large)") &&
               pieces < 110;
    });

    CHECK(is_refused);
    CHECK(bytes_of(folder / "x.txt") == "one\n2");
    CHECK(folder.entries() == 1);
}

TEST_CASE("what an earlier process left is removed, even one with our number") {
    const TemporaryFolder folder;
    const std::string here = pid_namespace();
    const auto left_by =
        [&](const std::string& host, const std::string& space, int pid) {
            auto path =
                folder / fmt::format(".x.txt.{}.{}.{}-00000000.tmp", host, space, pid);
            write_bytes(path, "on");
            return path;
        };
    left_by(host_name(), here, ::getpid());
    left_by(host_name(), here, 1 << 30);
    const auto old = left_by(host_name(), "12345678", 1);
    std::filesystem::last_write_time(
        old, std::filesystem::last_write_time(old) - std::chrono::hours{1});
    left_by(host_name(), here, ::getppid());
    left_by(host_name(), "12345678", 1 << 30);
    left_by("elsewhere", here, 1 << 30);

    atomic_write_text(folder / "x.txt", "one\n");

    CHECK(folder.entries() == 4);  // the file, and three of processes that may run
}

TEST_CASE("a text cannot be written to a folder that is not there") {
    const TemporaryFolder folder;

    const std::string text =
        refusal([&] { atomic_write_text(folder / "no" / "x.txt", "three\n"); });

    CHECK(contains(text, "x.txt: cannot be written (No such file or directory)"));
}

TEST_CASE("a full disk leaves the old text") {
    const TemporaryFolder folder;
    atomic_write_text(folder / "x.txt", "one\n");

    const auto write = [&] {
        atomic_write_text(folder / "x.txt", std::string(100000, 'x'));
    };
    const bool is_refused = succeeds_in_child([&] {
        limit_file_size(1000);
        return contains(refusal(write), "x.txt: cannot be written");
    });

    CHECK(is_refused);
    CHECK(bytes_of(folder / "x.txt") == "one\n");
    CHECK(folder.entries() == 1);
}

TEST_CASE("a name that leaves no room for that of a temporary file is refused") {
    const TemporaryFolder folder;
    const std::string longest = std::string(147, 'x') + ".h5";

    CHECK(complaint(folder / longest).empty());
    atomic_write_text(folder / longest, "one\n");
    CHECK(contains(complaint(folder / ("x" + longest)), "its name has 151 bytes"));
}

TEST_CASE("folders are made with those above them") {
    const TemporaryFolder folder;
    make_folder(folder / "a" / "b");
    make_folder(folder / "a" / "b");
    write_bytes(folder / "file", "");

    CHECK(std::filesystem::is_directory(folder / "a" / "b"));
    CHECK_THROWS_AS(make_folder(folder / "file"), StorageError);
    CHECK_THROWS_AS(make_folder(folder / "file" / "below"), StorageError);
}

TEST_CASE("an output that can be written passes, and nothing is made") {
    const TemporaryFolder folder;

    CHECK(complaint(folder / "x.h5").empty());
    CHECK(complaint(folder / "a" / "b" / "x.h5").empty());
    CHECK(complaint("a_name_in_the_current_folder.h5").empty());
    CHECK(folder.entries() == 0);
    write_sample(folder / "x.h5");
    CHECK(complaint(folder / "x.h5").empty());
}

TEST_CASE("an output that cannot be written is refused") {
    const TemporaryFolder folder;
    write_bytes(folder / "file", "not HDF5");

    CHECK(contains(complaint(folder.path()), "is a folder; name a file"));
    CHECK(contains(complaint(folder / ""), "is not the name of a file"));
    CHECK(contains(complaint(folder / "file" / "x.h5"), "is not a folder"));
    CHECK(contains(complaint(folder / "file" / "a" / "x.h5"), "is not a folder"));
    CHECK(contains(complaint("/dev/null"), "not a regular file"));
    std::filesystem::create_symlink("loop.h5", folder / "loop.h5");
    CHECK(contains(complaint(folder / "loop.h5"),
                   "loop.h5: cannot be looked at (Too many levels"));
    CHECK(contains(complaint(folder / std::string(300, 'x') / "x.h5"),
                   "x: cannot be made a folder (File name too long)"));
}

TEST_CASE("an output that would destroy something else is refused") {
    const TemporaryFolder folder;
    write_bytes(folder / "file", "not HDF5");
    write_sample(folder / "x.h5");
    LabelledWriter{folder / "trace.h5", {"tailrate-trace", 1}}.finish();

    CHECK(contains(complaint(folder / "file"), "not an intact result file"));
    CHECK(contains(complaint(folder / "trace.h5"), "not an intact result file"));
    CHECK(contains(complaint(folder / "x.h5", "another"),
                   "of experiment 'sample', not of 'another'"));
    CHECK(bytes_of(folder / "file") == "not HDF5");
}

TEST_CASE("a folder that is not writable is refused") {
    const TemporaryFolder folder;
    make_read_only(folder.path());

    const bool is_refused = succeeds_in_child([&] {
        stop_being_root();
        return contains(complaint(folder / "a" / "x.h5"),
                        "is not writable (Permission denied)");
    });

    CHECK(is_refused);
}

}  // namespace
}  // namespace tailrate::storage
