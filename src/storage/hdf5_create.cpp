#include "storage/hdf5_create.hpp"

#include "storage/hdf5_values.hpp"

namespace tailrate::storage::hdf5 {
namespace {

constexpr unsigned kept_order = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;

/// An entry of REFERENCE_LIST as the dimension scale specification lays it out.
struct ScaleUser {
    hobj_ref_t dataset = 0;
    int axis = 0;
    int padding = 0;  ///< part of the file: must have a value
};

Handle file_access(const Caller& caller) {
    Handle access = caller.take(H5Pcreate(H5P_FILE_ACCESS), "set up HDF5");
    caller.check(H5Pset_file_locking(access.get(), false, true), "set up HDF5");
    return access;
}

/// Of a file, group or dataset.
Handle creation_list(const Caller& caller, hid_t kind) {
    Handle list = caller.take(H5Pcreate(kind), "set up HDF5");
    caller.check(H5Pset_obj_track_times(list.get(), false), "set up HDF5");
    caller.check(H5Pset_attr_creation_order(list.get(), kept_order), "set up HDF5");
    if (kind != H5P_DATASET_CREATE) {
        caller.check(H5Pset_link_creation_order(list.get(), kept_order), "set up HDF5");
    }
    return list;
}

void set_chunks(const Caller& caller,
                hid_t creation,
                const std::vector<std::size_t>& chunk) {
    const std::vector<hsize_t> lengths(chunk.begin(), chunk.end());
    const int rank = static_cast<int>(lengths.size());
    caller.check(H5Pset_chunk(creation, rank, lengths.data()), "set up chunks");
    caller.check(H5Pset_fletcher32(creation), "set up chunks");
}

}  // namespace

Handle create_file(const Caller& caller,
                   const std::filesystem::path& path,
                   bool is_in_memory) {
    constexpr std::size_t increment = std::size_t{1} << 20U;
    be_quiet();
    const Handle access = file_access(caller);
    if (is_in_memory) {
        caller.check(H5Pset_fapl_core(access.get(), increment, true), "set up HDF5");
    }
    caller.check(H5Pset_libver_bounds(access.get(), H5F_LIBVER_V18, H5F_LIBVER_V18),
                 "set up HDF5");
    const Handle creation = creation_list(caller, H5P_FILE_CREATE);
    const hid_t id =
        H5Fcreate(path.c_str(), H5F_ACC_EXCL, creation.get(), access.get());
    return caller.take(id, "create the file");
}

Handle open_file(const Caller& caller) {
    be_quiet();
    const Handle access = file_access(caller);
    const hid_t id = H5Fopen(caller.path().c_str(), H5F_ACC_RDONLY, access.get());
    return caller.take(id, "read the file as HDF5");
}

Handle create_group(const Caller& caller, hid_t file, const std::string& path) {
    const Handle creation = creation_list(caller, H5P_GROUP_CREATE);
    return caller.take(
        H5Gcreate2(file, path.c_str(), H5P_DEFAULT, creation.get(), H5P_DEFAULT),
        "create group " + path);
}

Handle create_dataset(const Caller& caller,
                      hid_t file,
                      const std::string& path,
                      hid_t type,
                      hid_t space,
                      const std::vector<std::size_t>& chunk,
                      std::size_t chunk_bytes) {
    const Handle creation = creation_list(caller, H5P_DATASET_CREATE);
    const Handle access = caller.take(H5Pcreate(H5P_DATASET_ACCESS), "set up HDF5");
    caller.check(H5Pset_alloc_time(creation.get(), H5D_ALLOC_TIME_EARLY),
                 "set up HDF5");
    if (!chunk.empty()) {
        set_chunks(caller, creation.get(), chunk);
        // One chunk in memory: slabs come in ascending order.
        caller.check(H5Pset_chunk_cache(access.get(), 1, chunk_bytes, 1.0),
                     "set up chunks");
    }
    return caller.take(
        H5Dcreate2(
            file, path.c_str(), type, space, H5P_DEFAULT, creation.get(), access.get()),
        "create " + path);
}

hobj_ref_t reference_to(const Caller& caller, hid_t file, const std::string& path) {
    hobj_ref_t reference = 0;
    caller.check(H5Rcreate(&reference, file, path.c_str(), H5R_OBJECT, -1),
                 "refer to " + path);
    return reference;
}

void write_dimension_list(const Caller& caller,
                          hid_t dataset,
                          std::vector<hobj_ref_t> scales) {
    std::vector<hvl_t> axes;
    axes.reserve(scales.size());
    for (hobj_ref_t& scale : scales) {
        axes.push_back({1, &scale});
    }
    const Handle type = caller.take(H5Tvlen_create(H5T_STD_REF_OBJ), "attach scales");
    const Handle space = make_space(caller, {axes.size()});
    const Handle list = caller.take(H5Acreate2(dataset,
                                               "DIMENSION_LIST",
                                               type.get(),
                                               space.get(),
                                               H5P_DEFAULT,
                                               H5P_DEFAULT),
                                    "attach scales");
    caller.check(H5Awrite(list.get(), type.get(), axes.data()), "attach scales");
}

void write_reference_list(const Caller& caller,
                          hid_t scale,
                          const std::vector<std::pair<hobj_ref_t, int>>& users) {
    std::vector<ScaleUser> entries;
    entries.reserve(users.size());
    for (const auto& [dataset, axis] : users) {
        entries.push_back({dataset, axis});
    }
    const Handle type = caller.take(H5Tcreate(H5T_COMPOUND, sizeof(ScaleUser)),
                                    "list the users of a scale");
    caller.check(
        H5Tinsert(type.get(), "dataset", HOFFSET(ScaleUser, dataset), H5T_STD_REF_OBJ),
        "list the users of a scale");
    caller.check(
        H5Tinsert(type.get(), "dimension", HOFFSET(ScaleUser, axis), H5T_NATIVE_INT),
        "list the users of a scale");
    const Handle space = make_space(caller, {entries.size()});
    const Handle list = caller.take(
        H5Acreate2(
            scale, "REFERENCE_LIST", type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT),
        "list the users of a scale");
    caller.check(H5Awrite(list.get(), type.get(), entries.data()),
                 "list the users of a scale");
}

}  // namespace tailrate::storage::hdf5
