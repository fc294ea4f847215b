#include "storage/hdf5_values.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <numeric>

#include <fmt/format.h>

namespace tailrate::storage::hdf5 {
namespace {

constexpr auto variable_length =
    static_cast<std::size_t>(-1);  // H5T_VARIABLE, cast in C

using Transfer = std::function<herr_t(hid_t memory_type, void* buffer)>;
using ConstTransfer = std::function<herr_t(hid_t memory_type, const void* buffer)>;

/// Texts that HDF5 has allocated.
class ReadTexts {
  public:
    ReadTexts(hid_t type, std::size_t count) : type_{type}, pointers_(count, nullptr) {}

    ReadTexts(const ReadTexts&) = delete;
    ReadTexts& operator=(const ReadTexts&) = delete;
    ReadTexts(ReadTexts&&) = delete;
    ReadTexts& operator=(ReadTexts&&) = delete;

    ~ReadTexts() {
        for (char* pointer : pointers_) {
            H5free_memory(pointer);
        }
    }

    [[nodiscard]] hid_t type() const { return type_; }

    [[nodiscard]] void* data() { return pointers_.data(); }

    /// An empty text is a null pointer.
    [[nodiscard]] std::vector<std::string> copy() const {
        std::vector<std::string> texts;
        texts.reserve(pointers_.size());
        for (const char* pointer : pointers_) {
            texts.emplace_back(pointer == nullptr ? "" : pointer);
        }
        return texts;
    }

