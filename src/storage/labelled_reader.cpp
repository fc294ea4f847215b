#include "storage/labelled_reader.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "core/errors.hpp"
#include "storage/hdf5_create.hpp"
#include "storage/hdf5_values.hpp"
#include "storage/seal.hpp"

namespace tailrate::storage {
namespace {

template <class T>
std::vector<T> only(const hdf5::Caller& caller, Array array, const std::string& path) {
    auto* values = std::get_if<std::vector<T>>(&array);
    if (values == nullptr) {
        caller.refuse(
            fmt::format("{} is {}", path, name_of(static_cast<Type>(array.index()))));
    }
    return std::move(*values);
}

template <class T>
T only(const hdf5::Caller& caller,
       const Attribute& attribute,
       const std::string& path) {
    const auto* scalar = std::get_if<Scalar>(&attribute.value);
    const T* value = scalar == nullptr ? nullptr : std::get_if<T>(scalar);
    if (value == nullptr) {
        caller.refuse(
            fmt::format("attribute {} of {} has another type", attribute.name, path));
    }
    return *value;
}

}  // namespace

LabelledReader::LabelledReader(const std::filesystem::path& path, const Schema& newest)
    : caller_{path} {
    if (check_seal(path) == Seal::broken) {
        caller_.refuse("damaged: its bytes are not those that were written");
    }
    file_ = hdf5::open_file(caller_);
    check_schema(newest);
    inventory_ = hdf5::take_inventory(caller_, file_.get());
    check_content();
}

bool LabelledReader::has(const std::string& path) const {
    return inventory_.variables.contains(path);
}

std::vector<std::string> LabelledReader::paths() const {
    std::vector<std::string> paths;
    for (const auto& entry : inventory_.variables) {
        paths.push_back(entry.first);
    }
    return paths;
}

Type LabelledReader::type(const std::string& path) const {
    return variable(path).type;
}

const std::vector<std::size_t>& LabelledReader::shape(const std::string& path) const {
    return variable(path).shape;
}

const std::vector<std::string>& LabelledReader::dimensions(
    const std::string& path) const {
    return variable(path).dimensions;
}

Array LabelledReader::array(const std::string& path) const {
    const hdf5::StoredVariable& found = variable(path);
    return rows(path, found, 0, found.shape.empty() ? 1 : found.shape.front());
}

Array LabelledReader::slab(const std::string& path, std::size_t index) const {
    const hdf5::StoredVariable& found = variable(path);
    if (found.shape.empty() || index >= found.shape.front()) {
        caller_.refuse(fmt::format("{} has no index {}", path, index));
    }
    return rows(path, found, index, 1);
}

std::vector<double> LabelledReader::f64(const std::string& path) const {
    return only<double>(caller_, array(path), path);
}

std::vector<std::int64_t> LabelledReader::i64(const std::string& path) const {
    return only<std::int64_t>(caller_, array(path), path);
}

std::vector<std::int32_t> LabelledReader::i32(const std::string& path) const {
    return only<std::int32_t>(caller_, array(path), path);
}

std::vector<std::int8_t> LabelledReader::i8(const std::string& path) const {
    return only<std::int8_t>(caller_, array(path), path);
}

std::vector<std::string> LabelledReader::text(const std::string& path) const {
    return only<std::string>(caller_, array(path), path);
}

std::vector<double> LabelledReader::f64_slab(const std::string& path,
                                             std::size_t index) const {
    return only<double>(caller_, slab(path, index), path);
}

const std::vector<Attribute>& LabelledReader::attributes(
    const std::string& path) const {
    const auto found = inventory_.attributes.find(path);
    if (found == inventory_.attributes.end()) {
        caller_.refuse("there is no " + path);
    }
    return found->second;
}

bool LabelledReader::has_attribute(const std::string& path,
                                   const std::string& name) const {
    return find_attribute(path, name) != nullptr;
}

const Attribute& LabelledReader::attribute(const std::string& path,
                                           const std::string& name) const {
    const Attribute* found = find_attribute(path, name);
    if (found == nullptr) {
        caller_.refuse(fmt::format("{} has no attribute {}", path, name));
    }
    return *found;
}

double LabelledReader::real_attribute(const std::string& path,
                                      const std::string& name) const {
    return only<double>(caller_, attribute(path, name), path);
}

std::int64_t LabelledReader::integer_attribute(const std::string& path,
                                               const std::string& name) const {
    return only<std::int64_t>(caller_, attribute(path, name), path);
}

std::string LabelledReader::text_attribute(const std::string& path,
                                           const std::string& name) const {
    return only<std::string>(caller_, attribute(path, name), path);
}

const hdf5::StoredVariable& LabelledReader::variable(const std::string& path) const {
    const auto found = inventory_.variables.find(path);
    if (found == inventory_.variables.end()) {
        caller_.refuse("there is no variable " + path);
    }
    return found->second;
}

const Attribute* LabelledReader::find_attribute(const std::string& path,
                                                const std::string& name) const {
    const auto object = inventory_.attributes.find(path);
    if (object == inventory_.attributes.end()) {
        return nullptr;
    }
    const std::vector<Attribute>& all = object->second;
    const auto found = std::find_if(
        all.begin(), all.end(), [&](const Attribute& a) { return a.name == name; });
    return found == all.end() ? nullptr : &*found;
}

Array LabelledReader::rows(const std::string& path,
                           const hdf5::StoredVariable& variable,
                           std::size_t first,
                           std::size_t count) const {
    hdf5::be_quiet();
    const hdf5::Handle dataset =
        caller_.take(H5Dopen2(file_.get(), path.c_str(), H5P_DEFAULT), "open " + path);
    return hdf5::read_rows(caller_, dataset.get(), variable, first, count, path);
}

void LabelledReader::check_schema(const Schema& newest) {
    const auto read = [this](const char* name) -> std::optional<Attribute> {
        if (H5Aexists(file_.get(), name) <= 0) {
            return std::nullopt;
        }
        const hdf5::Handle attribute =
            caller_.take(H5Aopen(file_.get(), name, H5P_DEFAULT), "read its schema");
        return hdf5::read_attribute(caller_, attribute.get(), name, "/");
    };
    const std::optional<Attribute> schema = read("schema");
    const std::optional<Attribute> version = read("schema_version");
    if (!schema || !version) {
        caller_.refuse(
            "is no file of tailrate: it has no attributes schema, schema_version");
    }
    const auto name = only<std::string>(caller_, *schema, "/");
    if (name != newest.name) {
        caller_.refuse(fmt::format("is a {} file, not a {} file", name, newest.name));
    }
    version_ = only<std::int64_t>(caller_, *version, "/");
    if (version_ > newest.version) {
        throw core::SchemaError{
            fmt::format("{}: was written by a newer tailrate: its schema version is "
                        "{}, this program reads up to {}",
                        caller_.path().string(),
                        version_,
                        newest.version)};
    }
}

void LabelledReader::check_content() {
    digest_ = hdf5::digest_content(caller_, file_.get(), inventory_);
    if (text_attribute("/", "content_sha256") != core::hex(digest_)) {
        caller_.refuse(
            "the content does not match its content_sha256: changed or damaged");
    }
}

std::map<std::string, std::string> peek_texts(const std::filesystem::path& path,
                                              const std::vector<std::string>& names) {
    std::map<std::string, std::string> texts;
    try {
        if (check_seal(path) == Seal::broken) {
            return texts;
        }
        const hdf5::Caller caller{path};
        const hdf5::Handle file = hdf5::open_file(caller);
        for (const std::string& name : names) {
            if (H5Aexists(file.get(), name.c_str()) > 0) {
                const hdf5::Handle attribute = caller.take(
                    H5Aopen(file.get(), name.c_str(), H5P_DEFAULT), "read " + name);
                texts[name] = only<std::string>(
                    caller,
                    hdf5::read_attribute(caller, attribute.get(), name, "/"),
                    "/");
            }
        }
    } catch (const core::StorageError&) {
        texts.clear();
    }
    return texts;
}

}  // namespace tailrate::storage
