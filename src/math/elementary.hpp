#pragma once

// Array maths with fixed bits: exp, expm1, tanh, log, log1p, pow, sinpi, cospi,
// sincospi. The result depends on the argument only, not on machine, vector width or
// library: the functions use + - * /, fused multiply-add, comparisons, bit patterns and
// selections, no table, no branch and no function of the C library. A plain loop that
// calls them vectorizes. Every error is below 2 ulp, subnormal numbers included.

#include "math/exponential.hpp"
#include "math/logarithm.hpp"
#include "math/trigonometric.hpp"
