#!/usr/bin/env python3
"""Prints the literal numbers of reference_test.cpp, computed with numpy and scipy.

The inputs are made of splitmix64 bits, + - * / and square roots only, so that Python
and C++ see the same doubles. Slopes come from numpy.polyfit; the standard error of the
mean exponent is the infinitesimal jackknife, by differentiating the slope of the
reweighted mean numerically: no formula of the C++ code is repeated for it.
"""
import numpy as np
from scipy import stats

MASK = (1 << 64) - 1
SEEDS, HORIZON, DECADES = 40, 10000, 1.5


class Splitmix:
    def __init__(self, state):
        self.state = state

    def uniform(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return float((z ^ (z >> 31)) >> 12) * 2.0**-52


def checkpoints(horizon, per_decade=10):
    times = [0]
    k = 0
    while (t := int(np.floor(10 ** (k / per_decade) + 0.5))) <= horizon:
        if t > times[-1]:
            times.append(t)
        k += 1
    return times if times[-1] == horizon else times + [horizon]


def curves(times):
    """A quantity of its own per seed and one per checkpoint; squares make it skewed."""
    errors = np.empty((SEEDS, len(times)))
    for seed in range(SEEDS):
        draw = Splitmix(seed)
        own = draw.uniform()
        for k, t in enumerate(times):
            u = own + draw.uniform()
            errors[seed, k] = 100.0 if t == 0 else (0.25 + u * u) / (1.0 + float(np.sqrt(float(t))))
    return errors


def slope(log_t, values):
    return -np.polyfit(log_t, values, 1)[0]


def mean_exponent(log_t, errors):
    """Exponent, and R times its derivative in the weight of each seed."""
    def reweighted(seed, step):
        weights = np.full(SEEDS, (1 - step) / SEEDS)
        weights[seed] += step
        return slope(log_t, np.log(weights @ errors))
    step = 1e-4
    influence = [(reweighted(r, step) - reweighted(r, -step)) / (2 * step) for r in range(SEEDS)]
    return slope(log_t, np.log(errors.mean(axis=0))), np.array(influence)


def geo_exponent(log_t, errors):
    own = np.array([slope(log_t, np.log(curve)) for curve in errors])
    return own.mean(), own


def show(name, value, influence):
    half = stats.t.ppf(0.975, SEEDS - 1) * influence.std(ddof=1) / np.sqrt(SEEDS)
    print(f"{name:22s} {value:.15g} [{value - half:.15g}, {value + half:.15g}]")


def main():
    times = checkpoints(HORIZON)
    errors = curves(times)
    first = times.index(int(np.floor(HORIZON / 10**DECADES + 0.5)))
    log_t, window = np.log(times[first:]), errors[:, first:]
    middle = int(np.floor(HORIZON / 10 ** (DECADES / 2) + 0.5))
    early = np.array(times[first:]) <= middle
    late = np.array(times[first:]) >= middle
    for name, fit in (("mean", mean_exponent), ("geo", geo_exponent)):
        show(f"{name} exponent", *fit(log_t, window))
        before = fit(log_t[early], window[:, early])
        after = fit(log_t[late], window[:, late])
        show(f"{name} early", *before)
        show(f"{name} late", *after)
        show(f"{name} curvature", after[0] - before[0], after[1] - before[1])
    final = errors[:, -1]
    show("final mean", final.mean(), final)
    logs = np.log(final)
    half = stats.t.ppf(0.975, SEEDS - 1) * logs.std(ddof=1) / np.sqrt(SEEDS)
    print("final geo", *(f"{np.exp(logs.mean() + s * half):.15g}" for s in (0, -1, 1)))
    print(f"largest share {final.max() / final.sum():.15g}")
    medians = np.sort(window, axis=0)[int(np.ceil(SEEDS / 2)) - 1]
    ratios = np.sort((window / medians).max(axis=1))[::-1]
    used = max(5, int(np.ceil(SEEDS / 10)))
    print(f"hill {used / np.log(ratios[:used] / ratios[used]).sum():.15g}")
    print(f"points {window.shape[1]} early {early.sum()} late {late.sum()}")
    print("t quantiles", *(f"{stats.t.ppf(0.975, df):.15g}" for df in (1, 19, 99)))


if __name__ == "__main__":
    main()
