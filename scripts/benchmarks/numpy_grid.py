#!/usr/bin/env python3
"""The grid in numpy, vectorized over clients and seeds: what a researcher would write.

    numpy_grid.py --law LAW --horizon T --noise fresh|shared [--seeds-last]

Steps every cell of the grid and prints the seconds of the loop. Noise is drawn afresh
for every cell, or once an iteration for all of them. Arrays are (client, seed,
dimension), vectors last as one writes them, or with --seeds-last (client, dimension,
seed), which numpy is fastest with. Run it on one core with one BLAS thread.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Law = Callable[[np.random.Generator, tuple[int, ...]], Array]

CLIENTS, DIMENSION, SEEDS = 10, 10, 64
CONDITION_NUMBERS = (1.0, 10.0, 100.0)
THRESHOLDS = (1.0, 10**0.5, 10.0, 10**1.5)
HETEROGENEITY, INITIAL_DISTANCE, CURVATURE_SPREAD = 15.811388, 5.0, 0.5
STEP_SHIFT = 100  # eta_t = 1/(t + 1 + shift), but (t + 1)^-0.2 where clipping is smooth
CLIP_SCALE = 10.0  # phi_0 of the smooth clipping
TAIL_INDEX = 1.5  # of student_t and stable


@dataclass(frozen=True)
class Quadratics:
    """f_i(x) = 1/2 (x - b_i)' A_i (x - b_i)."""

    hessians: Array  # A (client, dimension, dimension)
    centres: Array  # b (client, dimension)

    def gradients(self, x: Array, are_seeds_last: bool) -> Array:
        """Of every client at x (seed, dimension) or (dimension, seed)."""
        if are_seeds_last:
            return self.hessians @ (x - self.centres[:, :, None])
        return (x - self.centres[:, None, :]) @ self.hessians  # which are symmetric


def draw_quadratics(condition_number: float, clients: int, d: int) -> Quadratics:
    """Unlike Hessians with common eigenvectors, on average log-spaced eigenvalues."""
    rng = np.random.default_rng(1)
    rotation = np.linalg.qr(rng.standard_normal((d, d)))[0]
    direction = rng.standard_normal(d)
    minimizer = INITIAL_DISTANCE * direction / np.linalg.norm(direction)
    spread = rng.uniform(size=(clients, d))
    spread = 1 + CURVATURE_SPREAD * (spread - spread.mean(axis=0))
    eigenvalues = np.geomspace(1, condition_number, d) * spread
    residuals = rng.standard_normal((clients, d))
    residuals -= residuals.mean(axis=0)
    residuals *= HETEROGENEITY / np.sqrt((residuals**2).sum(axis=1).mean())
    hessians = (rotation * eigenvalues[:, None, :]) @ rotation.T
    shifts = np.linalg.solve(hessians, residuals[:, :, None])[:, :, 0]
    return Quadratics(hessians, minimizer - shifts)


class Method:
    """Unclipped SGD, and what every other method changes of it."""

    def __init__(
        self, problem: Quadratics, threshold: float, seeds: int, are_seeds_last: bool
    ) -> None:
        clients, dimension = problem.centres.shape
        shape = (dimension, seeds) if are_seeds_last else (seeds, dimension)
        self.problem = problem
        self.threshold = threshold
        self.are_seeds_last = are_seeds_last
        self.x = np.zeros(shape)
        self.memory = np.zeros((clients, *shape))

    def step(self, t: int, noise: Array) -> None:
        """From x_t to x_(t+1); noise as the memory."""
        gradients = self.problem.gradients(self.x, self.are_seeds_last)
        gradients += noise
        self.x -= self.rate(t) * self.messages(t, gradients).mean(axis=0)

    def rate(self, t: int) -> float:
        return 1 / (t + 1 + STEP_SHIFT)

    def messages(self, t: int, gradients: Array) -> Array:
        return gradients

    def clip_norm(self, vectors: Array) -> Array:
        axis = 1 if self.are_seeds_last else 2
        lengths = np.sqrt((vectors * vectors).sum(axis=axis, keepdims=True))
        return vectors * (self.threshold / np.maximum(lengths, self.threshold))


class NormClippedSgd(Method):
    def messages(self, t: int, gradients: Array) -> Array:
        return self.clip_norm(gradients)


class ComponentClippedSgd(Method):
    def messages(self, t: int, gradients: Array) -> Array:
        return np.clip(gradients, -self.threshold, self.threshold)


