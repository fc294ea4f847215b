#include "storage/labelled_reader.hpp"

#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include <doctest/doctest.h>
#include <hdf5.h>

#include "core/errors.hpp"
#include "refusal.hpp"
#include "sample_file.hpp"
#include "storage/seal.hpp"
#include "temporary_folder.hpp"

namespace tailrate::storage {
namespace {

using core::StorageError;

/// Empty where the file can be read, all of it.
std::string complaint(const std::filesystem::path& path) {
    return refusal([&] {
        const LabelledReader reader{path, sample_schema};
        for (const std::string& name : reader.paths()) {
            (void)reader.array(name);
        }
    });
}

/// Replaces the first occurrence of `from` and seals the file again.
void replace_bytes(const std::filesystem::path& path,
                   const std::string& from,
                   const std::string& to) {
    std::string bytes = bytes_of(path);
    const auto where = bytes.find(from);
    REQUIRE(where != std::string::npos);
    bytes.replace(where, to.size(), to);
    write_bytes(path, bytes.substr(0, bytes.size() - 40));
    seal_file(path);
}

std::string bytes_of(double value) {
    std::string bytes(sizeof value, '\0');
    std::memcpy(bytes.data(), &value, sizeof value);
    return bytes;
}

TEST_CASE("values come back as they were written") {
    const TemporaryFolder folder;
    const core::Digest digest = write_sample(folder / "x.h5");

    const LabelledReader reader{folder / "x.h5", sample_schema};

    CHECK(reader.digest() == digest);
    CHECK(reader.version() == 1);
    CHECK(reader.shape("/squared_error") == std::vector<std::size_t>{3, 4, 5});
    CHECK(reader.dimensions("/squared_error") ==
          std::vector<std::string>{"/cell", "/seed", "/iteration"});
    CHECK(reader.dimensions("/confirmation/peak_error") ==
          std::vector<std::string>{"/confirmation/cell", "/confirmation/seed"});
    CHECK(reader.dimensions("/cell") == std::vector<std::string>{"/cell"});
    CHECK(reader.f64_slab("/squared_error", 1) == sample_errors(1));
    const std::vector<double> last = reader.f64_slab("/squared_error", 2);
    CHECK(std::isnan(last[7]));
    CHECK(std::isinf(last[8]));
    CHECK(std::signbit(last[9]));
    CHECK(reader.i64("/seed").back() == 9007199254740993);
    CHECK(reader.i32("/cell") == std::vector<std::int32_t>{0, 1, 2});
    CHECK(reader.i8("/regime") == std::vector<std::int8_t>{2, 1, 0});
    CHECK(reader.text("/algorithm").at(1) == "clipped_sgd");
    CHECK(reader.text("/provenance/source").at(1).ends_with("\u2014 eq. 2"));
    CHECK(reader.text("/provenance/description") == std::vector<std::string>{""});
    CHECK(reader.f64("/instance/0/f_star") == std::vector<double>{-0.25});
}

TEST_CASE("attributes come back as they were written") {
    const TemporaryFolder folder;
    write_sample(folder / "x.h5");

    const LabelledReader reader{folder / "x.h5", sample_schema};

    CHECK(reader.text_attribute("/", "experiment") == "sample");
    CHECK(reader.real_attribute("/", "window_decades") == 1.5);
    CHECK(reader.integer_attribute("/provenance", "engine_version") == 1);
    CHECK(std::get<Array>(reader.attribute("/regime", "flag_values").value) ==
          Array{std::vector<std::int8_t>{0, 1, 2}});
    CHECK_FALSE(reader.has_attribute("/regime", "DIMENSION_LIST"));
    CHECK_FALSE(reader.has_attribute("/nothing", "x"));
    CHECK(peek_texts(folder / "x.h5", {"author", "experiment"}) ==
          std::map<std::string, std::string>{{"experiment", "sample"}});
    CHECK(peek_texts(folder / "none.h5", {"experiment"}).empty());
}

TEST_CASE("a variable that a file does not have is an error of the file") {
    const TemporaryFolder folder;
    write_sample(folder / "x.h5");
    const LabelledReader reader{folder / "x.h5", sample_schema};
    const std::string absent = refusal([&] { (void)reader.f64("/exponent_geo"); });
    const std::string mistyped = refusal([&] { (void)reader.f64("/regime"); });
    const std::string outside =
        refusal([&] { (void)reader.slab("/squared_error", 3); });

    CHECK(contains(absent, "x.h5: there is no variable /exponent_geo"));
    CHECK(contains(mistyped, "/regime is i8"));
    CHECK(contains(outside, "/squared_error has no index 3"));
}

TEST_CASE("an attribute that a file does not have is an error of the file") {
    const TemporaryFolder folder;
    write_sample(folder / "x.h5");
    const LabelledReader reader{folder / "x.h5", sample_schema};
    const std::string absent = refusal([&] { (void)reader.attribute("/", "author"); });
    const std::string mistyped =
        refusal([&] { (void)reader.real_attribute("/", "experiment"); });

    CHECK(contains(absent, "/ has no attribute author"));
    CHECK(contains(mistyped, "attribute experiment of / has another type"));
}

enum class Verdict { refused, same, different };

Verdict judge(const std::filesystem::path& path, const core::Digest& digest) {
    try {
        // Two digests agree only where all decoded values do.
        const LabelledReader reader{path, sample_schema};
        return reader.digest() == digest ? Verdict::same : Verdict::different;
    } catch (const StorageError&) {
        return Verdict::refused;
    }
}

TEST_CASE("every wrong byte is found or changes nothing") {
    const TemporaryFolder folder;
    const auto path = folder / "x.h5";
    const core::Digest digest = write_sample(path);
    const std::string original = storage::bytes_of(path);
    std::fstream file{path, std::ios::binary | std::ios::in | std::ios::out};
    const auto put = [&](std::size_t where, char byte) {
        file.seekp(static_cast<std::streamoff>(where));
        file.put(byte);
        file.flush();
    };

    std::map<Verdict, std::size_t> verdicts;
    for (std::size_t i = 0; i < original.size(); ++i) {
        const int mask = i % 2 == 0 ? 0xff : 1 << (i / 2 % 8);
        put(i, static_cast<char>(original[i] ^ mask));
        ++verdicts[judge(path, digest)];
        put(i, original[i]);
    }

    CHECK(verdicts[Verdict::different] == 0);
    // In the mark of the seal, without which the content is still checked.
    CHECK(verdicts[Verdict::same] == 8);
}

/// What is said about a sample with wrong bytes under a right seal.
std::string complaint_about(const std::string& from, const std::string& to) {
    const TemporaryFolder folder;
    const auto path = folder / "x.h5";
    write_sample(path);
    replace_bytes(path, from, to);
    return check_seal(path) == Seal::intact ? complaint(path) : "";
}

TEST_CASE("the content is checked also where the bytes have a seal") {
    CHECK(contains(complaint_about(bytes_of(-2.0), bytes_of(-2.5)), "content_sha256"));
    CHECK(contains(complaint_about("converging plateau", "converging Plateau"),
                   "content_sha256"));
    CHECK(contains(complaint_about(bytes_of(111.1), bytes_of(111.2)), "Fletcher32"));
}

TEST_CASE("a truncated file is refused at every length") {
    const TemporaryFolder folder;
    const auto path = folder / "x.h5";
    const core::Digest digest = write_sample(path);
    const std::string original = storage::bytes_of(path);
    const std::size_t sealless = original.size() - 40;

    std::size_t accepted = 0;
    for (std::size_t size = 0; size < sealless; size += 97) {
        write_bytes(path, original.substr(0, size));
        accepted += judge(path, digest) == Verdict::refused ? 0U : 1U;
    }

    CHECK(accepted == 0);
    write_bytes(path, original.substr(0, sealless));
    CHECK(judge(path, digest) == Verdict::same);
}

TEST_CASE("files of others are refused with the reason") {
    const TemporaryFolder folder;
    const auto path = folder / "x.h5";

    CHECK(contains(complaint(path), "cannot be read (No such file or directory)"));
    CHECK_FALSE(complaint(folder.path()).empty());
    write_bytes(path, "schema: 1\nname: not HDF5\n");
    CHECK(contains(complaint(path), "file signature not found"));
    H5Fclose(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
    CHECK(contains(complaint(path), "is no file of tailrate"));
    LabelledWriter{path, {"tailrate-trace", 1}}.finish();
    CHECK(contains(complaint(path),
                   "is a tailrate-trace file, not a tailrate-result file"));
    LabelledWriter{path, {"tailrate-result", 2}}.finish();
    CHECK(contains(complaint(path), "schema version is 2"));
}

}  // namespace
}  // namespace tailrate::storage
