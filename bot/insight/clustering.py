"""Groups texts that ask the same in other words, the same way every time."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence

from bot.words import terms

Embed = Callable[[Sequence[str]], Sequence[Sequence[float]]]
"""Gives each text its vector; alike texts then have a high cosine."""

SHARED_WORDS = 0.42
"""Cosine of the weighed words from which two questions count as the same one."""
SHARED_MEANING = 0.72
"""The same for the vectors of an embedding model."""
WIDESPREAD = 0.2
"""Words that more than this share of all texts hold say little about which of them belong together."""
FEW = 25
"""Below so many texts no word counts as widespread."""


def clusters(texts: Sequence[str], *, embed: Embed | None = None) -> list[list[int]]:
    """Positions of ``texts`` by group, largest group first, its most central text first.

    Every text is in exactly one group. A group is a text with all that are alike to it, and not a chain
    of texts of which each is alike to the next: chains end up joining what has nothing in common.
    """
    alike = _by_meaning(embed(texts)) if embed else _by_words([frozenset(terms(text)) for text in texts])
    left = set(range(len(texts)))
    groups = []
    # Neighbours only ever become fewer, so an order made once is nearly the order by what is left.
    for centre in sorted(left, key=lambda place: (-sum(alike[place].values()), place)):
        if centre in left:
            near = sorted(
                alike[centre].keys() & left - {centre}, key=lambda place: (-alike[centre][place], place)
            )
            groups.append([centre, *near])
            left -= {centre, *near}
    return sorted(groups, key=lambda group: (-len(group), group[0]))


Alike = Sequence[Mapping[int, float]]
"""Of each text those that are alike to it, with how much."""


def _by_words(words: Sequence[frozenset[str]]) -> Alike:
    same: defaultdict[frozenset[str], list[int]] = defaultdict(list)
    for place, text in enumerate(words):
        same[text].append(place)
    # Texts of the very same words are compared once, so that a question which hundreds ask neither costs
    # more than one that a single person asks, nor makes its own words count as widespread.
    weights = _weights(list(same))
    near = _near_ones(list(same), weights)
    return [{other: score for found, score in near[text].items() for other in same[found]} for text in words]


def _near_ones(
    texts: Sequence[frozenset[str]], weights: Mapping[str, float]
) -> Mapping[frozenset[str], Mapping[frozenset[str], float]]:
    """Of each text those that share enough of its weighed words, itself always among them."""
    # Sorted: the order of a set, and with it the last digit of a sum, differs from process to process.
    lengths = {text: math.sqrt(sum(weights[word] ** 2 for word in sorted(text))) for text in texts}
    holding: defaultdict[str, list[frozenset[str]]] = defaultdict(list)
    for text in texts:
        for word in text:
            if weights[word]:
                holding[word].append(text)
    near = {}
    for text in texts:
        dot: defaultdict[frozenset[str], float] = defaultdict(float)
        for word in sorted(text):
            for other in holding.get(word, ()):
                dot[other] += weights[word] ** 2
        scores = {other: shared / (lengths[text] * lengths[other]) for other, shared in dot.items()}
        near[text] = {other: score for other, score in scores.items() if score >= SHARED_WORDS} | {text: 1.0}
    return near


def _weights(words: Sequence[frozenset[str]]) -> Mapping[str, float]:
    """Rare words weigh more; words that nearly everybody uses weigh nothing."""
    spread = Counter(word for text in words for word in text)
    most = len(words) * WIDESPREAD if len(words) >= FEW else len(words) + 1
    return {
        word: math.log(1 + len(words) / count) if count <= most else 0.0 for word, count in spread.items()
    }


def _by_meaning(vectors: Sequence[Sequence[float]]) -> Alike:
    units = []
    for vector in vectors:
        length = math.sqrt(sum(value * value for value in vector)) or 1.0
        units.append([value / length for value in vector])
    alike: list[dict[int, float]] = [{} for _ in units]
    for place, one in enumerate(units):
        for other in range(place + 1, len(units)):
            score = sum(a * b for a, b in zip(one, units[other], strict=True))
            if score >= SHARED_MEANING:
                alike[place][other] = alike[other][place] = score
    return alike
