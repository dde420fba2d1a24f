"""Joins what a dense and a BM25 search found into one ranking (pure)."""

from collections.abc import Mapping, Sequence


def fuse(
    dense: Mapping[str, float], words: Mapping[str, float], *, dense_weight: float
) -> Sequence[tuple[str, float]]:
    """Ids with their fused score, 0 to 1, best first.

    Both take id to score, higher is better. Each list is stretched to 0..1 (min-max), because cosines
    and BM25 scores have nothing else in common; an id that one list lacks gets 0 there.
    """
    if not words:
        dense_weight = 1.0
    left, right = _stretched(dense), _stretched(words)
    scores = {
        key: dense_weight * left.get(key, 0.0) + (1 - dense_weight) * right.get(key, 0.0)
        for key in (*left, *(key for key in right if key not in left))
    }
    return sorted(scores.items(), key=lambda item: -item[1])


def _stretched(scores: Mapping[str, float]) -> Mapping[str, float]:
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    span = high - low
    return {key: (score - low) / span if span else 1.0 for key, score in scores.items()}
