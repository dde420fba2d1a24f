"""Tells from what a search found how likely the documentation covers the question (pure)."""

import math
from collections.abc import Sequence

from bot.model import Passage

# A logistic regression over the questions in benchmarks/honesty.jsonl, in the best passage's cosine above the
# embedding model's floor. `python -m benchmarks.honesty` fits it anew; benchmarks/honesty.md says what else
# was tried: the mean of the best five and the words found add little, and depend on how large the corpus is.
_SLOPE, _START = 25.0, -3.12
COVERED = 0.06
"""Least likelihood to answer at all."""
SURE = 0.3
"""Least likelihood to answer without a word of doubt."""
NAMED = 0.03
"""The same for a question whose names the passages hold: embeddings know few names."""


def confidence(passages: Sequence[Passage], floor: float | None) -> float:
    """How likely ``passages`` cover what was asked, 0 to 1.

    ``floor`` is the embedding model's least similarity; where it is None the best similarity is all there is.
    """
    best = _best(passages)
    if best is None:
        return 0.0
    if floor is None:
        return max(0.0, best)
    return 1 / (1 + math.exp(-(_START + _SLOPE * (best - floor))))


def covered(passages: Sequence[Passage], floor: float | None, *, named: bool = False) -> bool:
    """Whether the documentation seems to speak of it.

    ``named`` says that passages hold an unusual name of the question, which counts more than similarity.
    """
    if not passages:
        return False
    if floor is None or _best(passages) is None:
        return True
    return confidence(passages, floor) >= (NAMED if named else COVERED)


def _best(passages: Sequence[Passage]) -> float | None:
    known = (passage.similarity for passage in passages if passage.similarity is not None)
    return max(known, default=None)
