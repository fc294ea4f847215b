#include "runner/provenance.hpp"

#include <set>

#include "core/registry.hpp"
#include "runner/noise_digest.hpp"
#include "runner/result_file.hpp"

namespace tailrate::runner {
namespace {

struct Used {
    std::vector<std::string> names;
    std::vector<std::string> sources;
    std::vector<std::int32_t> versions;
};

template <class Interface>
void add_used(const plan::Experiment& experiment, plan::Section section, Used& used) {
    std::set<std::string> kinds;
    for (const plan::Choice& choice :
         experiment.choices[static_cast<std::size_t>(section)]) {
        kinds.insert(choice.kind);
    }
    for (const std::string& kind : kinds) {
        const core::Entry<Interface>& entry = core::catalogue<Interface>().at(kind);
        used.names.push_back(std::string{plan::section_name(section)} + "." + kind);
        used.sources.emplace_back(entry.source);
        used.versions.push_back(entry.version);
    }
}

}  // namespace

void write_provenance(storage::LabelledWriter& file, const plan::Study& study) {
    const plan::Experiment& experiment = study.experiment();
    file.scalar("/provenance/experiment_completed", experiment.completed);
    file.scalar("/provenance/experiment_as_read", experiment.source);
    file.scalar("/provenance/release", std::string{TAILRATE_VERSION});
    file.scalar("/provenance/engine_version", std::int32_t{plan::engine_version});
    file.scalar("/provenance/stream_version", std::int32_t{random::stream_version});
    file.scalar("/provenance/schema_version", std::int32_t{result_schema_version});
    Used used;
    add_used<model::Problem>(experiment, plan::Section::problem, used);
    add_used<model::Network>(experiment, plan::Section::network, used);
    add_used<model::Noise>(experiment, plan::Section::noise, used);
    add_used<model::Method>(experiment, plan::Section::method, used);
    file.scale("/provenance/entry", used.names);
    file.variable("/provenance/source",
                  storage::Type::text,
                  {"entry"},
                  storage::Layout::contiguous);
    file.write("/provenance/source", used.sources);
    file.variable("/provenance/kernel_version",
                  storage::Type::i32,
                  {"entry"},
                  storage::Layout::contiguous);
    file.write("/provenance/kernel_version", used.versions);
    file.variable("/provenance/noise_digest",
                  storage::Type::text,
                  {"cell"},
                  storage::Layout::contiguous,
                  {{"long_name", std::string{"SHA-256 of some scaled draws"}}});
    file.write("/provenance/noise_digest", noise_digests(study));
}

}  // namespace tailrate::runner
