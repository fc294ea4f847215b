#include "plan/node.hpp"

namespace tailrate::plan {

const Node* Node::find(std::string_view key) const {
    for (const Member& member : members) {
        if (member.key == key) {
            return &member.value;
        }
    }
    return nullptr;
}

Node* Node::find(std::string_view key) {
    for (Member& member : members) {
        if (member.key == key) {
            return &member.value;
        }
    }
    return nullptr;
}

std::string described(const Node& node) {
    switch (node.kind) {
        case NodeKind::null:
            return "nothing";
        case NodeKind::list:
            return "a list";
        case NodeKind::map:
            return "a map";
        case NodeKind::plain:
        case NodeKind::quoted:
            break;
    }
    return shown(node.text);
}

}  // namespace tailrate::plan
