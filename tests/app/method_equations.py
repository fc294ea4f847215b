"""Every method as its equations state it, in extended precision.

The plain statement that the program is checked against: nothing here comes from it. An
entry of the catalogue that has no equations here makes check_trace.py fail.
"""

import numpy as np

Real = np.longdouble

# Defaults of the file format.
STEP = {"step.power": 1.0, "step.shift": 0.0, "step.relative_to": "one"}
SMOOTH = {
    "step.scale": 1.0,
    "step.power": 0.2,
    "step.shift": 0.0,
    "step.relative_to": "one",
    "threshold_growth": 0.3,
    "clip_power": 0.5,
}
DEFAULTS = {
    "sgd": STEP,
    "clipped_sgd": {**STEP, "threshold_growth": 0.0, "clip": "norm"},
    "clipped_server_sgd": {**STEP, "threshold_growth": 0.0, "clip": "norm"},
    "sclip_ef": {**SMOOTH, "weight": 0.5, "weight_power": 0.5},
    "smooth_clip_sgd": SMOOTH,
    "clip21": STEP,
    "trimmed_mean_sgd": {**STEP, "trim": 0.5},
    "shifted_clip": {**STEP, "threshold_growth": 0.0, "shift_step": 0.1},
}


def norm_clip(vector, threshold):
    """min(1, threshold / |v|) v for each row."""
    length = np.sqrt((vector * vector).sum(axis=-1, keepdims=True))
    return vector * (threshold / np.maximum(length, threshold))


class Schedules:
    """eta_t, lambda_t, phi_t, beta_t of a set of parameters."""

    def __init__(self, parameters, smoothness, convexity):
        self.parameters = parameters
        unit = {"one": 1, "inverse_L": 1 / smoothness, "inverse_mu": 1 / convexity}
        self.unit = unit[parameters["step.relative_to"]]

    def eta(self, t):
        p = self.parameters
        base = Real(t + 1) + Real(p["step.shift"])
        return p["step.scale"] * self.unit / base ** Real(p["step.power"])

    def threshold(self, t):
        p = self.parameters
        return p["clip_threshold"] * Real(t + 1) ** Real(p.get("threshold_growth", 0.0))

    def phi(self, t):
        p = self.parameters
        scale = p.get("clip_scale")
        if scale is None:
            scale = Real(p["effective_step"]) * p["clip_threshold"] / p["step.scale"]
        return scale / Real(t + 1) ** Real(p["clip_power"])

    def beta(self, t):
        p = self.parameters
        return p["weight"] / Real(t + 1) ** Real(p["weight_power"])

    def hard(self, vector, t):
        """The clipping that `clip` chooses."""
        threshold = self.threshold(t)
        if self.parameters["clip"] == "norm":
            return norm_clip(vector, threshold)
        return np.clip(vector, -threshold, threshold)

    def soft(self, u, t):
        """Psi_t."""
        theta = self.threshold(t)
        return self.phi(t) * u / np.sqrt(u * u + theta * theta)


# One iteration of each method: from schedules s, t, gradients g and memory m, both
# (client, dimension), to what the step is taken along and the next memory.


def sgd(s, t, g, m):
    return g.mean(axis=0), None


def clipped_sgd(s, t, g, m):
    return s.hard(g, t).mean(axis=0), None


def clipped_server_sgd(s, t, g, m):
    return s.hard(g.mean(axis=0), t), None


def sclip_ef(s, t, g, m):
    beta = s.beta(t)
    m = beta * m + (1 - beta) * s.soft(g - m, t)
    return m.mean(axis=0), m


def smooth_clip_sgd(s, t, g, m):
    return s.soft(g, t).mean(axis=0), None


def clip21(s, t, g, v):
    v = v + norm_clip(g - v, s.parameters["clip_threshold"])
    return v.mean(axis=0), v


def shifted_clip(s, t, g, h):
    difference = norm_clip(g - h, s.threshold(t))
    return (h + difference).mean(axis=0), h + s.parameters["shift_step"] * difference


def trimmed_mean_sgd(s, t, g, m):
    n = len(g)
    cut = min(int(s.parameters["trim"] * n * (1.0 + 2.0**-50)), (n - 1) // 2)
    g = np.sort(g, axis=0)[cut : n - cut].mean(axis=0)
    return g, None


EQUATIONS = {
    "sgd": sgd,
    "clipped_sgd": clipped_sgd,
    "clipped_server_sgd": clipped_server_sgd,
    "sclip_ef": sclip_ef,
    "smooth_clip_sgd": smooth_clip_sgd,
    "clip21": clip21,
    "shifted_clip": shifted_clip,
    "trimmed_mean_sgd": trimmed_mean_sgd,
}
WITH_MEMORY = {"sclip_ef", "clip21", "shifted_clip"}
