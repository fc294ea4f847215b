#include "runner/workers.hpp"

#include "core/contracts.hpp"

#ifdef __SANITIZE_THREAD__
#include <thread>
#include <vector>
#else
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/partitioner.h>
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
    tbb::parallel_for(std::size_t{0}, count, work, tbb::simple_partitioner{});
}

#endif

}  // namespace tailrate::runner
