#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "plan/characters.hpp"
#include "plan/node.hpp"

namespace tailrate::plan {
namespace {

/// Builds nodes from the parser's events. yaml-cpp's own tree keeps the first of two
/// equal keys and forgets the places of keys.
class TreeBuilder final : public YAML::EventHandler {
  public:
    TreeBuilder(const std::string& text,
                std::shared_ptr<const std::string> source,
                Lines lines)
        : text_{text},
          source_{std::move(source)},
          lines_{lines} {}

    [[nodiscard]] Place at(const YAML::Mark& mark) const;

    /// Where the parser stopped; for a flow list or map without end, its beginning.
    [[nodiscard]] Place place_of(const YAML::Exception& error) const;
    /// What was built; fails for a key that is no text.
    [[nodiscard]] std::optional<Node> take();

    void OnDocumentStart(const YAML::Mark& mark) override;

    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
    void OnScalar(const YAML::Mark& mark,
                  const std::string& tag,
                  YAML::anchor_t anchor,
                  const std::string& value) override;
    void OnSequenceStart(const YAML::Mark& mark,
                         const std::string& tag,
                         YAML::anchor_t anchor,
                         YAML::EmitterStyle::value style) override;

    void OnSequenceEnd() override { close(); }

    void OnMapStart(const YAML::Mark& mark,
                    const std::string& tag,
                    YAML::anchor_t anchor,
                    YAML::EmitterStyle::value style) override;

    void OnMapEnd() override { close(); }

  private:
    /// A list or map whose end has not come yet.
    struct Open {
        Node node;
        std::optional<std::pair<std::string, Place>> key = std::nullopt;
        std::map<std::string, Place, std::less<>> keys = {};
    };

    [[nodiscard]] Node start(NodeKind kind,
                             const YAML::Mark& mark,
                             const std::string& tag,
                             YAML::anchor_t anchor);
    void open(Node node);
    void close();
    void add(Node node);
    void add_key(Open& map, Node node);

    const std::string& text_;
    std::shared_ptr<const std::string> source_;
    Lines lines_;
    std::vector<Open> open_;
    std::optional<Node> root_;
    /// A list, map or nothing as a key. Nothing more is built then, but the parser goes
    /// on: it takes an unclosed list for a key before it finds that the end is missing.
    std::optional<Node> bad_key_;
    std::size_t depth_ = 0;
    std::size_t documents_ = 0;
    std::size_t nodes_ = 0;
};

Place TreeBuilder::place_of(const YAML::Exception& error) const {
    if (error.msg.find("flow not found") != std::string::npos) {
        if (bad_key_) {
            return bad_key_->place;
        }
        if (!open_.empty()) {
            return open_.back().node.place;
        }
    }
    return at(error.mark);
}

std::optional<Node> TreeBuilder::take() {
    if (bad_key_) {
        fail(bad_key_->place, described(*bad_key_) + " as a key; allowed: text");
    }
    return std::move(root_);
}

Place TreeBuilder::at(const YAML::Mark& mark) const {
    if (lines_ == Lines::none) {
        return {source_, 0, 0};
    }
    return mark.is_null() ? Place{source_, 1, 1}
                          : Place{source_, mark.line + 1, mark.column + 1};
}

void TreeBuilder::OnDocumentStart(const YAML::Mark& mark) {
    if (++documents_ > 1) {
        fail(at(mark), "a second document begins here; allowed: one");
    }
}

Node TreeBuilder::start(NodeKind kind,
                        const YAML::Mark& mark,
                        const std::string& tag,
                        YAML::anchor_t anchor) {
    // A quoted scalar has the tag "!" too, but does not begin with it.
    const auto place = static_cast<std::size_t>(mark.pos);
    const bool begins_with_tag = place < text_.size() && text_[place] == '!';
    if ((tag != "?" && tag != "!") || (tag == "!" && begins_with_tag)) {
        fail(at(mark), "a YAML tag (!); tags are not allowed");
    }
    if (anchor != YAML::NullAnchor) {
        fail(at(mark), "a YAML anchor (&); anchors are not allowed");
    }
    if (++nodes_ > most_nodes) {
        fail(at(mark), fmt::format("too many values; allowed: {}", most_nodes));
    }
    Node node;
    node.kind = kind;
    node.place = at(mark);
    return node;
}

void TreeBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
    add(start(NodeKind::null, mark, "?", anchor));
}

void TreeBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) {
    fail(at(mark), "a YAML alias (*); aliases are not allowed");
}