  private:
    hid_t type_;
    std::vector<char*> pointers_;
};

template <class T>
Array read_numbers(const Transfer& transfer,
                   hid_t type,
                   std::size_t count,
                   herr_t& status) {
    std::vector<T> numbers(count);
    status = transfer(type, numbers.data());
    return numbers;
}

Array read_array(const Caller& caller,
                 Type type,
                 std::size_t count,
                 const Transfer& transfer,
                 const std::string& path) {
    const Handle memory = file_type(caller, type);
    herr_t status = 0;
    Array array;
    switch (type) {
        case Type::f64:
            array = read_numbers<double>(transfer, memory.get(), count, status);
            break;
        case Type::i64:
            array = read_numbers<std::int64_t>(transfer, memory.get(), count, status);
            break;
        case Type::i32:
            array = read_numbers<std::int32_t>(transfer, memory.get(), count, status);
            break;
        case Type::i8:
            array = read_numbers<std::int8_t>(transfer, memory.get(), count, status);
            break;
        case Type::text: {
            ReadTexts texts{memory.get(), count};
            status = transfer(texts.type(), texts.data());
            if (status >= 0) {
                array = texts.copy();
            }
        }
    }
    caller.check(status, "read " + path);
    return array;
}

herr_t write_array(const Caller& caller,
                   const Values& values,
                   const ConstTransfer& transfer) {
    const Handle memory = file_type(caller, type_of(values));
    if (const auto* texts = std::get_if<std::span<const std::string>>(&values)) {
        std::vector<const char*> pointers(texts->size());
        std::transform(
            texts->begin(), texts->end(), pointers.begin(), [](const auto& text) {
                return text.c_str();
            });
        return transfer(memory.get(), pointers.data());
    }
    const void* data = std::visit(
        [](const auto& span) { return static_cast<const void*>(span.data()); }, values);
    return transfer(memory.get(), data);
}

Scalar first_of(const Array& array) {
    return std::visit([](const auto& values) { return Scalar{values.front()}; }, array);
}

/// For reading and writing: HDF5 allocates and clears two buffers at each transfer that
/// converts, of 1 MiB by default, which took most of the time of small files.
Handle transfer_list(const Caller& caller) {
    constexpr std::size_t buffer_bytes = 16384;
    Handle list = caller.take(H5Pcreate(H5P_DATASET_XFER), "prepare a transfer");
    caller.check(H5Pset_buffer(list.get(), buffer_bytes, nullptr, nullptr),
                 "prepare a transfer");
    return list;
}

}  // namespace

Handle file_type(const Caller& caller, Type type) {
    if (type == Type::text) {
        Handle text = caller.take(H5Tcopy(H5T_C_S1), "make a type");
        caller.check(H5Tset_size(text.get(), variable_length), "make a type");
        caller.check(H5Tset_cset(text.get(), H5T_CSET_UTF8), "make a type");
        return text;
    }
    const std::array<hid_t, 4> stored{
        H5T_IEEE_F64LE, H5T_STD_I64LE, H5T_STD_I32LE, H5T_STD_I8LE};
    return caller.take(H5Tcopy(stored[static_cast<std::size_t>(type)]), "make a type");
}

Type decoded_type(const Caller& caller, hid_t stored, const std::string& path) {
    const H5T_class_t kind = H5Tget_class(stored);
    const std::size_t size = H5Tget_size(stored);
    if (kind == H5T_STRING && H5Tis_variable_str(stored) > 0) {
        return Type::text;
    }
    if (kind == H5T_FLOAT && size == 8) {
        return Type::f64;
    }
    if (kind == H5T_INTEGER && H5Tget_sign(stored) == H5T_SGN_2) {
        if (size == 8) {
            return Type::i64;
        }
        if (size == 4) {
            return Type::i32;
        }
        if (size == 1) {
            return Type::i8;
        }
    }
    caller.refuse(path + " has a type that tailrate does not write");
}

Handle make_space(const Caller& caller, const std::vector<std::size_t>& shape) {
    if (shape.empty()) {
        return caller.take(H5Screate(H5S_SCALAR), "make a dataspace");
    }
    const std::vector<hsize_t> lengths(shape.begin(), shape.end());
    const int rank = static_cast<int>(lengths.size());
    return caller.take(H5Screate_simple(rank, lengths.data(), nullptr),
                       "make a dataspace");
}

std::vector<std::size_t> shape_of(const Caller& caller, hid_t space) {
    const int rank = H5Sget_simple_extent_ndims(space);
    caller.check(rank, "read a shape");
    std::vector<hsize_t> lengths(static_cast<std::size_t>(rank));
    caller.check(H5Sget_simple_extent_dims(space, lengths.data(), nullptr),
                 "read a shape");
    return {lengths.begin(), lengths.end()};
}

std::size_t product(const std::vector<std::size_t>& shape) {
    return std::accumulate(
        shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>{});
}

void select_rows(const Caller& caller,
                 hid_t space,
                 const std::vector<std::size_t>& shape,
                 std::size_t first,
                 std::size_t count) {
    if (shape.empty()) {
        return;
    }
    std::vector<hsize_t> start(shape.size(), 0);
    std::vector<hsize_t> size(shape.begin(), shape.end());
    start.front() = first;
    size.front() = count;
    caller.check(
        H5Sselect_hyperslab(
            space, H5S_SELECT_SET, start.data(), nullptr, size.data(), nullptr),
        "select a slab");
}

void write_values(const Caller& caller,
                  hid_t dataset,
                  hid_t space,
                  const Values& values,
                  const std::string& path) {
    const Handle memory = make_space(caller, {count(values)});
    const Handle list = transfer_list(caller);
    const auto transfer = [&](hid_t type, const void* buffer) {
        return H5Dwrite(dataset, type, memory.get(), space, list.get(), buffer);
    };
    caller.check(write_array(caller, values, transfer), "write " + path);
}

Array read_values(const Caller& caller,
                  hid_t dataset,
                  hid_t space,
                  Type type,
                  std::size_t count,
                  const std::string& path) {
    const Handle memory = make_space(caller, {count});
    const Handle list = transfer_list(caller);
    const auto transfer = [&](hid_t memory_type, void* buffer) {
        return H5Dread(dataset, memory_type, memory.get(), space, list.get(), buffer);
    };
    return read_array(caller, type, count, transfer, path);
}

void write_attribute(const Caller& caller, hid_t object, const Attribute& attribute) {
    const Values values = view(attribute);
    const std::string what = "write attribute " + attribute.name;
    const Handle type = file_type(caller, type_of(values));
    const Handle space = make_space(
        caller,
        is_scalar(attribute) ? std::vector<std::size_t>{} : std::vector{count(values)});
    const Handle written = caller.take(H5Acreate2(object,
                                                  attribute.name.c_str(),
                                                  type.get(),
                                                  space.get(),
                                                  H5P_DEFAULT,
                                                  H5P_DEFAULT),
                                       what);
    const auto transfer = [&](hid_t memory_type, const void* buffer) {
        return H5Awrite(written.get(), memory_type, buffer);
    };
    caller.check(write_array(caller, values, transfer), what);
}

Attribute read_attribute(const Caller& caller,
                         hid_t attribute,
                         const std::string& name,
                         const std::string& path) {
    const std::string full = path + "@" + name;
    const Handle stored = caller.take(H5Aget_type(attribute), "read " + full);
    const Handle space = caller.take(H5Aget_space(attribute), "read " + full);
    const std::vector<std::size_t> shape = shape_of(caller, space.get());
    if (shape.size() > 1 || product(shape) == 0) {
        caller.refuse(full + " has a shape that tailrate does not write");
    }
    const auto transfer = [&](hid_t memory_type, void* buffer) {
        return H5Aread(attribute, memory_type, buffer);
    };
    Array array = read_array(caller,
                             decoded_type(caller, stored.get(), full),
                             product(shape),
                             transfer,
                             full);
    return shape.empty() ? Attribute{name, first_of(array)}
                         : Attribute{name, std::move(array)};
}

}  // namespace tailrate::storage::hdf5
