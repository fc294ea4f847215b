#!/usr/bin/env python3
"""Check the mean squared error of SGD under Gaussian noise against its closed form.

usage: check_gaussian_sgd.py BINARY

On quadratics x_{t+1} - x* = (I - eta_t H)(x_t - x*) - eta_t (1/n) sum_i s_i z_i, H the
mean Hessian: in its eigenbasis the error is Gaussian, with bias and variance by a
recursion per coordinate. The recorded mean over 400 seeds must be within 3 standard
errors (of the closed form too) at every checkpoint. The seeds are fixed, so the result
is; over master seeds a correct program would fail in 14 % of the runs (4000 runs
simulated from the closed form, 39 correlated checkpoints of two instances).
"""

import pathlib
import subprocess
import sys
import tempfile

import h5py
import numpy as np

SEEDS = 400
CLIENTS = 5
DIMENSION = 5
HORIZON = 10000
SCALE = 2.0  # of the noise
SPREAD = 6.0  # client_spread
STEP, SHIFT = 2.0, 20.0
LIMIT = 3.0

EXPERIMENT = f"""\
schema: 1
name: gaussian_sgd
master_seed: 1
seeds: {SEEDS}
horizon: {HORIZON}
problem:
  kind: quadratic
  clients: {CLIENTS}
  dimension: {DIMENSION}
  condition_number: [1, 10]
  heterogeneity: 3
  initial_distance: 5
  curvature_spread: 0.5
  rotation: random
noise: {{kind: gaussian, scale: {SCALE}, client_spread: {SPREAD}}}
method: {{kind: sgd, step: {{scale: {STEP}, shift: {SHIFT}}}}}
"""


def noise_variance():
    """Of a coordinate of (1/n) sum_i s_i z_i."""
    s = SPREAD ** (np.arange(CLIENTS) / (CLIENTS - 1) - 0.5)
    s *= SCALE / s.mean()
    return (s**2).sum() / CLIENTS**2


def closed_form(hessian, x_star, times):
    """Mean and variance of |x_t - x*|^2 at `times`."""
    eigenvalues, vectors = np.linalg.eigh(hessian)
    bias = vectors.T @ -x_star
    variance = np.zeros_like(bias)
    means, variances = [], []
    for t in range(times[-1] + 1):
        if t in times:
            means.append((bias**2 + variance).sum())
            variances.append((2 * variance**2 + 4 * bias**2 * variance).sum())
        eta = STEP / (t + 1 + SHIFT)
        factor = 1 - eta * eigenvalues
        bias = factor * bias
        variance = factor**2 * variance + eta**2 * noise_variance()
    return np.array(means), np.array(variances)


def z_scores(file, cell):
    """Distance from the closed form in standard errors, at every checkpoint but 0."""
    errors = file["squared_error"][cell]
    if errors.shape[0] != SEEDS:
        sys.exit(f"check_gaussian_sgd: {errors.shape[0]} seeds")
    instance = file[f"instance/{cell}"]
    hessian = instance["A"][()].mean(axis=0)
    times = [int(t) for t in file["iteration"][()]]
    mean, variance = closed_form(hessian, instance["x_star"][()], times)
    if not np.allclose(errors[:, 0], mean[0], rtol=1e-12, atol=0.0):
        sys.exit("check_gaussian_sgd: the error at 0 is not |x*|^2")
    return (errors.mean(axis=0) - mean)[1:] / np.sqrt(variance[1:] / SEEDS)


def main(binary):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "gaussian_sgd.yaml"
        path.write_text(EXPERIMENT)
        output = path.with_suffix(".h5")
        program = pathlib.Path(binary).resolve()
        subprocess.run([program, "run", path, "-o", output, "--quiet"], check=True)
        with h5py.File(output, "r") as file:
            kappas = file["condition_number"][()]
            scores = [z_scores(file, cell) for cell in range(len(kappas))]
    for kappa, z in zip(kappas, scores):
        print(
            f"condition number {kappa:g}: {len(z)} checkpoints, "
            f"largest |z| {np.abs(z).max():.2f}, mean z {z.mean():.2f}"
        )
    if len(scores) != 2 or not np.abs(np.array(scores)).max() <= LIMIT:
        sys.exit(f"check_gaussian_sgd: further than {LIMIT:g} standard errors")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
