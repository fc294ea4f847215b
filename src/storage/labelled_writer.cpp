#include "storage/labelled_writer.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include <fmt/format.h>
#include <hdf5_hl.h>

#include "core/contracts.hpp"
#include "storage/hdf5_chunk.hpp"
#include "storage/hdf5_create.hpp"
#include "storage/hdf5_values.hpp"
#include "storage/seal.hpp"

namespace tailrate::storage {
namespace {

constexpr std::size_t vector_chunk = 8192;  // elements of a variable of one dimension
constexpr std::size_t largest_in_memory = std::size_t{64} << 20U;  // bytes

bool is_name(std::string_view name) {
    return !name.empty() && name.front() != '.' &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
           });
}

std::string_view parent_of(std::string_view path) {
    const auto slash = path.rfind('/');
    return slash == 0 ? path.substr(0, 1) : path.substr(0, slash);
}

std::string_view last_of(std::string_view path) {
    return path.substr(path.rfind('/') + 1);
}

bool has_no_nul(const Values& values) {
    const auto* texts = std::get_if<std::span<const std::string>>(&values);
    return texts == nullptr ||
           std::all_of(texts->begin(), texts->end(), [](const auto& text) {
               return text.find('\0') == std::string::npos;
           });
}

std::vector<std::size_t> chunk_of(const std::vector<std::size_t>& shape,
                                  Layout layout) {
    if (layout == Layout::contiguous) {
        return {};
    }
    std::vector<std::size_t> chunk = shape;
    chunk.front() = shape.size() == 1 ? std::min(shape.front(), vector_chunk) : 1;
    return chunk;
}

std::size_t bytes_of(Type type) {
    static constexpr std::array<std::size_t, 5> sizes{8, 8, 4, 1, 16};
    return sizes[static_cast<std::size_t>(type)];
}

std::span<const std::byte> as_bytes(const Values& values) {
    return std::visit([](const auto& span) { return std::as_bytes(span); }, values);
}

std::size_t rows_in(const std::vector<std::size_t>& shape) {
    return shape.empty() ? 1 : shape.front();
}

}  // namespace

LabelledWriter::LabelledWriter(const std::filesystem::path& path,
                               const Schema& schema,
                               std::size_t expected_bytes)
    : temporary_{path},
      caller_{path},
      file_{hdf5::create_file(
          caller_, temporary_.path(), expected_bytes <= largest_in_memory)},
      paths_{"/"} {
    TAILRATE_EXPECTS(schema.name.starts_with("tailrate"));
    attribute("/", {"schema", schema.name});
    attribute("/", {"schema_version", schema.version});
}

void LabelledWriter::attribute(std::string_view group, const Attribute& attribute) {
    open_group(group);
    const std::string path{group};
    const hdf5::Handle object =
        caller_.take(H5Gopen2(file_.get(), path.c_str(), H5P_DEFAULT), "open " + path);
    add_attribute(object.get(), path, attribute);
}

void LabelledWriter::scale(std::string_view path,
                           const Values& values,
                           const std::vector<Attribute>& attributes) {
    TAILRATE_EXPECTS(count(values) > 0);
    const std::string name{path};
    const std::vector<std::size_t> shape{count(values)};
    hdf5::Handle dataset = create(name, type_of(values), shape, Layout::contiguous);
    caller_.check(H5DSset_scale(dataset.get(), std::string{last_of(path)}.c_str()),
                  "make a scale of " + name);
    for (const Attribute& attribute : attributes) {
        add_attribute(dataset.get(), path, attribute);
    }
    const hobj_ref_t reference = hdf5::reference_to(caller_, file_.get(), name);
    scales_.emplace(name, Scale{shape.front(), reference, {}});
    pending_.emplace(name,
                     Variable{.dataset = std::move(dataset),
                              .type = type_of(values),
                              .shape = shape,
                              .digest = EntryDigest{
                                  path, type_of(values), shape, std::array{name}}});
    write_rows(path, 0, values);
}

