"""Weighs a message's features into probabilities, with weights that were trained on messages of our own."""

import math
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

WEIGHTS = Path(__file__).with_name("weights.txt")
HEADS = ("category", "severity", "needs_human")
START = "=start"
"""The feature that every message has."""
SCALE = 100
"""Weights are kept as whole hundredths."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """How likely each label is; the probabilities of a kind sum to 1."""

    category: Mapping[str, float]
    severity: Mapping[str, float]
    needs_human: float
    threshold: float
    """From which probability on a message is said to need a person: low, since a missed one waits in vain."""
    known: int
    """How many of the features were trained: few for a message in another language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trained:
    columns: Sequence[tuple[str, str]]
    """What each weight of a row is for: head and label."""
    rows: Mapping[str, Sequence[int]]
    threshold: float


def guess(features: Set[str]) -> Guess:
    """What a message with these features is."""
    trained = _trained()
    found = [trained.rows[feature] for feature in features if feature in trained.rows]
    sums = [sum(column) / SCALE for column in zip(*found, trained.rows[START], strict=True)]
    scores: dict[str, dict[str, float]] = {head: {} for head in HEADS}
    for (head, label), total in zip(trained.columns, sums, strict=True):
        scores[head][label] = total
    return Guess(
        category=_shares(scores["category"]),
        severity=_shares(scores["severity"]),
        needs_human=_shares(scores["needs_human"] | {"no": 0.0})["yes"],
        threshold=trained.threshold,
        known=len(found),
    )


def _shares(scores: Mapping[str, float]) -> Mapping[str, float]:
    highest = max(scores.values())
    powers = {label: math.exp(score - highest) for label, score in scores.items()}
    whole = sum(powers.values())
    return {label: power / whole for label, power in powers.items()}


@lru_cache(maxsize=1)
def _trained() -> _Trained:
    """The file's lines: a comment, the columns, a row for each feature, and the threshold last."""
    _, columns, *rows, threshold = WEIGHTS.read_text(encoding="utf-8").splitlines()
    heads = [name.partition(":") for name in columns.split("\t")]
    return _Trained(
        columns=[(head, label) for head, _, label in heads],
        rows={
            feature: tuple(map(int, numbers.split()))
            for feature, _, numbers in (row.partition("\t") for row in rows)
        },
        threshold=int(threshold.partition("\t")[2]) / SCALE,
    )
