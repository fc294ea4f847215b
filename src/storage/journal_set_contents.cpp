#include <algorithm>
#include <optional>
#include <set>

#include "storage/journal_file.hpp"
#include "storage/journal_set.hpp"

// What a set of journals holds as a whole: conflicts, identities, experiments.

namespace tailrate::storage {

std::vector<JournalSet::Conflict> JournalSet::conflicts() {
    std::vector<Conflict> found;
    std::vector<std::size_t> damaged;
    std::size_t last = 0;
    for (std::size_t first = 0; first < copies_.size(); first = last) {
        bool is_suspect = false;
        for (last = first;
             last < copies_.size() && copies_[last].key == copies_[first].key;
             ++last) {
            is_suspect |= copies_[last].check != copies_[first].check;
        }
        if (!is_suspect) {
            continue;
        }
        std::optional<std::size_t> sound;
        for (std::size_t k = first; k < last; ++k) {
            if (!read_copy(copies_[k])) {
                damaged.push_back(k);
            } else if (!sound) {
                sound = k;
            } else if (copies_[k].check != copies_[*sound].check) {
                found.push_back({copies_[k].key,
                                 journals_[copies_[*sound].journal].path,
                                 journals_[copies_[k].journal].path});
                break;
            }
        }
    }
    for (auto k = damaged.rbegin(); k != damaged.rend(); ++k) {
        copies_.erase(copies_.begin() + static_cast<std::ptrdiff_t>(*k));
    }
    return found;
}

std::vector<std::string> JournalSet::identities() {
    std::set<std::string> identities;
    visit_identities([&](const std::string& text) { identities.insert(text); });
    return {identities.begin(), identities.end()};
}

void JournalSet::visit_identities(
    const std::function<void(const std::string&)>& visit) {
    for (std::uint32_t journal = 0; journal < journals_.size(); ++journal) {
        try {
            sqlite::Statement rows{connection(journal).database,
                                   "SELECT identity FROM cells",
                                   "read the journal"};
            while (rows.step()) {
                visit(rows.text(0));
            }
        } catch (const sqlite::Error& error) {
            skip(journals_[journal].path, explain(error));
        }
    }
}

std::filesystem::path JournalSet::journal_of(const ExperimentRecord& experiment) const {
    for (const Journal& journal : journals_) {
        const std::vector<ExperimentRecord>& own = journal.experiments;
        if (std::find(own.begin(), own.end(), experiment) != own.end()) {
            return journal.path;
        }
    }
    return {};
}

std::int64_t JournalSet::shards() const {
    std::int64_t most = 1;
    for (const Journal& journal : journals_) {
        if (const auto name = JournalName::parse(journal.path.filename().string())) {
            most = std::max(most, name->shards);
        }
    }
    return most;
}

std::vector<ExperimentRecord> JournalSet::experiments() const {
    std::vector<ExperimentRecord> all;
    for (const Journal& journal : journals_) {
        for (const ExperimentRecord& record : journal.experiments) {
            if (std::find(all.begin(), all.end(), record) == all.end()) {
                all.push_back(record);
            }
        }
    }
    return all;
}

std::vector<ExperimentRecord> JournalSet::shared_experiments() const {
    std::vector<ExperimentRecord> shared = experiments();
    std::erase_if(shared, [this](const ExperimentRecord& record) {
        return std::any_of(
            journals_.begin(), journals_.end(), [&](const Journal& journal) {
                const std::vector<ExperimentRecord>& own = journal.experiments;
                return !own.empty() &&
                       std::find(own.begin(), own.end(), record) == own.end();
            });
    });
    return shared;
}

}  // namespace tailrate::storage
