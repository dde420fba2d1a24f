"""Orders what follows the best hits, for whoever reads a whole context of passages (pure)."""

import math
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from bot.model import Passage
from bot.words import terms

FIRST = 8
"""How many hits stay where they are."""
PAGES = 8
PAGE = 0.1
"""What a passage of one of the first ``PAGES`` pages is worth beside its score: an answer often stands
further down on a page that was found by something else."""
WORDS = 0.2
"""What all words of the query together are worth; the index compares whole words, here their stems count."""


def ordered(passages: Sequence[Passage], query: str) -> Sequence[Passage]:
    """``passages`` (best first) with those behind the first by score, page and the query's words."""
    held = [terms(f"{one.title} {one.heading} {one.text}") for one in passages]
    weights = _weights(terms(query), held)
    pages = set(list(dict.fromkeys(one.path for one in passages))[:PAGES])
    nearest = max((one.similarity for one in passages if one.similarity is not None), default=None)

    def worth(place: int) -> float:
        one = passages[place]
        words = sum(weight for word, weight in weights.items() if word in held[place])
        # How near the nearest is tells whether the question is covered at all, so it is never cut off.
        kept = nearest is not None and one.similarity == nearest
        return one.score + PAGE * (one.path in pages) + WORDS * words + kept

    behind = sorted(range(FIRST, len(passages)), key=worth, reverse=True)
    return [*passages[:FIRST], *(passages[place] for place in behind)]


def _weights(wanted: AbstractSet[str], held: Sequence[AbstractSet[str]]) -> Mapping[str, float]:
    """What each word counts, 1 for all together: the more, the fewer passages hold it."""
    holding = {word: sum(word in words for words in held) for word in wanted}
    rarity = {word: math.log(1 + (len(held) + 1) / (n + 0.5)) for word, n in holding.items() if n}
    total = sum(rarity.values())
    return {word: weight / total for word, weight in rarity.items()}
