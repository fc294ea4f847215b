#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/sha256.hpp"
#include "storage/hdf5_handle.hpp"
#include "storage/hdf5_inventory.hpp"
#include "storage/labelled_values.hpp"

namespace tailrate::storage {

/// Reads what LabelledWriter wrote. Whatever is wrong with the file, also a variable
/// that it does not have or that has another type, is a core::StorageError that names
/// the path and the cause.
class LabelledReader {
  public:
    /// Opens the file and checks every value against content_sha256, a bounded piece at
    /// a time. `newest`: what the file must be, and the highest version understood.
    LabelledReader(const std::filesystem::path& path, const Schema& newest);

    [[nodiscard]] const std::filesystem::path& path() const { return caller_.path(); }

    [[nodiscard]] const core::Digest& digest() const { return digest_; }

    [[nodiscard]] std::int64_t version() const { return version_; }

    [[nodiscard]] bool has(const std::string& path) const;
    /// Paths of all variables and scales, ordered by their bytes.
    [[nodiscard]] std::vector<std::string> paths() const;
    [[nodiscard]] Type type(const std::string& path) const;
    [[nodiscard]] const std::vector<std::size_t>& shape(const std::string& path) const;
    /// Paths of the scales of its axes.
    [[nodiscard]] const std::vector<std::string>& dimensions(
        const std::string& path) const;

    /// All values, row-major; one for a scalar.
    [[nodiscard]] Array array(const std::string& path) const;
    /// The values at one index of the first dimension.
    [[nodiscard]] Array slab(const std::string& path, std::size_t index) const;

    [[nodiscard]] std::vector<double> f64(const std::string& path) const;
    [[nodiscard]] std::vector<std::int64_t> i64(const std::string& path) const;
    [[nodiscard]] std::vector<std::int32_t> i32(const std::string& path) const;
    [[nodiscard]] std::vector<std::int8_t> i8(const std::string& path) const;
    [[nodiscard]] std::vector<std::string> text(const std::string& path) const;
    [[nodiscard]] std::vector<double> f64_slab(const std::string& path,
                                               std::size_t index) const;

    /// Attributes of a group ("/" for the root) or variable.
    [[nodiscard]] const std::vector<Attribute>& attributes(
        const std::string& path) const;
    [[nodiscard]] bool has_attribute(const std::string& path,
                                     const std::string& name) const;
    [[nodiscard]] const Attribute& attribute(const std::string& path,
                                             const std::string& name) const;
    [[nodiscard]] double real_attribute(const std::string& path,
                                        const std::string& name) const;
    [[nodiscard]] std::int64_t integer_attribute(const std::string& path,
                                                 const std::string& name) const;
    [[nodiscard]] std::string text_attribute(const std::string& path,
                                             const std::string& name) const;

  private:
    [[nodiscard]] const hdf5::StoredVariable& variable(const std::string& path) const;
    [[nodiscard]] const Attribute* find_attribute(const std::string& path,
                                                  const std::string& name) const;
    [[nodiscard]] Array rows(const std::string& path,
                             const hdf5::StoredVariable& variable,
                             std::size_t first,
                             std::size_t count) const;
    void check_schema(const Schema& newest);
    void check_content();

    hdf5::Caller caller_;
    hdf5::Handle file_;
    hdf5::Inventory inventory_;
    core::Digest digest_{};
    std::int64_t version_ = 0;
};

/// Text attributes of the root by name, read without checking the content; those that
/// are there, and none where the file is damaged or not HDF5.
[[nodiscard]] std::map<std::string, std::string> peek_texts(
    const std::filesystem::path& path, const std::vector<std::string>& names);

}  // namespace tailrate::storage
