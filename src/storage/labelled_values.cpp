#include "storage/labelled_values.hpp"

#include <array>

namespace tailrate::storage {

Type type_of(const Values& values) {
    return static_cast<Type>(values.index());
}

std::size_t count(const Values& values) {
    return std::visit([](const auto& span) { return span.size(); }, values);
}

Values view(const Scalar& scalar) {
    return std::visit(
        [](const auto& value) {
            return Values{std::span{&value, 1}};
        },
        scalar);
}

Values view(const Array& array) {
    return std::visit([](const auto& vector) { return Values{std::span{vector}}; },
                      array);
}

Values view(const Attribute& attribute) {
    return std::visit([](const auto& value) { return view(value); }, attribute.value);
}

bool is_scalar(const Attribute& attribute) {
    return std::holds_alternative<Scalar>(attribute.value);
}

std::string_view name_of(Type type) {
    static constexpr std::array<std::string_view, 5> names{
        "f64", "i64", "i32", "i8", "text"};
    return names[static_cast<std::size_t>(type)];
}

}  // namespace tailrate::storage
