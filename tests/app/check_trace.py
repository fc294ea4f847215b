#!/usr/bin/env python3
"""Check `tailrate trace` against an independent statement of every method.

usage: check_trace.py BINARY [EXP.yaml ...]

Runs experiments of its own, and those named, and compares the iterate and the memory
after each of 100 iterations with the recursions of method_equations.py, which take from
the trace only the instance and the noise. They run in extended precision, so what is
measured is the program's rounding. Exits 1 at the first difference.
"""

import pathlib
import subprocess
import sys
import tempfile

import h5py
import numpy as np

from method_equations import DEFAULTS, EQUATIONS, WITH_MEMORY, Real, Schedules
from trace_experiments import (
    EXAMPLE_METHODS,
    EXAMPLE_NOISE,
    EXAMPLE_PROBLEM,
    METHODS,
    NOISELESS,
    PROBLEM,
    SPREAD,
    STUDENT,
    experiment,
    flatten,
)

ITERATIONS = 100
TOLERANCE = 1e-12  # relative to the largest magnitude of the vector


class Failure(Exception):
    """A number that is not what the equations say."""


def attribute(value):
    return value.decode() if isinstance(value, bytes) else value


def read_trace(path):
    """Arrays, instance and attributes of a trace."""
    with h5py.File(path, "r") as file:
        trace = {name: file[name][()] for name in ("x", "gradient", "noise")}
        trace["m"] = file["m"][()] if "m" in file else None
        group = file["instance/0"]
        items = list(group.items()) + list(group.attrs.items())
        trace["instance"] = {k: v[()] if hasattr(v, "shape") else v for k, v in items}
        trace["attributes"] = {k: attribute(v) for k, v in file.attrs.items()}
    return trace


def method_parameters(attributes):
    found = {k[7:]: v for k, v in attributes.items() if k.startswith("method.")}
    return {k: v if isinstance(v, str) else Real(v) for k, v in found.items()}


def deviation(ours, theirs):
    """Largest difference over the largest magnitude, both of a vector or array."""
    largest = np.abs(ours).max()
    difference = np.abs(ours - theirs).max()
    if not np.isfinite(difference):
        return np.inf
    return float(difference / largest) if largest > 0 else float(difference)


def check_gradients(trace):
    """gradient = A (x - b) + noise, per iteration and client."""
    a = trace["instance"]["A"].astype(Real)
    b = trace["instance"]["b"].astype(Real)
    worst = 0.0
    for t, noise in enumerate(trace["noise"]):
        exact = np.einsum("ijk,ik->ij", a, trace["x"][t].astype(Real) - b) + noise
        for ours, theirs in zip(exact, trace["gradient"][t]):
            worst = max(worst, deviation(ours, theirs))
    return worst


def check_recursion(trace):
    """x and m after every iteration, from the instance and the noise alone."""
    algorithm = trace["attributes"]["algorithm"]
    if algorithm not in EQUATIONS:
        raise Failure(f"no equations for the algorithm '{algorithm}'")
    if (trace["m"] is not None) != (algorithm in WITH_MEMORY):
        raise Failure(f"{algorithm}: the trace has m, or lacks it")
    instance = trace["instance"]
    a = instance["A"].astype(Real)
    b = instance["b"].astype(Real)
    parameters = method_parameters(trace["attributes"])
    s = Schedules(parameters, Real(instance["L"]), Real(instance["mu"]))
    x = np.zeros(a.shape[1], Real)
    m = np.zeros(a.shape[:2], Real)
    worst = [deviation(x, trace["x"][0]), 0.0]
    if trace["m"] is not None:
        worst[1] = deviation(m, trace["m"][0])
    for t, noise in enumerate(trace["noise"]):
        gradients = np.einsum("ijk,ik->ij", a, x - b) + noise
        along, m = EQUATIONS[algorithm](s, t, gradients, m)
        x = x - s.eta(t) * along
        worst[0] = max(worst[0], deviation(x, trace["x"][t + 1]))
        if trace["m"] is not None:
            worst[1] = max(worst[1], deviation(m, trace["m"][t + 1]))
    return worst


def check(path, name):
    """Deviations of one trace: gradient, x, m."""
    trace = read_trace(path)
    if len(trace["noise"]) != ITERATIONS or len(trace["x"]) != ITERATIONS + 1:
        raise Failure(f"{name}: wrong number of states")
    worst = [check_gradients(trace), *check_recursion(trace)]
    for what, value in zip(("gradient", "x", "m"), worst):
        if not value <= TOLERANCE:
            raise Failure(f"{name}: {what} is off by {value:.3g}")
    return trace, worst


