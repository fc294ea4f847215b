#include <filesystem>
#include <fstream>
#include <string>

#include <doctest/doctest.h>
#include <unistd.h>

#include "sample_experiment.hpp"

namespace tailrate::plan {
namespace {

/// A folder that goes when the test ends.
class Folder {
  public:
    Folder()
        : path_{std::filesystem::temp_directory_path() /
                ("tailrate_load_" + std::to_string(::getpid()))} {
        std::filesystem::create_directories(path_);
    }

    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    Folder(Folder&&) = delete;
    Folder& operator=(Folder&&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

    [[nodiscard]] std::filesystem::path write(const std::string& name,
                                              const std::string& text) const {
        std::ofstream file{path_ / name, std::ios::binary};
        file << text;
        return path_ / name;
    }

  private:
    std::filesystem::path path_;
};

std::string load_error(const std::filesystem::path& file) {
    return input_error([&] { static_cast<void>(load(file, {})); });
}

}  // namespace

TEST_CASE("a file is read with its folder and its bytes") {
    const Folder folder;
    const auto file = folder.write("a.yaml", sample_text());

    const Experiment experiment = load(file, {});

    CHECK(experiment.folder == folder.path());
    CHECK(experiment.source == sample_text());
    CHECK(experiment.completed == parsed(sample_text()).completed);
}

TEST_CASE("errors name the file as it was given") {
    const Folder folder;
    const auto file = folder.write("a.yaml", sample_text(4, "seeds: 0"));

    CHECK(begins_with(load_error(file), file.string() + ":4:8: seeds"));
}

TEST_CASE("files that cannot be read are refused at 1:1") {
    const Folder folder;
    const auto missing = folder.path() / "none.yaml";
    const auto empty = folder.write("empty.yaml", "");
    const auto large = folder.write("large.yaml", "");
    std::filesystem::resize_file(large, (std::size_t{64} << 20U) + 1);

    CHECK(begins_with(load_error(missing),
                      missing.string() + ":1:1: cannot be opened: No"));
    CHECK(says(load_error(folder.path()), {":1:1: ", "is a directory"}));
    CHECK(says(load_error(empty), {":1:1: ", "empty"}));
    CHECK(says(load_error(large), {":1:1: ", "64 MiB"}));
    CHECK(says(load_error(""), {":1:1: cannot be opened"}));
}

TEST_CASE("a file without permission is refused unless the user may read everything") {
    const Folder folder;
    const auto file = folder.write("a.yaml", sample_text());
    std::filesystem::permissions(file, std::filesystem::perms::none);

    const std::string expected =
        ::geteuid() == 0 ? ""
                         : file.string() + ":1:1: cannot be opened: Permission denied";
    CHECK(load_error(file) == expected);
}

}  // namespace tailrate::plan
