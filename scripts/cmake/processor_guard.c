// Stops with one line where the processor lacks the instructions the program was
// compiled for. Plain C, compiled for plain x86-64, called before every constructor.
#include <string.h>
#include <unistd.h>

static void refuse(const char* text) {
    ssize_t ignored = write(2, text, strlen(text));
    (void)ignored;
    _exit(2);
}

#if defined(__x86_64__)

__attribute__((constructor(101))) static void check_processor(void) {
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") ||
        !__builtin_cpu_supports("bmi") || !__builtin_cpu_supports("bmi2")) {
        refuse("tailrate: this build needs an x86-64-v3 processor (AVX2, FMA, BMI2)\n");
    }
#ifdef TAILRATE_NEEDS_V4
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
        !__builtin_cpu_supports("avx512cd") || !__builtin_cpu_supports("avx512dq") ||
        !__builtin_cpu_supports("avx512vl")) {
        refuse("tailrate: this build needs an x86-64-v4 processor (AVX-512)\n");
    }
#endif
}

#else

__attribute__((constructor(101))) static void check_processor(void) {
    refuse("tailrate: built for x86-64 only\n");
}

#endif
