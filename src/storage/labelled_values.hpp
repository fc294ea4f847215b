#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// Labelled files answer one question: which numbers belong to which coordinates. They
// know arrays, axes and attributes, not what these mean; the runner says which exist.

namespace tailrate::storage {

/// What a labelled file can hold. Enumerations are i8 with the attributes flag_values
/// and flag_meanings: HDF5's own enums and booleans vanish in netCDF.
enum class Type { f64, i64, i32, i8, text };

/// Values of one type, seen and not owned; alternatives in the order of Type. Vectors,
/// arrays and spans convert by themselves.
using Values = std::variant<std::span<const double>,
                            std::span<const std::int64_t>,
                            std::span<const std::int32_t>,
                            std::span<const std::int8_t>,
                            std::span<const std::string>>;

/// Values of one type, owned; alternatives in the order of Type.
using Array = std::variant<std::vector<double>,
                           std::vector<std::int64_t>,
                           std::vector<std::int32_t>,
                           std::vector<std::int8_t>,
                           std::vector<std::string>>;

/// One value; alternatives in the order of Type.
using Scalar =
    std::variant<double, std::int64_t, std::int32_t, std::int8_t, std::string>;

/// A named value on a group or variable; arrays have at least one element.
struct Attribute {
    std::string name;
    std::variant<Scalar, Array> value;

    Attribute(std::string attribute_name, Scalar scalar)
        : name{std::move(attribute_name)},
          value{std::move(scalar)} {}

    Attribute(std::string attribute_name, Array array)
        : name{std::move(attribute_name)},
          value{std::move(array)} {}
};

/// Root attributes `schema` and `schema_version`: what the file is.
struct Schema {
    std::string name;  ///< starts with "tailrate", for example "tailrate-result"
    std::int64_t version = 1;
};

[[nodiscard]] Type type_of(const Values& values);
[[nodiscard]] std::size_t count(const Values& values);
[[nodiscard]] Values view(const Scalar& scalar);
[[nodiscard]] Values view(const Array& array);
[[nodiscard]] Values view(const Attribute& attribute);
[[nodiscard]] bool is_scalar(const Attribute& attribute);

/// "f64", "i64", "i32", "i8", "text".
[[nodiscard]] std::string_view name_of(Type type);

}  // namespace tailrate::storage
