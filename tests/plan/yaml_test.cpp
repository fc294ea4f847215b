#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "sample_experiment.hpp"

namespace tailrate::plan {
namespace {

struct BadText {
    std::string text;
    std::string place;
    std::vector<std::string> words;
};

std::string nested_lists(std::size_t depth) {
    return "name: " + std::string(depth, '[') + std::string(depth, ']') + "\n";
}

const std::vector<BadText>& bad_texts() {
    static const std::vector<BadText> cases{
        {"", "1:1", {"empty"}},
        {"# only a comment\n", "1:1", {"empty"}},
        {"---\n", "1:1", {"empty"}},
        {"just text\n", "1:1", {"'just text'", "a map"}},
        {"- a\n- b\n", "1:1", {"a list", "a map"}},
        {"schema: 1\nname: [1, 2\nseeds: 3\n", "2:7", {"not YAML", "flow not found"}},
        {"name: [1", "1:7", {"not YAML", "flow not found"}},
        {"[1", "1:1", {"not YAML", "flow not found"}},
        {"schema: 1\n]\n", "2:1", {"not YAML", "illegal flow end"}},
        {"schema: 1\nname: @x\n", "2:7", {"not YAML", "unknown token"}},
        {"schema: 1\n\tname: x\n", "2:1", {"not YAML", "tab", "allowed: spaces"}},
        {"problem:\n\tkind: quadratic\n", "2:6", {"not YAML", "tab"}},
        {"schema: 1\nname: a: b\n", "2:8", {"not YAML", "illegal map value"}},
        {"schema: 1\n---\nschema: 1\n", "2:1", {"second document", "allowed: one"}},
        {"schema: 1\n...\nmore\n", "3:1", {"second document"}},
        {"schema: &a 1\n", "1:9", {"anchor", "not allowed"}},
        {"noise: &a {kind: none}\n", "1:8", {"anchor"}},
        {"noise: &a [1]\n", "1:8", {"anchor"}},
        {"seeds: *a\n", "1:8", {"alias", "not allowed"}},
        {"<<: {schema: 1}\n", "1:1", {"merge key", "not allowed"}},
        {"schema: !!int 1\n", "1:9", {"tag", "not allowed"}},
        {"schema: ! 1\n", "1:9", {"tag"}},
        {"noise: !law {kind: none}\n", "1:8", {"tag"}},
        {"seeds: 1\nname: x\nseeds: 2\n",
         "3:1",
         {"duplicate key 'seeds'", "e.yaml:1:1"}},
        {"noise: {kind: none, scale: 1,\n  scale: 1}\n",
         "2:3",
         {"duplicate key 'scale'", "e.yaml:1:21"}},
        {"a: 1\n\"a\": 2\n", "2:1", {"duplicate key 'a'"}},
        {"? [a]\n: 1\n", "1:3", {"a list as a key"}},
        {"? {a: b}\n: 1\n", "1:3", {"a map as a key"}},
        {"~: 1\n", "1:1", {"nothing as a key"}},
        {nested_lists(16), "1:22", {"too deeply", "16 levels"}},
        {nested_lists(500), "1:22", {"too deeply"}},
        {nested_lists(1000000), "1:1007", {"too deeply"}},
        {std::string("name: a\0b\n", 10), "1:8", {"byte 0x00", "UTF-8"}},
        {"\xff\xfe"
         "n",
         "1:1",
         {"byte 0xff"}},
        {"name: x\ndescription: \xc3\n", "2:14", {"byte 0xc3", "UTF-8"}},
        {"description: \xed\xa0\x80\n", "1:14", {"byte 0xed"}},
        {"description: \xe0\x9f\xbf\n", "1:14", {"byte 0xe0"}},
        {"description: \xf4\x90\x80\x80\n", "1:14", {"byte 0xf4"}},
        {"description: \xc1\xbf\n", "1:14", {"byte 0xc1"}},
        {"description: \xe2\x82\n", "1:14", {"byte 0xe2"}},
        {"description: \x1b[1m\n", "1:14", {"byte 0x1b"}},
    };
    return cases;
}

void check_text(const BadText& bad) {
    CAPTURE(bad.text.substr(0, 100));

    const std::string error = parse_error(bad.text);

    CAPTURE(error);
    CHECK(begins_with(error, "e.yaml:" + bad.place + ": "));
    CHECK(says(error, bad.words));
}

}  // namespace

TEST_CASE("what is not one plain YAML map is refused at its place") {
    for (const BadText& bad : bad_texts()) {
        check_text(bad);
    }
}

TEST_CASE("block style, CRLF, a byte order mark and comments change nothing") {
    const std::string block =
        "\xef\xbb\xbf# caf\xc3\xa9\r\n---\r\nschema: 1\r\nname: sample\r\nmaster_seed: "
        "1\r\n"
        "seeds: 20\r\nhorizon: 1000\r\nmetrics:\r\n- squared_error\r\nproblem:\r\n"
        "  kind: quadratic\r\n  clients: 2\r\n  dimension: 2\r\n  condition_number: "
        "10\r\n"
        "noise:\r\n  - kind: student_t\r\n    tail_index: [1.5]\r\nmethod:\r\n"
        "  - kind: sclip_ef\r\n    clip_threshold: 10\r\n    effective_step:\r\n      "
        "2\r\n";

    const Experiment experiment = parsed(block);

    CHECK(experiment.completed == parsed(sample_text()).completed);
    CHECK(experiment.source == block);
}

TEST_CASE("the nested list that is just shallow enough is read") {
    const std::string error = parse_error(nested_lists(15));

    CHECK(says(error, {"schema is missing"}));
}

}  // namespace tailrate::plan
