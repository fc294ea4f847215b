#include "storage/hdf5_inventory.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>
#include <utility>

#include <hdf5_hl.h>

#include "storage/content_digest.hpp"
#include "storage/hdf5_values.hpp"

namespace tailrate::storage::hdf5 {
namespace {

constexpr std::size_t piece_values = 131072;  // read at a time, at least one row

using Addresses = std::map<haddr_t, std::string>;

/// What HDF5 and netCDF note on datasets.
bool is_bookkeeping(std::string_view name) {
    static constexpr std::array<std::string_view, 4> names{
        "CLASS", "NAME", "DIMENSION_LIST", "REFERENCE_LIST"};
    return name.starts_with("_Netcdf4") ||
           std::find(names.begin(), names.end(), name) != names.end();
}

herr_t append_link(hid_t /*group*/,
                   const char* name,
                   const H5L_info_t* link,
                   void* names) {
    if (link->type != H5L_TYPE_HARD) {
        return -1;
    }
    static_cast<std::vector<std::string>*>(names)->emplace_back(name);
    return 0;
}

herr_t append_attribute(hid_t /*object*/,
                        const char* name,
                        const H5A_info_t* /*attribute*/,
                        void* names) {
    static_cast<std::vector<std::string>*>(names)->emplace_back(name);
    return 0;
}

std::vector<std::string> links_of(const Caller& caller,
                                  hid_t group,
                                  const std::string& path) {
    std::vector<std::string> names;
    caller.check(
        H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, nullptr, append_link, &names),
        "list " + path);
    return names;
}

std::vector<Attribute> attributes_of(const Caller& caller,
                                     hid_t object,
                                     bool is_group,
                                     const std::string& path) {
    std::vector<std::string> names;
    caller.check(
        H5Aiterate2(
            object, H5_INDEX_NAME, H5_ITER_INC, nullptr, append_attribute, &names),
        "list the attributes of " + path);
    std::vector<Attribute> attributes;
    for (const std::string& name : names) {
        if (is_group || !is_bookkeeping(name)) {
            const Handle attribute =
                caller.take(H5Aopen(object, name.c_str(), H5P_DEFAULT),
                            "read " + attribute_path(path, name));
            attributes.push_back(read_attribute(caller, attribute.get(), name, path));
        }
    }
    return attributes;
}

/// Type and shape; a shape that the file cannot hold is refused before anybody
/// allocates memory for it.
StoredVariable describe(const Caller& caller, hid_t dataset, const std::string& path) {
    const Handle type = caller.take(H5Dget_type(dataset), "read " + path);
    const Handle space = caller.take(H5Dget_space(dataset), "read " + path);
    StoredVariable variable{
        decoded_type(caller, type.get(), path), shape_of(caller, space.get()), {}};
    std::error_code error;
    std::uintmax_t room = std::filesystem::file_size(caller.path(), error);
    for (const std::size_t length : variable.shape) {
        if (error || length == 0 || length > room) {
            caller.refuse(path + " has a shape that the file cannot hold");
        }
        room /= length;
    }
    return variable;
}

class Survey {
  public:
    Survey(const Caller& caller, hid_t file) : caller_{&caller}, file_{file} {}

    void visit(const std::string& path) {
        const Handle object =
            caller_->take(H5Oopen(file_, path.c_str(), H5P_DEFAULT), "open " + path);
        H5O_info_t about{};
        caller_->check(H5Oget_info(object.get(), &about), "open " + path);
        if (!addresses_.emplace(about.addr, path).second) {
            caller_->refuse(path + " is there twice");
        }
        const bool is_group = about.type == H5O_TYPE_GROUP;
        inventory_.attributes[path] =
            attributes_of(*caller_, object.get(), is_group, path);
        if (about.type == H5O_TYPE_DATASET) {
            inventory_.variables[path] = describe(*caller_, object.get(), path);
            return;
        }
        if (!is_group) {
            caller_->refuse(path + " is neither a group nor a dataset");
        }
        for (const std::string& name : links_of(*caller_, object.get(), path)) {
            visit(path.substr(path == "/" ? 1 : 0).append("/").append(name));
        }
    }

    /// Once all addresses are known.
    [[nodiscard]] Inventory finish() {
        for (auto& [path, variable] : inventory_.variables) {
            variable.dimensions = dimensions(path, variable.shape.size());
        }
        return std::move(inventory_);
    }