class Tracer:
    """Runs the program."""

    def __init__(self, binary, folder):
        self.binary = binary
        self.folder = folder

    def write(self, name, text):
        path = self.folder / f"{name}.yaml"
        path.write_text(text)
        return path

    def trace(self, path, cell, seed):
        """The trace's file, or None where there is no such cell."""
        output = self.folder / "trace.h5"
        output.unlink(missing_ok=True)
        command = [self.binary, "trace", path, "--cell", cell, "--seed", seed]
        command += ["--iterations", ITERATIONS, "-o", output]
        done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
        if done.returncode == 2 and "--cell" in done.stderr:
            return None
        if done.returncode != 0:
            raise Failure(f"{path.name} cell {cell}: {done.stderr.strip()}")
        return output

    def cells(self, path, seed):
        """Every cell of an experiment: its number and its trace's file."""
        cell = 0
        output = self.trace(path, cell, seed)
        while output is not None:
            yield cell, output
            cell += 1
            output = self.trace(path, cell, seed)


def check_own_methods(tracer, noises, seed):
    """All methods above: the parameters too are those that were asked for."""
    path = tracer.write("methods", experiment(PROBLEM, noises, METHODS))
    worst = []
    for cell, output in tracer.cells(path, seed):
        name = f"{path.name} {noises[0]['kind']} cell {cell}"
        trace, deviations = check(output, name)
        asked = flatten(METHODS[cell])
        kind = asked.pop("kind")
        if trace["attributes"]["algorithm"] != kind:
            raise Failure(f"{name}: not {kind}")
        if method_parameters(trace["attributes"]) != {**DEFAULTS[kind], **asked}:
            raise Failure(f"{name}: other parameters than asked for")
        worst.append(deviations)
    if len(worst) != len(METHODS):
        raise Failure(f"{len(worst)} cells, not {len(METHODS)}")
    return worst


def check_file(tracer, path, seed):
    """Every cell of an experiment."""
    cells = tracer.cells(path, seed)
    return [check(output, f"{path.name} cell {cell}")[1] for cell, output in cells]


def check_noiseless(tracer):
    path = tracer.write("silent", experiment(PROBLEM, NOISELESS, METHODS[:1]))
    if np.any(read_trace(tracer.trace(path, 0, 3))["noise"]):
        raise Failure("noise of the law 'none'")


def check_client_scales(tracer):
    """Under common noise the clients' noise is scale s_i times one draw, s_i
    proportional to S^(i/(n-1)) with mean 1."""
    path = tracer.write("spread", experiment(PROBLEM, SPREAD, METHODS[:1]))
    plain, scaled = (read_trace(tracer.trace(path, c, 5))["noise"] for c in (0, 1))
    n = PROBLEM["clients"]
    s = 16.0 ** (np.arange(n) / (n - 1))
    s *= 3.0 / s.mean()
    if not np.allclose(scaled, plain * s[:, None], rtol=1e-13, atol=0.0):
        raise Failure("client_spread: other factors than s_i")
    if not np.any(plain) or np.ptp(plain, axis=1).max() > 0.0:
        raise Failure("joint common: the clients' draws differ")


def check_unknown_algorithm(tracer):
    """A method without equations must not pass unchecked."""
    path = tracer.write("unknown", experiment(PROBLEM, NOISELESS, METHODS[:1]))
    output = tracer.trace(path, 0, 0)
    with h5py.File(output, "r+") as file:
        file.attrs["algorithm"] = "unheard_of"
    try:
        check(output, "unknown")
    except Failure as failure:
        if "unheard_of" in str(failure):
            return
    raise Failure("a trace of an unknown algorithm passed")


def main(binary, files):
    with tempfile.TemporaryDirectory() as folder:
        tracer = Tracer(pathlib.Path(binary).resolve(), pathlib.Path(folder))
        worst = check_own_methods(tracer, NOISELESS, 0)
        worst += check_own_methods(tracer, STUDENT, 5)
        worst += check_own_methods(tracer, STUDENT, 17)
        example = experiment(EXAMPLE_PROBLEM, EXAMPLE_NOISE, EXAMPLE_METHODS)
        for path in [tracer.write("example", example), *map(pathlib.Path, files)]:
            worst += check_file(tracer, path, 31)
        check_noiseless(tracer)
        check_client_scales(tracer)
        check_unknown_algorithm(tracer)
    gradient, x, m = np.max(np.array(worst), axis=0)
    print(
        f"{len(worst)} traces of {ITERATIONS} iterations; largest deviations: "
        f"gradient {gradient:.2g}, x {x:.2g}, m {m:.2g}"
    )


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    try:
        main(sys.argv[1], sys.argv[2:])
    except Failure as failure:
        sys.exit(f"check_trace: {failure}")
