#pragma once

#include <functional>
#include <string>

#include <CLI/CLI.hpp>

#include "app/commands.hpp"

namespace tailrate::app {

/// Everything the command line can say.
class CommandLine {
  public:
    CLI::App line{
        "tailrate measures how fast distributed first-order methods converge "
        "under heavy-tailed gradient noise.",
        "tailrate"};
    std::function<int()> command;  ///< what it asked for, after parsing

    CommandLine();

  private:
    void add_run();
    void add_merge();
    void add_tune();
    void add_plan();
    void add_rates();
    void add_check();
    void add_compare();
    void add_catalogue();
    void add_trace();
    void add_sample();
    void add_law_option(CLI::App& command_line,
                        const std::string& option,
                        const std::string& parameter);
    void add_verify();
    void add_info();

    RunOptions run_;
    MergeOptions merge_;
    TuneOptions tune_;
    PlanOptions plan_;
    RatesOptions rates_;
    CheckOptions check_;
    CompareOptions compare_;
    ListOptions list_;
    DescribeOptions describe_;
    TraceOptions trace_;
    SampleOptions sample_;
    VerifyOptions verify_;
    InfoOptions info_;
};

}  // namespace tailrate::app