class SmoothClipSgd(Method):
    """Psi_t(u) = phi_t u / sqrt(u^2 + theta_t^2), element by element."""

    def rate(self, t: int) -> float:
        return (t + 1) ** -0.2

    def messages(self, t: int, gradients: Array) -> Array:
        phi = CLIP_SCALE / (t + 1) ** 0.5
        theta = self.threshold * (t + 1) ** 0.3
        return phi * gradients / np.sqrt(gradients * gradients + theta * theta)


class SclipEf(SmoothClipSgd):
    """m_i <- beta_t m_i + (1 - beta_t) Psi_t(g_i - m_i)."""

    def messages(self, t: int, gradients: Array) -> Array:
        beta = 0.5 / (t + 1) ** 0.5
        clipped = super().messages(t, gradients - self.memory)
        self.memory *= beta
        self.memory += (1 - beta) * clipped
        return self.memory


class Clip21(Method):
    """v_i <- v_i + clip(g_i - v_i)."""

    def messages(self, t: int, gradients: Array) -> Array:
        self.memory += self.clip_norm(gradients - self.memory)
        return self.memory


METHODS: dict[str, type[Method]] = {
    "sgd": Method,
    "clipped_sgd_norm": NormClippedSgd,
    "clipped_sgd_component": ComponentClippedSgd,
    "smooth_clip_sgd": SmoothClipSgd,
    "sclip_ef": SclipEf,
    "clip21": Clip21,
}


def student_t(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return rng.standard_t(TAIL_INDEX, shape)


def stable(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Chambers, Mallows and Stuck (1976), symmetric."""
    angle = rng.uniform(-np.pi / 2, np.pi / 2, shape)
    quotient = np.cos((1 - TAIL_INDEX) * angle) / rng.standard_exponential(shape)
    power = 1 / TAIL_INDEX
    return np.sin(TAIL_INDEX * angle) / np.cos(angle) ** power * quotient ** (power - 1)


def log_squared_table() -> tuple[Array, Array]:
    """P(|Z| > z) ascending, and z, for the density c/((z^2 + 2) ln^2(z^2 + 2))."""
    z = np.geomspace(1e-4, 1e18, 2000)
    mass = z / ((z**2 + 2) * np.log(z**2 + 2) ** 2)  # per unit of log z
    pieces = (mass[1:] + mass[:-1]) / 2 * np.diff(np.log(z))
    beyond = np.append(np.cumsum(pieces[::-1])[::-1], 0.0)
    near_zero = z[0] / (2 * np.log(2) ** 2)
    return beyond[::-1] / (beyond[0] + near_zero), z[::-1]


def log_squared() -> Law:
    """By inversion: a uniform number in (-1, 1) gives the sign and P(|Z| > z)."""
    probabilities, values = (np.ascontiguousarray(a) for a in log_squared_table())

    def draw(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
        uniform = rng.uniform(-1, 1, shape)
        size = np.interp(np.abs(uniform), probabilities, values)
        return np.copysign(size, uniform)

    return draw


LAWS: dict[str, Law] = {
    "gaussian": lambda rng, shape: rng.standard_normal(shape),
    "student_t": student_t,
    "stable": stable,
    "log_squared": log_squared(),
}


def grid(are_seeds_last: bool = False) -> list[Method]:
    """Condition numbers x methods x thresholds; plain SGD has no threshold."""
    cells = []
    for condition_number in CONDITION_NUMBERS:
        problem = draw_quadratics(condition_number, CLIENTS, DIMENSION)
        for key, method in METHODS.items():
            thresholds = THRESHOLDS if key != "sgd" else (np.inf,)
            cells += [
                method(problem, threshold, SEEDS, are_seeds_last)
                for threshold in thresholds
            ]
    return cells


def seconds_of(
    law: Law, horizon: int, is_shared: bool, are_seeds_last: bool
) -> float:
    """Of `horizon` iterations of the whole grid."""
    rng = np.random.default_rng(2)
    cells = grid(are_seeds_last)
    shape = cells[0].memory.shape
    groups = [cells] if is_shared else [[cell] for cell in cells]
    start = time.perf_counter()
    for group in groups:
        for t in range(horizon):
            noise = law(rng, shape)
            for cell in group:
                cell.step(t, noise)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--law", choices=LAWS, required=True)
    parser.add_argument("--horizon", type=int, required=True)
    parser.add_argument("--noise", choices=("fresh", "shared"), required=True)
    parser.add_argument("--seeds-last", action="store_true")
    options = parser.parse_args()
    is_shared = options.noise == "shared"
    law = LAWS[options.law]
    print(seconds_of(law, options.horizon, is_shared, options.seeds_last))


if __name__ == "__main__":
    main()
