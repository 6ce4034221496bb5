"""The statistics of measurements in pairs. Pure; a ratio above one is slower, or heavier.

Both of a pair were measured within seconds of each other, so what slows the machine for longer than that slows both and
leaves their ratio alone. The interval of the median is that of the sign test: it supposes nothing about how the noise is
distributed, and single wild pairs at either end do not move it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from math import comb
from statistics import median

CONFIDENCE = 0.95


class Verdict(Enum):
    """What the interval of the median ratio allows to say."""

    WORSE = "WORSE"
    BETTER = "better"
    ALIKE = "alike"
    NOT_DISTINGUISHABLE = "not distinguishable"


@dataclass(frozen=True)
class Interval:
    """Where the median of all pairs that could be drawn lies, with at least this confidence."""

    low: float
    high: float
    confidence: float


@dataclass(frozen=True)
class Comparison:
    """One figure of both sides."""

    ours: float
    theirs: float
    ratio: float
    interval: Interval
    verdict: Verdict


def compare(pairs: Sequence[tuple[float, float]], within: float) -> Comparison:
    """What pairs of ours and theirs say about a difference of more than `within` (0.05 is 5 %)."""
    ratios = [ours / theirs for ours, theirs in pairs]
    interval = interval_of_median(ratios)
    return Comparison(
        ours=median(ours for ours, _ in pairs),
        theirs=median(theirs for _, theirs in pairs),
        ratio=median(ratios),
        interval=interval,
        verdict=verdict_of(interval, within),
    )


def interval_of_median(values: Sequence[float]) -> Interval:
    """The narrowest pair of order statistics that encloses the median with `CONFIDENCE`; with few values, the widest."""
    ordered = sorted(values)
    cut = max((cut for cut in range(1, (len(ordered) + 1) // 2) if confidence(len(ordered), cut) >= CONFIDENCE), default=0)
    return Interval(ordered[cut], ordered[-1 - cut], confidence(len(ordered), cut))


def confidence(count: int, cut: int) -> float:
    """How surely the median lies between the ends of so many values after `cut` were cut off at each end."""
    return 1 - sum(comb(count, below) for below in range(cut + 1)) / float(2 ** (count - 1))


def verdict_of(interval: Interval, within: float) -> Verdict:
    """A side is worse or better only where the whole interval is beyond the bound, and alike where all of it is inside."""
    if interval.confidence < CONFIDENCE:
        return Verdict.NOT_DISTINGUISHABLE
    least, most = 1 / (1 + within), 1 + within
    if interval.low > most:
        return Verdict.WORSE
    if interval.high < least:
        return Verdict.BETTER
    if least <= interval.low and interval.high <= most:
        return Verdict.ALIKE
    return Verdict.NOT_DISTINGUISHABLE
