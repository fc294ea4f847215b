#include "storage/journal.hpp"

#include <bit>
#include <cstddef>

#include <fmt/format.h>
#include <unistd.h>

#include "storage/process.hpp"
#include "storage/temporary_file.hpp"

namespace tailrate::storage {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::string_view extension = ".sqlite";

/// Cuts what follows the last dot off `text`.
std::string_view pop_part(std::string_view& text) {
    const auto dot = text.rfind('.');
    if (dot == std::string_view::npos) {
        return {};
    }
    const std::string_view part = text.substr(dot + 1);
    text = text.substr(0, dot);
    return part;
}

}  // namespace

std::string JournalName::text() const {
    return fmt::format(
        "{}-of-{}.{}.{}.{}{}", shard, shards, host, pid, random, extension);
}

std::optional<JournalName> JournalName::parse(std::string_view text) {
    // From the right, because the name of the host may have dots.
    if (!text.ends_with(extension)) {
        return std::nullopt;
    }
    text.remove_suffix(extension.size());
    JournalName name;
    name.random = pop_part(text);
    const std::optional<std::int64_t> pid = whole_number(pop_part(text));
    const auto dot = text.find('.');
    const auto of = text.find("-of-");
    if (!pid || dot == std::string_view::npos || of == std::string_view::npos ||
        of > dot) {
        return std::nullopt;
    }
    const std::optional<std::int64_t> shard = whole_number(text.substr(0, of));
    const std::optional<std::int64_t> shards =
        whole_number(text.substr(of + 4, dot - of - 4));
    if (!shard || !shards) {
        return std::nullopt;
    }
    name.shard = *shard;
    name.shards = *shards;
    name.host = text.substr(dot + 1);
    name.pid = *pid;
    return name;
}

JournalName JournalName::of_this_process(std::int64_t shard, std::int64_t shards) {
    return {shard, shards, host_name(), ::getpid(), random_token()};
}

bool JournalName::writer_is_gone() const {
    return is_gone(host, pid);
}

std::filesystem::path journal_folder(const std::filesystem::path& output) {
    std::filesystem::path folder = output;
    if (folder.extension() == ".h5") {
        folder.replace_extension();
    }
    folder += ".journal";
    return folder;
}

core::Digest experiment_digest(const ExperimentRecord& experiment) {
    core::Sha256 hash;
    for (const std::string* text :
         {&experiment.name, &experiment.text, &experiment.source}) {
        const std::uint64_t size = text->size();
        hash.update(std::as_bytes(std::span{&size, 1}));
        hash.update(*text);
    }
    return hash.finish();
}

core::Digest row_digest(const core::Digest& key, std::span<const double> values) {
    const std::uint64_t size = values.size();
    core::Sha256 hash;
    hash.update(std::as_bytes(std::span{key}));
    hash.update(std::as_bytes(std::span{&size, 1}));
    hash.update(std::as_bytes(values));
    return hash.finish();
}

core::Digest snapshot_digest(const core::Digest& key, const Snapshot& snapshot) {
    const std::uint64_t size = snapshot.state.size();
    core::Sha256 hash;
    hash.update("snapshot");
    hash.update(std::as_bytes(std::span{key}));
    hash.update(std::as_bytes(std::span{&snapshot.iteration, 1}));
    hash.update(std::as_bytes(std::span{&size, 1}));
    hash.update(std::as_bytes(std::span{snapshot.state}));
    return hash.finish();
}

}  // namespace tailrate::storage
