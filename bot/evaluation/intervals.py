"""How far a share would move with other questions of the same sort: bootstrap intervals (pure)."""

from collections.abc import Sequence
from random import Random

SAMPLES = 1_000
SEED = 2026


def interval(outcomes: Sequence[bool], percent: int = 95) -> tuple[float, float]:
    """Between which shares ``percent`` of the resamples lie; the same outcomes give the same interval.

    Where all outcomes are alike every resample is, so the rule of three says what so few can exclude.
    (0, 1) for none at all.
    """
    if not outcomes:
        return 0.0, 1.0
    count = len(outcomes)
    if all(outcomes) or not any(outcomes):
        edge = round(min(1.0, 3 / count), 4)
        return (round(1 - edge, 4), 1.0) if outcomes[0] else (0.0, edge)
    return mean_interval(outcomes, percent)


def mean_interval(values: Sequence[float], percent: int = 95) -> tuple[float, float]:
    """The same for the mean of ``values``, of which there is at least one."""
    draw, count = Random(SEED), len(values)
    means = sorted(sum(draw.choices(values, k=count)) / count for _ in range(SAMPLES))
    tail = SAMPLES * (100 - percent) // 200
    return round(means[tail], 4), round(means[-tail - 1], 4)
