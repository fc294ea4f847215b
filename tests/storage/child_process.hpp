#pragma once

#include <csignal>
#include <functional>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tailrate::storage {

/// Runs `work` in a child and returns its wait status; an exception gives exit code 99.
inline int run_child(const std::function<int()>& work) {
    const pid_t child = ::fork();
    if (child == 0) {
        int code = 99;
        try {
            code = work();
        } catch (...) {
            code = 99;
        }
        ::_exit(code);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return status;
}

inline int exit_code(int status) {
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// True where `work` returns true in a child.
inline bool succeeds_in_child(const std::function<bool()>& work) {
    return exit_code(run_child([&] { return work() ? 0 : 1; })) == 0;
}

/// Files of this process cannot grow beyond: stands for a full disk.
inline void limit_file_size(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes, bytes};
    ::setrlimit(RLIMIT_FSIZE, &limit);
}

/// Permissions do not bind root: for children only.
inline void stop_being_root() {
    constexpr uid_t nobody = 65534;
    if (::geteuid() == 0 && (::setgid(nobody) != 0 || ::setuid(nobody) != 0)) {
        ::_exit(98);
    }
}

}  // namespace tailrate::storage
