#include "app/study_input.hpp"

#include <utility>

#include "app/memory_limit.hpp"

namespace tailrate::app {

plan::Study make_study(plan::Experiment experiment) {
    return plan::Study{std::move(experiment), memory_limit().bytes};
}

plan::Study load_study(const ExperimentOptions& options) {
    return make_study(
        plan::load(options.file, {.set = options.set, .seeds = options.seeds}));
}

std::filesystem::path result_path(const std::string& given, const plan::Study& study) {
    return given.empty()
               ? std::filesystem::path{"results"} / (study.experiment().name + ".h5")
               : std::filesystem::path{given};
}

}  // namespace tailrate::app