void TreeBuilder::OnScalar(const YAML::Mark& mark,
                           const std::string& tag,
                           YAML::anchor_t anchor,
                           const std::string& value) {
    Node node =
        start(tag == "!" ? NodeKind::quoted : NodeKind::plain, mark, tag, anchor);
    node.text = value;
    add(std::move(node));
}

void TreeBuilder::OnSequenceStart(const YAML::Mark& mark,
                                  const std::string& tag,
                                  YAML::anchor_t anchor,
                                  YAML::EmitterStyle::value /*style*/) {
    open(start(NodeKind::list, mark, tag, anchor));
}

void TreeBuilder::OnMapStart(const YAML::Mark& mark,
                             const std::string& tag,
                             YAML::anchor_t anchor,
                             YAML::EmitterStyle::value /*style*/) {
    open(start(NodeKind::map, mark, tag, anchor));
}

void TreeBuilder::open(Node node) {
    if (++depth_ > deepest) {
        fail(node.place, fmt::format("nested too deeply; allowed: {} levels", deepest));
    }
    if (!open_.empty() && open_.back().node.kind == NodeKind::map &&
        !open_.back().key) {
        bad_key_ = bad_key_ ? bad_key_ : std::move(node);
        return;
    }
    if (!bad_key_) {
        open_.push_back({std::move(node)});
    }
}

void TreeBuilder::close() {
    --depth_;
    if (!bad_key_) {
        Node node = std::move(open_.back().node);
        open_.pop_back();
        add(std::move(node));
    }
}

void TreeBuilder::add(Node node) {
    if (bad_key_) {
        return;
    }
    if (open_.empty()) {
        root_ = std::move(node);
        return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == NodeKind::list) {
        parent.node.items.push_back(std::move(node));
    } else if (!parent.key) {
        add_key(parent, std::move(node));
    } else {
        if (node.kind == NodeKind::null) {
            node.place = parent.key->second;  // the parser's is that of what follows
        }
        parent.node.members.push_back(
            {std::move(parent.key->first), parent.key->second, std::move(node)});
        parent.key.reset();
    }
}

void TreeBuilder::add_key(Open& map, Node node) {
    if (node.kind == NodeKind::null) {
        bad_key_ = std::move(node);
        return;
    }
    if (node.kind == NodeKind::plain && node.text == "<<") {
        fail(node.place, "a YAML merge key (<<); merge keys are not allowed");
    }
    const auto [first, is_new] = map.keys.emplace(node.text, node.place);
    if (!is_new) {
        fail(node.place,
             fmt::format("duplicate key {}; it is already at {}",
                         shown(node.text),
                         to_text(first->second)));
    }
    map.key.emplace(std::move(node.text), node.place);
}

/// The line with the number counted from 0.
std::string_view line_of(std::string_view text, int number) {
    for (; number > 0; --number) {
        text.remove_prefix(std::min(text.size(), text.find('\n') + 1));
    }
    return text.substr(0, text.find('\n'));
}

std::string cause_of(const YAML::Exception& error, const std::string& text) {
    if (error.msg == "the referenced anchor is not defined") {
        return "a YAML alias (*); aliases are not allowed";
    }
    std::string cause = "not YAML: " + shown(error.msg);
    if (!error.mark.is_null()) {
        const std::string_view line = line_of(text, error.mark.line);
        const std::string_view indent = line.substr(0, line.find_first_not_of(" \t"));
        if (indent.find('\t') != std::string_view::npos) {
            cause += "; a tab indents the line; allowed: spaces";
        }
    }
    return cause;
}

}  // namespace

Node read_tree(const std::string& text,
               const std::shared_ptr<const std::string>& source,
               Lines lines) {
    const int first = lines == Lines::counted ? 1 : 0;
    const Place begin{source, first, first};
    check_characters(text, begin);
    constexpr std::string_view mark = "\xef\xbb\xbf";
    const std::string body = text.substr(
        std::string_view{text}.substr(0, mark.size()) == mark ? mark.size() : 0);
    TreeBuilder builder{body, source, lines};
    try {
        std::istringstream stream{body};
        YAML::Parser parser{stream};
        while (parser.HandleNextDocument(builder)) {
        }
    } catch (const YAML::Exception& error) {
        fail(builder.place_of(error), cause_of(error, body));
    }
    std::optional<Node> root = builder.take();
    if (!root || root->kind == NodeKind::null) {
        fail(begin, "empty; allowed: a value in YAML");
    }
    return std::move(*root);
}

}  // namespace tailrate::plan
