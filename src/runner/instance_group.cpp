#include <map>
#include <numeric>

#include "runner/result_file.hpp"

namespace tailrate::runner {
namespace {

using storage::Layout;
using storage::Type;

void write_array(storage::LabelledWriter& file,
                 const std::string& group,
                 const model::InstanceArray& array,
                 std::map<std::string, std::size_t>& scales) {
    for (std::size_t axis = 0; axis < array.shape.size(); ++axis) {
        if (scales.emplace(array.dimensions[axis], array.shape[axis]).second) {
            std::vector<std::int32_t> numbers(array.shape[axis]);
            std::iota(numbers.begin(), numbers.end(), 0);
            file.scale(group + "/" + array.dimensions[axis], numbers);
        }
    }
    const std::string path = group + "/" + array.name;
    file.variable(path, Type::f64, array.dimensions, Layout::contiguous);
    file.write(path, array.values);
}

}  // namespace

void write_instance(storage::LabelledWriter& file,
                    const model::Problem& problem,
                    std::size_t index) {
    const model::ProblemFacts& facts = problem.facts();
    const std::string group = "/instance/" + std::to_string(index);
    std::map<std::string, std::size_t> scales;
    write_array(file,
                group,
                {"x_star", {"dimension"}, {facts.dimension}, facts.x_star},
                scales);
    for (const model::InstanceArray& array : problem.arrays()) {
        write_array(file, group, array, scales);
    }
    file.scalar(group + "/f_star", facts.f_star);
    file.scalar(group + "/L", facts.L);
    file.scalar(group + "/mu", facts.mu);
    file.scalar(group + "/condition_number", facts.condition_number);
    file.scalar(group + "/condition_number_local", facts.condition_number_local);
    file.scalar(group + "/G", facts.G);
    file.scalar(group + "/max_residual_norm", facts.max_residual_norm);
    file.scalar(group + "/initial_distance", facts.initial_distance);
    if (const std::string digest = problem.data_digest(); !digest.empty()) {
        file.scalar(group + "/data_sha256", digest);
    }
}

Instances instances(const plan::Study& study) {
    Instances result;
    std::map<std::uint32_t, std::int32_t> number_of;
    for (const plan::Cell& cell : study.experiment().cells) {
        const auto next = static_cast<std::int32_t>(number_of.size());
        const auto [found, is_new] =
            number_of.emplace(cell.at(plan::Section::problem), next);
        if (is_new) {
            result.first_cell.push_back(result.of_cell.size());
        }
        result.of_cell.push_back(found->second);
    }
    return result;
}

}  // namespace tailrate::runner
