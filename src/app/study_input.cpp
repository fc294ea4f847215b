#include "app/study_input.hpp"

#include "app/memory_limit.hpp"

namespace tailrate::app {

plan::Study load_study(const ExperimentOptions& options) {
    return plan::Study{
        plan::load(options.file, {.set = options.set, .seeds = options.seeds}),
        memory_limit().bytes};
}

std::filesystem::path result_path(const std::string& given, const plan::Study& study) {
    return given.empty()
               ? std::filesystem::path{"results"} / (study.experiment().name + ".h5")
               : std::filesystem::path{given};
}

}  // namespace tailrate::app
