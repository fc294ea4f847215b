#include "model/libsvm.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "core/errors.hpp"
#include "core/sha256.hpp"
#include "model/text_file.hpp"

using namespace tailrate;
using model::LabelledRows;

namespace {

LabelledRows read(std::string_view bytes) {
    const test::TextFile file{bytes};
    return model::read_libsvm(file.path());
}

/// The message without the name of the file: "line:column: text".
std::string message(std::string_view bytes) {
    const test::TextFile file{bytes};
    try {
        static_cast<void>(model::read_libsvm(file.path()));
    } catch (const core::InputError& error) {
        return std::string{error.what()}.substr(file.path().string().size() + 1);
    }
    return "accepted";
}

}  // namespace

TEST_CASE("a plain file") {
    const std::string bytes = "-1 1:0.5 3:-2\n+1 2:1e2\n";

    const LabelledRows data = read(bytes);

    CHECK(data.labels == std::vector<double>{-1.0, 1.0});
    CHECK(data.rows.dimension == 3);
    CHECK(data.rows.starts == std::vector<std::size_t>{0, 2, 3});
    CHECK(data.rows.columns == std::vector<std::uint32_t>{0, 2, 1});
    CHECK(data.rows.values == std::vector<double>{0.5, -2.0, 100.0});
    CHECK(data.digest == core::hex(core::sha256(bytes)));
}

TEST_CASE(
    "comments, empty lines, Windows line ends, tabs and a missing last line end") {
    const LabelledRows data =
        read("# head\r\n\r\n  -1\t1:1 # tail 9:9\r\n   \n+1 2:2  \r\n-1 1:3#x\n1");

    CHECK(data.labels == std::vector<double>{-1.0, 1.0, -1.0, 1.0});
    CHECK(data.rows.values == std::vector<double>{1.0, 2.0, 3.0});
    CHECK(data.rows.starts == std::vector<std::size_t>{0, 1, 2, 3, 3});
    CHECK(data.rows.dimension == 2);
}

TEST_CASE(
    "indices in any order are sorted, explicit zeros count for the dimension only") {
    const LabelledRows data = read("1 3:+3 1:1 2:2\n-1 7:0\n");

    CHECK(data.rows.columns == std::vector<std::uint32_t>{0, 1, 2});
    CHECK(data.rows.values == std::vector<double>{1.0, 2.0, 3.0});
    CHECK(data.rows.dimension == 7);
}

TEST_CASE("the larger of two labels becomes +1") {
    CHECK(read("0 1:1\n1 1:1\n").labels == std::vector<double>{-1.0, 1.0});
    CHECK(read("2 1:1\n1 1:1\n").labels == std::vector<double>{1.0, -1.0});
    CHECK(read("1.0 1:1\n-1.0 1:1\n").labels == std::vector<double>{1.0, -1.0});
}

TEST_CASE("malformed labels") {
    const std::string allowed = "; allowed: -1 and 1, 0 and 1, or 1 and 2";
    CHECK(message("1 1:1\n-1 1:1\n  2 1:1\n") ==
          "3:3: a third label 2 after 1 and -1" + allowed);
    CHECK(message("1 1:1\n1 1:1\n5 1:1\n") == "3:1: labels 1 and 5" + allowed);
    CHECK(message("0 1:1\n-1 1:1\n") == "2:1: labels 0 and -1" + allowed);
    CHECK(
        message("1 1:1\n1 1:2\n") ==
        "1:1: every row has the label 1; two classes are needed, allowed: -1 and 1, 0 "
        "and 1, or 1 and 2");
    CHECK(message("1 1:1\n yes 1:1\n") == "2:2: label 'yes' is not a number");
    CHECK(message("nan 1:1\n") == "1:1: label 'nan' is not finite");
    CHECK(message("1 1:1\n-inf 1:1\n") == "2:1: label '-inf' is not finite");
    CHECK(message("1:1 2:1\n") == "1:1: label '1:1' is not a number");
    CHECK(message("+-1 1:1\n") == "1:1: label '+-1' is not a number");
    CHECK(message("1,0 1:1\n") == "1:1: label '1,0' is not a number");
}

TEST_CASE("malformed indices") {
    CHECK(message("1 1:1\n-1 0:1\n") == "2:4: index 0; indices count from 1");
    CHECK(message("1 -3:1\n") == "1:3: index -3; indices count from 1");
    CHECK(message("1 1:1 4:1 1:2\n") == "1:11: index 1 is repeated");
    CHECK(message("1 a:1\n") == "1:3: index 'a' is not an integer");
    CHECK(message("1 qid:3 1:1\n") == "1:3: index 'qid' is not an integer");
    CHECK(message("1 1.5:1\n") == "1:3: index '1.5' is not an integer");
    CHECK(message("1 :1\n") == "1:3: index '' is not an integer");
    CHECK(message("1 16777217:1\n") ==
          "1:3: index '16777217' is too large; at most 16777216");
    CHECK(message("1 99999999999999999999:1\n") ==
          "1:3: index '99999999999999999999' is too large; at most 16777216");
    CHECK(message("1 1:1 7\n") == "1:7: '7' is not index:value");
}

TEST_CASE("malformed values") {
    CHECK(message("1 1:\n") == "1:5: value '' is not a number");
    CHECK(message("1 12:x\n") == "1:6: value 'x' is not a number");
    CHECK(message("1 1:2:3\n") == "1:5: value '2:3' is not a number");
    CHECK(message("1 1:nan\n") == "1:5: value 'nan' is not finite");
    CHECK(message("1 1:1 2:+inf\n") == "1:9: value '+inf' is not finite");
    CHECK(message("1 1:1e999\n") == "1:5: value '1e999' is out of range");
    CHECK(message("1 1:0x10\n") == "1:5: value '0x10' is not a number");
    CHECK(message("1 1:++1\n") == "1:5: value '++1' is not a number");
}

TEST_CASE("no data at all") {
    CHECK(message("") == "1:1: no data rows");
    CHECK(message("# only a comment\n\n") == "1:1: no data rows");
    CHECK(message("1\n-1\n") == "1:1: no row has a feature");
}

TEST_CASE("what is not a file") {
    const std::filesystem::path folder = std::filesystem::temp_directory_path();
    const auto text = [](const std::filesystem::path& path) {
        try {
            static_cast<void>(model::read_libsvm(path));
        } catch (const core::InputError& error) {
            return std::string{error.what()};
        }
        return std::string{"accepted"};
    };

    CHECK(text(folder) ==
          folder.string() + ":1:1: is a folder or a device, not a LIBSVM file");
    CHECK(text(folder / "tailrate_no_such_file") ==
          (folder / "tailrate_no_such_file").string() + ":1:1: no such file");
}
