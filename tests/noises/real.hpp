#pragma once

// Numbers of 256 bits with operators, for reference values.

#include <string>

#define MPFR_USE_NO_MACRO  // functions instead of macros
#include <mpfr.h>

namespace tailrate::noises {

class Real {
  public:
    Real() { mpfr_init2(value_, precision); }

    explicit Real(double x) : Real() { mpfr_set_d(value_, x, MPFR_RNDN); }

    Real(const Real& other) : Real() { mpfr_set(value_, other.value_, MPFR_RNDN); }

    Real& operator=(const Real& other) {
        mpfr_set(value_, other.value_, MPFR_RNDN);
        return *this;
    }

    Real(Real&& other) noexcept : Real() { mpfr_swap(value_, other.value_); }

    Real& operator=(Real&& other) noexcept {
        mpfr_swap(value_, other.value_);
        return *this;
    }

    ~Real() { mpfr_clear(value_); }

    [[nodiscard]] static Real pi() {
        Real result;
        mpfr_const_pi(result.value_, MPFR_RNDN);
        return result;
    }

    [[nodiscard]] double to_double() const { return mpfr_get_d(value_, MPFR_RNDN); }

    [[nodiscard]] bool is_negative() const { return mpfr_sgn(value_) < 0; }

    using Unary = int (*)(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t);
    using Binary = int (*)(mpfr_ptr, mpfr_srcptr, mpfr_srcptr, mpfr_rnd_t);

    [[nodiscard]] Real apply(Unary function) const {
        Real result;
        function(result.value_, value_, MPFR_RNDN);
        return result;
    }

    [[nodiscard]] Real apply(Binary function, const Real& other) const {
        Real result;
        function(result.value_, value_, other.value_, MPFR_RNDN);
        return result;
    }

  private:
    static constexpr mpfr_prec_t precision = 256;

    mpfr_t value_ = {};
};

inline Real operator+(const Real& a, const Real& b) {
    return a.apply(mpfr_add, b);
}

inline Real operator-(const Real& a, const Real& b) {
    return a.apply(mpfr_sub, b);
}

inline Real operator-(const Real& a) {
    return a.apply(mpfr_neg);
}

inline Real operator*(const Real& a, const Real& b) {
    return a.apply(mpfr_mul, b);
}

inline Real operator/(const Real& a, const Real& b) {
    return a.apply(mpfr_div, b);
}

inline Real log(const Real& x) {
    return x.apply(mpfr_log);
}

inline Real expm1(const Real& x) {
    return x.apply(mpfr_expm1);
}

inline Real sqrt(const Real& x) {
    return x.apply(mpfr_sqrt);
}

inline Real sin(const Real& x) {
    return x.apply(mpfr_sin);
}

inline Real cos(const Real& x) {
    return x.apply(mpfr_cos);
}

inline Real tan(const Real& x) {
    return x.apply(mpfr_tan);
}

inline Real atan(const Real& x) {
    return x.apply(mpfr_atan);
}

inline Real pow(const Real& x, const Real& y) {
    return x.apply(mpfr_pow, y);
}

}  // namespace tailrate::noises
