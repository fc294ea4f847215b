#include "model/libsvm.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "core/errors.hpp"
#include "core/parameters.hpp"
#include "core/sha256.hpp"
#include "random/address.hpp"

namespace tailrate::model {
namespace {

constexpr std::string_view allowed_labels = "allowed: -1 and 1, 0 and 1, or 1 and 2";
constexpr std::string_view blanks = " \t\r\v\f";

struct Feature {
    std::uint32_t column;
    double value;
    int text_column;
};

/// First row with a label, for messages.
struct SeenLabel {
    double value;
    core::Position position;
};

/// Reads one line after another.
class Reader {
  public:
    explicit Reader(std::string file) : position_{std::move(file), 0, 1} {}

    void read_line(std::string_view line);
    [[nodiscard]] LabelledRows finish();

  private:
    [[noreturn]] void fail(int column, const std::string& text) const;
    [[nodiscard]] double number(std::string_view text,
                                int column,
                                const char* what) const;
    [[nodiscard]] Feature feature(std::string_view token, int column) const;
    void take_label(double label);
    void take_features(std::vector<Feature>& features);

    core::Position position_;
    LabelledRows data_;
    std::vector<SeenLabel> seen_;
};

std::string quoted(std::string_view text) {
    return std::string{"'"}.append(text).append("'");
}

void Reader::fail(int column, const std::string& text) const {
    throw core::InputError({position_.file, position_.line, column}, text);
}

/// A finite decimal number that is the whole of `text`, with an optional leading sign.
double Reader::number(std::string_view text, int column, const char* what) const {
    std::string_view digits = text;
    if (digits.starts_with('+')) {
        digits.remove_prefix(1);
    }
    double value = 0.0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value);
    const bool has_two_signs = digits.size() < text.size() && digits.starts_with('-');
    if (error == std::errc::result_out_of_range) {
        fail(column, std::string{what} + " " + quoted(text) + " is out of range");
    }
    if (error != std::errc{} || end != digits.data() + digits.size() || has_two_signs) {
        fail(column, std::string{what} + " " + quoted(text) + " is not a number");
    }
    if (!std::isfinite(value)) {
        fail(column, std::string{what} + " " + quoted(text) + " is not finite");
    }
    return value;
}

Feature Reader::feature(std::string_view token, int column) const {
    const std::size_t colon = token.find(':');
    if (colon == std::string_view::npos) {
        fail(column, quoted(token) + " is not index:value");
    }
    std::int64_t index = 0;
    const auto [end, error] =
        std::from_chars(token.data(), token.data() + colon, index);
    const bool is_integer = error == std::errc{} && end == token.data() + colon;
    if (!is_integer && error != std::errc::result_out_of_range) {
        fail(column, "index " + quoted(token.substr(0, colon)) + " is not an integer");
    }
    if (!is_integer || index > static_cast<std::int64_t>(random::row_limit)) {
        fail(column,
             "index " + quoted(token.substr(0, colon)) + " is too large; at most " +
                 std::to_string(random::row_limit));
    }
    if (index < 1) {
        fail(column, "index " + std::to_string(index) + "; indices count from 1");
    }
    const int value_column = column + static_cast<int>(colon) + 1;
    return {static_cast<std::uint32_t>(index - 1),
            number(token.substr(colon + 1), value_column, "value"),
            column};
}

void Reader::take_label(double label) {
    data_.labels.push_back(label);
    const bool is_new =
        std::none_of(seen_.begin(), seen_.end(), [&](const SeenLabel& s) {
            return s.value == label;
        });
    if (!is_new) {
        return;
    }
    if (seen_.size() == 2) {
        throw core::InputError(position_,
                               "a third label " + core::to_text(label) + " after " +
                                   core::to_text(seen_[0].value) + " and " +
                                   core::to_text(seen_[1].value) + "; " +
                                   std::string{allowed_labels});
    }
    seen_.push_back({label, position_});
}

void Reader::take_features(std::vector<Feature>& features) {
    std::stable_sort(
        features.begin(), features.end(), [](const Feature& a, const Feature& b) {
            return a.column < b.column;
        });
    SparseRows& rows = data_.rows;
    for (std::size_t k = 0; k < features.size(); ++k) {
        const Feature& own = features[k];
        if (k > 0 && features[k - 1].column == own.column) {
            fail(own.text_column,
                 "index " + std::to_string(own.column + 1) + " is repeated");
        }
        rows.dimension = std::max(rows.dimension, std::size_t{own.column} + 1);
        if (own.value != 0.0) {
            rows.columns.push_back(own.column);
            rows.values.push_back(own.value);
        }
    }
    rows.starts.push_back(rows.values.size());
}

void Reader::read_line(std::string_view line) {
    ++position_.line;
    line = line.substr(0, line.find('#'));
    std::optional<double> label;
    std::vector<Feature> features;
    for (std::size_t at = line.find_first_not_of(blanks);
         at != std::string_view::npos;) {
        const std::size_t end = std::min(line.find_first_of(blanks, at), line.size());
        const std::string_view token = line.substr(at, end - at);
        const int column = static_cast<int>(at) + 1;
        if (label) {
            features.push_back(feature(token, column));
        } else {
            label = number(token, column, "label");
            position_.column = column;
        }
        at = line.find_first_not_of(blanks, end);
    }
    if (label) {
        take_label(*label);
        take_features(features);
    }
}

LabelledRows Reader::finish() {
    const core::Position start{position_.file, 1, 1};
    if (seen_.empty()) {
        throw core::InputError(start, "no data rows");
    }
    if (seen_.size() == 1) {
        throw core::InputError(
            start,
            "every row has the label " + core::to_text(seen_[0].value) +
                "; two classes are needed, " + std::string{allowed_labels});
    }
    const auto [low, high] = std::minmax(seen_[0].value, seen_[1].value);
    const bool is_allowed = (low == -1.0 && high == 1.0) ||
                            (low == 0.0 && high == 1.0) || (low == 1.0 && high == 2.0);
    if (!is_allowed) {
        throw core::InputError(seen_[1].position,
                               "labels " + core::to_text(seen_[0].value) + " and " +
                                   core::to_text(seen_[1].value) + "; " +
                                   std::string{allowed_labels});
    }
    if (data_.rows.dimension == 0) {
        throw core::InputError(start, "no row has a feature");
    }
    for (double& label : data_.labels) {
        label = label == high ? 1.0 : -1.0;
    }
    return std::move(data_);
}

std::string read_bytes(const std::filesystem::path& path) {
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status)) {
        throw core::InputError({path.string()}, "no such file");
    }
    if (!std::filesystem::is_regular_file(status)) {
        throw core::InputError({path.string()},
                               "is a folder or a device, not a LIBSVM file");
    }
    std::ifstream file{path, std::ios::binary};
    std::string bytes{std::istreambuf_iterator<char>{file}, {}};
    if (!file) {
        throw core::InputError({path.string()}, "cannot be read");
    }
    return bytes;
}

}  // namespace

LabelledRows read_libsvm(const std::filesystem::path& path) {
    const std::string bytes = read_bytes(path);
    Reader reader{path.string()};
    std::string_view rest = bytes;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        reader.read_line(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    LabelledRows data = reader.finish();
    data.digest = core::hex(core::sha256(bytes));
    return data;
}

}  // namespace tailrate::model
