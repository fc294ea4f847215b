"""Numbers in the text of figures and captions."""

import math
from collections.abc import Sequence

from result import Interval, Slope

TIE = 1.25  # two errors within this factor are called equal


def slope_text(slope: Slope) -> str:
    """A slope for a label: called a rate only where the file allows it, with its regime
    where it does not converge, and named after the typical run where it is of that."""
    if not math.isfinite(slope.value):
        return slope.regime
    value = fixed(slope.value)
    if slope.regime == "inconclusive":
        value = with_interval(slope)  # shorter than the word, and says why
    words = [f"rate {value}" if slope.is_rate else value]
    if slope.statistic != "MSE":
        words.append(slope.statistic)
    if slope.regime not in ("converging", "inconclusive"):
        words.append(slope.regime)
    return ", ".join(words)


def fixed(value: float, digits: int = 2) -> str:
    """Decimals without a negative zero."""
    return f"{round(value, digits) + 0.0:.{digits}f}"


def with_interval(value: Interval, digits: int = 2) -> str:
    half = 0.5 * (value.upper - value.lower)
    return f"{fixed(value.value, digits)} ± {fixed(half, digits)}"


def number(value: float) -> str:
    """Two significant digits, with a power of ten where that is shorter."""
    if not math.isfinite(value):
        return "infinite"
    if value == 0.0 or 0.01 <= abs(value) < 1000.0:
        return f"{float(f'{value:.2g}'):g}"
    return f"{value:.1e}".replace("e-0", "e-").replace("e+0", "e")


def verdict(ratio: Interval) -> str:
    """What a paired ratio of two errors with its 95 % interval means in words."""
    if 1.0 / TIE <= ratio.lower and ratio.upper <= TIE:
        return "ties with"
    if ratio.upper < 1.0:
        return "beats"
    if ratio.lower > 1.0:
        return "loses to"
    return "cannot be told from"


def caption_text(title: str, sentences: Sequence[str], experiment: str) -> str:
    """A caption whose numbers were read off the file that was drawn."""
    last = (
        f"Regenerate: `scripts/run experiments/{experiment}.yaml`; this text and its "
        f"numbers are written by `scripts/figures/{experiment}.py`."
    )
    return f"# {title}\n\n" + "\n".join([*sentences, "", last]) + "\n"


def power_of_ten(value: float) -> str:
    """A round horizon as mathematical text."""
    power = round(math.log10(value))
    return f"$10^{{{power}}}$" if value == 10**power else f"{value:g}"


def plain_power(value: float) -> str:
    return f"1e{round(math.log10(value))}"