void LabelledWriter::variable(std::string_view path,
                              Type type,
                              const std::vector<std::string>& dimensions,
                              Layout layout,
                              const std::vector<Attribute>& attributes) {
    std::vector<std::string> scales;
    std::vector<std::size_t> shape;
    for (const std::string& dimension : dimensions) {
        const std::string scale = resolve(path, dimension);
        TAILRATE_EXPECTS(std::find(scales.begin(), scales.end(), scale) ==
                         scales.end());
        shape.push_back(scales_.at(scale).length);
        scales.push_back(scale);
    }
    const std::string name{path};
    hdf5::Handle dataset = create(name, type, shape, layout);
    if (!scales.empty()) {
        attach(dataset.get(), name, scales);
    }
    for (const Attribute& attribute : attributes) {
        add_attribute(dataset.get(), path, attribute);
    }
    const EntryDigest digest{path, type, shape, scales};
    pending_.emplace(
        name,
        Variable{.dataset = std::move(dataset),
                 .type = type,
                 .has_chunk_per_row = layout == Layout::chunked && shape.size() > 1,
                 .shape = shape,
                 .digest = digest});
}

void LabelledWriter::scalar(std::string_view path,
                            const Scalar& value,
                            const std::vector<Attribute>& attributes) {
    const Values values = view(value);
    variable(path, type_of(values), {}, Layout::contiguous, attributes);
    write_rows(path, 0, values);
}

void LabelledWriter::write(std::string_view path, const Values& values) {
    const auto found = pending_.find(path);
    TAILRATE_EXPECTS(found != pending_.end());
    TAILRATE_EXPECTS(count(values) == hdf5::product(found->second.shape));
    write_rows(path, 0, values);
}

void LabelledWriter::write_slab(std::string_view path,
                                std::size_t index,
                                const Values& values) {
    const auto found = pending_.find(path);
    TAILRATE_EXPECTS(found != pending_.end());
    const std::vector<std::size_t>& shape = found->second.shape;
    TAILRATE_EXPECTS(!shape.empty());
    TAILRATE_EXPECTS(count(values) == hdf5::product(shape) / shape.front());
    write_rows(path, index, values);
}

core::Digest LabelledWriter::finish() {
    TAILRATE_EXPECTS(pending_.empty());
    TAILRATE_EXPECTS(file_.get() >= 0);
    for (const auto& [path, scale] : scales_) {
        write_users(path, scale);
    }
    const core::Digest digest = content_.finish();
    hdf5::write_attribute(caller_, file_.get(), {"content_sha256", core::hex(digest)});
    caller_.check(H5Fflush(file_.get(), H5F_SCOPE_GLOBAL), "write to the disk");
    caller_.check(H5Fclose(file_.release()), "write to the disk");
    seal_file(temporary_.path());
    temporary_.publish();
    return digest;
}

void LabelledWriter::open_group(std::string_view path) {
    TAILRATE_EXPECTS(path.starts_with('/'));
    if (paths_.contains(path)) {
        return;
    }
    TAILRATE_EXPECTS(is_name(last_of(path)));
    open_group(parent_of(path));
    (void)hdf5::create_group(caller_, file_.get(), std::string{path});
    paths_.emplace(path);
}

