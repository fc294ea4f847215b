#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "app/command_line.hpp"
#include "app/exit_codes.hpp"
#include "core/errors.hpp"

namespace {

using namespace tailrate;

/// A first word that is no command, with those that are; nothing when it is one.
std::string unknown_command(const CLI::App& line, const std::string& word) {
    std::vector<std::string> commands;
    std::string all;
    for (const CLI::App* command : line.get_subcommands({})) {
        commands.push_back(command->get_name());
        all += (all.empty() ? "" : ", ") + commands.back();
    }
    const bool is_known =
        std::find(commands.begin(), commands.end(), word) != commands.end();
    return is_known || word.starts_with('-')
               ? std::string{}
               : "tailrate: there is no command '" + word + "'; allowed: " + all +
                     core::suggestion(word, commands);
}

/// "PATH: REASON", or what there is.
std::string reason_of(const std::filesystem::filesystem_error& error) {
    return error.path1().empty()
               ? std::string{error.what()}
               : error.path1().string() + ": " + error.code().message();
}

int run_program(int argc, char** argv) {
    app::CommandLine program;
    if (argc > 1) {
        const std::string problem = unknown_command(program.line, argv[1]);
        if (!problem.empty()) {
            std::fprintf(stderr, "%s\n", problem.c_str());
            return app::exit_code::bad_input;
        }
    }
    try {
        program.line.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return program.line.exit(error) == 0 ? 0 : app::exit_code::bad_input;
    }
    try {
        return program.command();
    } catch (const core::InputError& error) {
        std::fprintf(stderr, "%s\n", error.what());
    } catch (const core::StorageError& error) {
        std::fprintf(stderr, "tailrate: %s\n", error.what());
    } catch (const std::filesystem::filesystem_error& error) {
        std::fprintf(stderr, "tailrate: %s\n", reason_of(error).c_str());
    } catch (const std::system_error&) {
        // Of a print, which main tells of.
        if (std::ferror(stdout) == 0) {
            throw;
        }
    } catch (const core::Interrupted&) {
        // Between two moments that would have said more.
        return app::exit_code::interrupted;
    }
    return app::exit_code::bad_input;
}

/// The code, once everything printed has arrived; else 2, whatever the code.
int after_output(int code) {
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) {
        return code;
    }
    std::fprintf(stderr,
                 "tailrate: standard output cannot be written (%s)%s\n",
                 std::generic_category().message(errno).c_str(),
                 code == 0 ? "; what goes to files is complete" : "");
    return app::exit_code::bad_input;
}

}  // namespace

int main(int argc, char** argv) {
    // A limit on file sizes is an error of the write, not the end of the process.
    std::signal(SIGXFSZ, SIG_IGN);
    try {
        return after_output(run_program(argc, argv));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "tailrate: internal error: %s\n", error.what());
    }
    return 3;
}
