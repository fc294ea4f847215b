#include <algorithm>
#include <cstring>
#include <tuple>

#include <fmt/format.h>

#include "storage/journal_file.hpp"
#include "storage/journal_set.hpp"

namespace tailrate::storage {
namespace {

constexpr std::string_view reading = "read the journal";
constexpr std::int64_t first_schema = 2;

/// False where the row is no snapshot, or is not there any more.
bool read_row(sqlite::Statement& row, Snapshot& snapshot, core::Digest& digest) {
    if (!row.step() || !to_digest(row.blob(1), digest)) {
        return false;
    }
    snapshot.iteration = row.integer(0);
    const std::span<const std::byte> bytes = row.blob(2);
    snapshot.state.resize(bytes.size() / sizeof(double));
    if (!snapshot.state.empty()) {
        std::memcpy(snapshot.state.data(),
                    bytes.data(),
                    snapshot.state.size() * sizeof(double));
    }
    return true;
}

}  // namespace

std::optional<Snapshot> JournalSet::snapshot(const core::Digest& key) {
    const auto is_before = [](const SnapshotCopy& copy, const core::Digest& wanted) {
        return copy.key < wanted;
    };
    auto copy = std::lower_bound(snapshots_.begin(), snapshots_.end(), key, is_before);
    while (copy != snapshots_.end() && copy->key == key) {
        if (std::optional<Snapshot> found = read_snapshot(*copy)) {
            return found;
        }
        copy = snapshots_.erase(copy);
    }
    return std::nullopt;
}

std::int64_t JournalSet::snapshot_iteration(const core::Digest& key) const {
    const auto found = std::lower_bound(
        snapshots_.begin(),
        snapshots_.end(),
        key,
        [](const SnapshotCopy& copy, const core::Digest& k) { return copy.key < k; });
    return found != snapshots_.end() && found->key == key ? found->iteration : 0;
}

void JournalSet::add_snapshots(const sqlite::Database& database) {
    const auto journal = static_cast<std::uint32_t>(journals_.size() - 1);
    try {
        sqlite::Statement schema{database, "PRAGMA user_version", reading};
        if (!schema.step() || schema.integer(0) < first_schema) {
            return;
        }
        sqlite::Statement rows{
            database, "SELECT id, key, iteration FROM snapshots", reading};
        while (rows.step()) {
            SnapshotCopy copy{{}, rows.integer(2), rows.integer(0), journal};
            if (to_digest(rows.blob(1), copy.key)) {
                snapshots_.push_back(copy);
            }
        }
    } catch (const sqlite::Error& error) {
        skip(journals_[journal].path, fmt::format("snapshots: {}", explain(error)));
    }
}

void JournalSet::sort_snapshots() {
    std::sort(snapshots_.begin(),
              snapshots_.end(),
              [](const SnapshotCopy& a, const SnapshotCopy& b) {
                  return std::tie(a.key, b.iteration, a.journal, a.row) <
                         std::tie(b.key, a.iteration, b.journal, b.row);
              });
}

std::optional<Snapshot> JournalSet::read_snapshot(const SnapshotCopy& copy) {
    if (journals_[copy.journal].is_locked) {
        return std::nullopt;
    }
    try {
        sqlite::Statement row{
            connection(copy.journal).database,
            "SELECT iteration, digest, state FROM snapshots WHERE id = ? AND key = ?",
            reading};
        row.bind(1, copy.row).bind(2, std::as_bytes(std::span{copy.key}));
        Snapshot snapshot;
        core::Digest stored{};
        if (!read_row(row, snapshot, stored)) {
            return std::nullopt;
        }
        if (snapshot_digest(copy.key, snapshot) == stored) {
            return snapshot;
        }
        skip(journals_[copy.journal].path,
             fmt::format("snapshot {} is damaged", copy.row));
    } catch (const sqlite::Error& error) {
        give_up(copy.journal, fmt::format("snapshot {}", copy.row), error);
    }
    return std::nullopt;
}

}  // namespace tailrate::storage
