"""Joins what a dense and a BM25 search found into one ranking (pure)."""

from collections import Counter
from collections.abc import Mapping, Sequence

LEAST_COSINE = 0.7
"""What the last of the dense list counts, when the first counts 1: cosines lie close together, and how
close differs from model to model."""
MISSED = 0.9
"""What an id has that a full list lacks, as a share of the last in that list: it was just missed."""
SAME_PAGE = 0.95
"""What each further chunk of one page counts, for two: a page is seldom right in its third place only."""

Ranking = Sequence[tuple[str, float]]
"""Ids of chunks with their score, best first."""


def fuse(
    dense: Mapping[str, float], words: Mapping[str, float], *, dense_weight: float, depth: int
) -> Ranking:
    """Ids with their fused score, 0 to 1, best first.

    Both take id to score, higher is better; a list of at least ``depth`` ids was cut off there. BM25 scores
    count as shares of the best, cosines by their place between the first and the last.
    """
    if not words:
        dense_weight = 1.0
    left, right = _stretched(dense), _shares(words)
    least_left, least_right = _missed(left, depth), _missed(right, depth)
    scores = {
        key: dense_weight * left.get(key, least_left) + (1 - dense_weight) * right.get(key, least_right)
        for key in (*left, *(key for key in right if key not in left))
    }
    return _sorted(scores)


def varied(ranked: Ranking, first: int = 8) -> Ranking:
    """``ranked`` with the further chunks of each page a little later among the ``first`` of them.

    Ids are ``<page>-<place>``. What follows the first stays as it is, and so do the scores: they say what
    a chunk is worth in a context.
    """
    seen: Counter[str] = Counter()
    worth = {}
    for key, score in ranked[:first]:
        page = key.rpartition("-")[0]
        worth[key] = score * SAME_PAGE ** min(seen[page], 2)
        seen[page] += 1
    return [*sorted(ranked[:first], key=lambda item: -worth[item[0]]), *ranked[first:]]


def _sorted(scores: Mapping[str, float]) -> Ranking:
    return sorted(scores.items(), key=lambda item: -item[1])


def _stretched(cosines: Mapping[str, float]) -> Mapping[str, float]:
    low, high = min(cosines.values(), default=0.0), max(cosines.values(), default=0.0)
    width = high - low if high > low else 1.0
    return {key: 1 - (high - cosine) / width * (1 - LEAST_COSINE) for key, cosine in cosines.items()}


def _shares(scores: Mapping[str, float]) -> Mapping[str, float]:
    best = max(scores.values(), default=0.0)
    return {key: score / best if best > 0 else 0.0 for key, score in scores.items()}


def _missed(shares: Mapping[str, float], depth: int) -> float:
    """A list that was not cut off holds every id that has any score at all."""
    return MISSED * min(shares.values()) if shares and len(shares) >= depth else 0.0
