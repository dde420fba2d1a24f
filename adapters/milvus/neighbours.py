"""Brings in the short texts that stand beside the best hits on their pages (pure)."""

from collections.abc import Mapping, Sequence
from typing import Any

from adapters.milvus.fusion import Ranking

HITS = 10
"""Of how many hits the texts beside them are read."""
KEPT = 8
"""How many hits no neighbour passes."""
SHARE = 0.9
"""Of its hit's score, what a neighbour has."""
MOST_CHARACTERS = 600
"""A longer neighbour takes more of the context from other hits than it is worth."""


def beside(ranked: Ranking) -> Sequence[str]:
    """Ids of the chunks before and after the first hits that are no hits themselves; some may not exist."""
    known = {key for key, _ in ranked}
    near = (key for hit, _ in ranked[:HITS] for key in _next_to(hit))
    return [key for key in dict.fromkeys(near) if key not in known]


def with_neighbours(ranked: Ranking, found: Mapping[str, Mapping[str, Any]]) -> Ranking:
    """``ranked`` with the short ones of ``found`` (id to its fields) behind the first hits, by score."""
    scores = dict(ranked[KEPT:])
    for hit, score in ranked[:HITS]:
        for key in _next_to(hit):
            if key in found and len(found[key]["text"]) <= MOST_CHARACTERS:
                scores[key] = max(scores.get(key, 0.0), score * SHARE)
    return [*ranked[:KEPT], *sorted(scores.items(), key=lambda item: -item[1])]


def _next_to(key: str) -> Sequence[str]:
    """An id is a page's digits and the chunk's place in it: ``<page>-000004``."""
    page, _, place = key.rpartition("-")
    return [f"{page}-{number:06d}" for number in (int(place) - 1, int(place) + 1) if number >= 0]