  private:
    [[nodiscard]] std::vector<std::string> dimensions(const std::string& path,
                                                      std::size_t rank) const {
        const Handle dataset =
            caller_->take(H5Dopen2(file_, path.c_str(), H5P_DEFAULT), "open " + path);
        if (H5DSis_scale(dataset.get()) > 0) {
            check_scale(dataset.get(), path, rank);
            return {path};
        }
        return rank == 0 ? std::vector<std::string>{}
                         : listed(dataset.get(), path, rank);
    }

    void check_scale(hid_t dataset, const std::string& path, std::size_t rank) const {
        std::array<char, 256> name{};
        const ssize_t size = H5DSget_scale_name(dataset, name.data(), name.size());
        const std::string_view expected =
            std::string_view{path}.substr(path.rfind('/') + 1);
        if (rank != 1 || size < 0 || name.data() != expected) {
            caller_->refuse(path + " is a damaged dimension scale");
        }
    }

    [[nodiscard]] std::vector<std::string> listed(hid_t dataset,
                                                  const std::string& path,
                                                  std::size_t rank) const {
        const std::string what = "read the dimensions of " + path;
        const Handle list =
            caller_->take(H5Aopen(dataset, "DIMENSION_LIST", H5P_DEFAULT), what);
        const Handle space = caller_->take(H5Aget_space(list.get()), what);
        const Handle type = caller_->take(H5Tvlen_create(H5T_STD_REF_OBJ), what);
        if (shape_of(*caller_, space.get()) != std::vector{rank}) {
            caller_->refuse(path + " has a damaged list of dimensions");
        }
        std::vector<hvl_t> axes(rank, hvl_t{0, nullptr});
        caller_->check(H5Aread(list.get(), type.get(), axes.data()), what);
        std::vector<std::string> scales;
        for (const hvl_t& axis : axes) {
            const auto found =
                axis.len == 1 && axis.p != nullptr
                    ? addresses_.find(*static_cast<const hobj_ref_t*>(axis.p))
                    : addresses_.end();
            scales.push_back(found == addresses_.end() ? "" : found->second);
        }
        H5Dvlen_reclaim(type.get(), space.get(), H5P_DEFAULT, axes.data());
        if (std::find(scales.begin(), scales.end(), "") != scales.end()) {
            caller_->refuse(path + " has an axis without a scale");
        }
        return scales;
    }

    const Caller* caller_;
    hid_t file_;
    Addresses addresses_;
    Inventory inventory_;
};

core::Digest variable_digest(const Caller& caller,
                             hid_t file,
                             const std::string& path,
                             const StoredVariable& variable) {
    const Handle dataset =
        caller.take(H5Dopen2(file, path.c_str(), H5P_DEFAULT), "open " + path);
    EntryDigest digest{path, variable.type, variable.shape, variable.dimensions};
    const std::size_t rows = variable.shape.empty() ? 1 : variable.shape.front();
    const std::size_t row = product(variable.shape) / rows;
    const std::size_t step = std::max<std::size_t>(1, piece_values / row);
    for (std::size_t first = 0; first < rows; first += step) {
        const std::size_t count = std::min(step, rows - first);
        digest.add(
            view(read_rows(caller, dataset.get(), variable, first, count, path)));
    }
    return digest.finish();
}

}  // namespace

Inventory take_inventory(const Caller& caller, hid_t file) {
    Survey survey{caller, file};
    survey.visit("/");
    return survey.finish();
}

core::Digest digest_content(const Caller& caller,
                            hid_t file,
                            const Inventory& inventory) {
    ContentDigest content;
    for (const auto& [path, attributes] : inventory.attributes) {
        for (const Attribute& attribute : attributes) {
            if (path != "/" || attribute.name != "content_sha256") {
                content.add(attribute_path(path, attribute.name),
                            attribute_digest(path, attribute));
            }
        }
    }
    for (const auto& [path, variable] : inventory.variables) {
        content.add(path, variable_digest(caller, file, path, variable));
    }
    return content.finish();
}

Array read_rows(const Caller& caller,
                hid_t dataset,
                const StoredVariable& variable,
                std::size_t first,
                std::size_t count,
                const std::string& path) {
    const Handle space = caller.take(H5Dget_space(dataset), "read " + path);
    select_rows(caller, space.get(), variable.shape, first, count);
    const std::size_t rows = variable.shape.empty() ? 1 : variable.shape.front();
    const std::size_t values = product(variable.shape) / rows * count;
    return read_values(caller, dataset, space.get(), variable.type, values, path);
}

}  // namespace tailrate::storage::hdf5
