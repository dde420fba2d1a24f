"""Tells by their words which threads resemble a question (pure)."""

from collections import Counter
from collections.abc import Sequence
from math import log, sqrt

from bot.support.handoffs import Case
from bot.words import terms

AT_MOST = 3
ALIKE = 0.3
"""Cosine of the weighted words from which two questions count as alike; below it chance decides."""
READ_CHARS = 2_000


def alike(case: Case, others: Sequence[Case], limit: int = AT_MOST) -> Sequence[Case]:
    """Of ``others`` those that resemble ``case``, most alike first; never one of its own thread."""
    others = [other for other in others if not same_thread(case, other)]
    words = [_words(other) for other in others]
    own = _words(case)
    seen = Counter(word for found in (own, *words) for word in found)
    rarity = {word: log((len(others) + 2) / count) for word, count in seen.items()}
    scored = [(_cosine(own, found, rarity), other) for found, other in zip(words, others, strict=True)]
    best = sorted(scored, key=lambda pair: -pair[0])[:limit]
    return [other for score, other in best if score >= ALIKE]


def same_thread(case: Case, other: Case) -> bool:
    """Whether two cases came of one thread."""
    return case.entry.ref == other.entry.ref or case.entry.place == other.entry.place


def _words(case: Case) -> frozenset[str]:
    return frozenset(terms(case.entry.text[:READ_CHARS]))


def _cosine(one: frozenset[str], other: frozenset[str], rarity: dict[str, float]) -> float:
    def weight(words: frozenset[str]) -> float:
        return sum(rarity[word] ** 2 for word in words)

    shared = weight(one & other)
    return shared / sqrt(weight(one) * weight(other)) if shared else 0.0
