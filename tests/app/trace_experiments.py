"""The experiments that check_trace.py runs."""


def flatten(section, prefix=""):
    """{"step": {"scale": 1}} -> {"step.scale": 1}"""
    flat = {}
    for key, value in section.items():
        if isinstance(value, dict):
            flat.update(flatten(value, prefix + key + "."))
        else:
            flat[prefix + key] = value
    return flat


def inline(value):
    """YAML flow text of a map, list or scalar."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {inline(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(inline(v) for v in value) + "]"
    return str(value)


def experiment(problem, noises, methods):
    """Text of an experiment whose cells are noises x methods, methods fastest."""
    lines = ["schema: 1", "name: trace", "master_seed: 7", "seeds: 32", "horizon: 1000"]
    lines.append("problem: " + inline(problem))
    for title, entries in (("noise", noises), ("method", methods)):
        lines.append(title + ":")
        lines += ["  - " + inline(entry) for entry in entries]
    return "\n".join(lines) + "\n"


# Large enough for the program to cut its clients into chunks.
PROBLEM = {
    "kind": "quadratic",
    "clients": 20,
    "dimension": 9,
    "condition_number": 10,
    "heterogeneity": 8,
    "initial_distance": 6,
    "curvature_spread": 0.4,
}
METHODS = [
    {"kind": "sgd", "step": {"scale": 2, "shift": 20}},
    {"kind": "sgd", "step": {"scale": 0.7, "power": 0.6, "relative_to": "inverse_L"}},
    {"kind": "clipped_sgd", "clip_threshold": 3, "step": {"scale": 2, "shift": 20}},
    {
        "kind": "clipped_sgd",
        "clip": "component",
        "clip_threshold": 1.5,
        "threshold_growth": 0.25,
        "step": {"scale": 0.9, "relative_to": "inverse_mu", "shift": 12.5},
    },
    {
        "kind": "clipped_sgd",
        "clip_threshold": 40,
        "threshold_growth": -0.3,
        "step": {"scale": 1, "shift": 9},
    },
    {
        "kind": "clipped_server_sgd",
        "clip_threshold": 3,
        "step": {"scale": 2, "shift": 20},
    },
    {
        "kind": "clipped_server_sgd",
        "clip": "component",
        "clip_threshold": 0.5,
        "threshold_growth": 0.4,
        "step": {"scale": 1.5, "power": 0.8, "shift": 15},
    },
    {"kind": "sclip_ef", "clip_threshold": 10, "effective_step": 2},
    {
        "kind": "sclip_ef",
        "clip_threshold": 4,
        "clip_scale": 3,
        "weight": 0.8,
        "weight_power": 0.3,
        "clip_power": 0.4,
        "threshold_growth": 0.2,
        "step": {"scale": 0.6, "power": 0.35, "shift": 1.5, "relative_to": "inverse_L"},
    },
    {
        "kind": "sclip_ef",
        "clip_threshold": 2,
        "effective_step": 1.5,
        "weight": 1,
        "step": {"scale": 0.25},
    },
    {"kind": "smooth_clip_sgd", "clip_threshold": 10, "effective_step": 2},
    {
        "kind": "smooth_clip_sgd",
        "clip_threshold": 5,
        "clip_scale": 4,
        "clip_power": 0.7,
        "threshold_growth": 0,
    },
    {"kind": "clip21", "clip_threshold": 2, "step": {"scale": 1, "shift": 10}},
    {"kind": "shifted_clip", "clip_threshold": 2, "step": {"scale": 1, "shift": 10}},
    {
        "kind": "shifted_clip",
        "clip_threshold": 1,
        "threshold_growth": 0.3,
        "shift_step": 0.6,
        "step": {"scale": 1, "power": 0.7, "relative_to": "inverse_L"},
    },
    {"kind": "trimmed_mean_sgd", "step": {"scale": 2, "shift": 20}},
    {"kind": "trimmed_mean_sgd", "trim": 0.13, "step": {"scale": 2, "shift": 20}},
]
NOISELESS = [{"kind": "none"}]
STUDENT = [{"kind": "student_t", "tail_index": 1.5, "client_spread": 9, "scale": 2}]
EXAMPLE_PROBLEM = {**PROBLEM, "clients": 10, "dimension": 10, "heterogeneity": 30}
EXAMPLE_NOISE = [{"kind": "student_t", "tail_index": [1.2, 1.5], "client_spread": 30}]
EXAMPLE_METHODS = [
    {"kind": "sgd", "step": {"scale": 2, "shift": 20}},
    {
        "kind": "clipped_sgd",
        "clip": "norm",
        "clip_threshold": [3, 10, 30, 100, 300],
        "step": {"scale": 2, "shift": 20},
    },
    {"kind": "sclip_ef", "clip_threshold": [10, 30], "effective_step": 2},
]
COMMON = {"kind": "student_t", "tail_index": 3, "joint": "common"}
SPREAD = [COMMON, {**COMMON, "client_spread": 16, "scale": 3}]
