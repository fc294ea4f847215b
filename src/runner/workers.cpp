#include "runner/workers.hpp"

#include "core/contracts.hpp"

#ifdef __SANITIZE_THREAD__
#include <thread>
#include <vector>
#else
#include <tbb/global_control.h>
#include <tbb/info.h>
#include <tbb/parallel_for.h>
#include <tbb/partitioner.h>
#include <tbb/task_arena.h>
#endif

namespace tailrate::runner {

#ifdef __SANITIZE_THREAD__

// The sanitizer cannot see how oneTBB's library hands work over, and would call all of
// it a race. So it watches the same work on threads that it knows.
void run_workers(std::size_t count, const std::function<void(std::size_t)>& work) {
    TAILRATE_EXPECTS(count > 0);
    std::vector<std::jthread> others;
    others.reserve(count - 1);
    for (std::size_t number = 1; number < count; ++number) {
        others.emplace_back(work, number);
    }
    work(0);
}

#else

void run_workers(std::size_t count, const std::function<void(std::size_t)>& work) {
    TAILRATE_EXPECTS(count > 0);
    const tbb::global_control limit{tbb::global_control::max_allowed_parallelism,
                                    count};
    const auto work_on_all = [&] {
        tbb::parallel_for(std::size_t{0}, count, work, tbb::simple_partitioner{});
    };
    const auto processors = static_cast<std::size_t>(tbb::info::default_concurrency());
    if (count <= processors) {
        work_on_all();
        return;
    }
    // The usual arena has no room for more threads than there are processors. One of
    // our own is not used always, because on a busy machine workers take their time to
    // leave the arena of an earlier call.
    tbb::task_arena arena{static_cast<int>(count)};
    arena.execute(work_on_all);
}

#endif

}  // namespace tailrate::runner