hdf5::Handle LabelledWriter::create(const std::string& path,
                                    Type type,
                                    const std::vector<std::size_t>& shape,
                                    Layout layout) {
    TAILRATE_EXPECTS(path.starts_with('/') && is_name(last_of(path)));
    TAILRATE_EXPECTS(!paths_.contains(path));
    const bool is_chunked = layout == Layout::chunked;
    TAILRATE_EXPECTS(!is_chunked || (!shape.empty() && type != Type::text));
    hdf5::be_quiet();
    open_group(parent_of(path));
    const std::vector<std::size_t> chunk = chunk_of(shape, layout);
    const std::size_t chunk_bytes = hdf5::product(chunk) * bytes_of(type);
    if (is_chunked && chunk_bytes > largest_slab) {
        caller_.refuse(
            fmt::format("{} needs {} bytes for one index, HDF5 holds at most 4 GiB",
                        path,
                        chunk_bytes));
    }
    const hdf5::Handle stored = hdf5::file_type(caller_, type);
    const hdf5::Handle space = hdf5::make_space(caller_, shape);
    hdf5::Handle dataset = hdf5::create_dataset(
        caller_, file_.get(), path, stored.get(), space.get(), chunk, chunk_bytes);
    paths_.emplace(path);
    return dataset;
}

std::string LabelledWriter::resolve(std::string_view path,
                                    std::string_view name) const {
    std::string_view group = path;
    std::string scale;
    do {
        group = parent_of(group);
        scale = group == "/" ? "/" : std::string{group} + "/";
        scale += name;
    } while (!scales_.contains(scale) && group != "/");
    TAILRATE_EXPECTS(scales_.contains(scale));
    return scale;
}

void LabelledWriter::attach(hid_t dataset,
                            const std::string& path,
                            const std::vector<std::string>& scales) {
    const hobj_ref_t user = hdf5::reference_to(caller_, file_.get(), path);
    std::vector<hobj_ref_t> references;
    for (const std::string& name : scales) {
        Scale& scale = scales_.at(name);
        scale.users.emplace_back(user, static_cast<int>(references.size()));
        references.push_back(scale.reference);
    }
    hdf5::write_dimension_list(caller_, dataset, std::move(references));
}

void LabelledWriter::write_users(const std::string& path, const Scale& scale) {
    if (scale.users.empty()) {
        return;
    }
    const hdf5::Handle dataset =
        caller_.take(H5Dopen2(file_.get(), path.c_str(), H5P_DEFAULT), "open " + path);
    hdf5::write_reference_list(caller_, dataset.get(), scale.users);
}

void LabelledWriter::add_attribute(hid_t object,
                                   std::string_view path,
                                   const Attribute& attribute) {
    TAILRATE_EXPECTS(is_name(attribute.name) && attribute.name != "content_sha256");
    TAILRATE_EXPECTS(count(view(attribute)) > 0);
    TAILRATE_EXPECTS(has_no_nul(view(attribute)));
    hdf5::be_quiet();
    content_.add(attribute_path(path, attribute.name),
                 attribute_digest(path, attribute));
    hdf5::write_attribute(caller_, object, attribute);
}

void LabelledWriter::write_rows(std::string_view path,
                                std::size_t first,
                                const Values& values) {
    const auto found = pending_.find(path);
    Variable& variable = found->second;
    TAILRATE_EXPECTS(first == variable.rows);
    TAILRATE_EXPECTS(type_of(values) == variable.type);
    TAILRATE_EXPECTS(has_no_nul(values));
    hdf5::be_quiet();
    const std::size_t row = hdf5::product(variable.shape) / rows_in(variable.shape);
    const std::size_t rows = count(values) / row;
    if (variable.has_chunk_per_row) {
        hdf5::write_chunks(caller_,
                           variable.dataset.get(),
                           variable.shape.size(),
                           {first, first + rows},
                           as_bytes(values),
                           found->first);
    } else {
        const hdf5::Handle space = hdf5::make_space(caller_, variable.shape);
        hdf5::select_rows(caller_, space.get(), variable.shape, first, rows);
        hdf5::write_values(
            caller_, variable.dataset.get(), space.get(), values, found->first);
    }
    variable.digest.add(values);
    variable.rows += rows;
    if (variable.rows == rows_in(variable.shape)) {
        content_.add(found->first, variable.digest.finish());
        pending_.erase(found);
    }
}

}  // namespace tailrate::storage
