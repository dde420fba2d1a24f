"""Tells from what a search found how likely the documentation covers the question (pure)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

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
BESIDE = 0.6
"""Share of what the question without its names counts in its similarity, where most passages hold those."""
FOREIGN_BEST = 5
"""Of how many passages the mean counts for a question in another language: one may be near by chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What the cosines of an embedding model mean; a floor is where one begins to mean something."""

    floor: float | None = None
    """For English questions; None where it was not measured."""
    foreign: float | None = None
    """For questions in other languages than the documentation's; None: the same."""
    spread: float = 1.0
    """How many times closer together the model's cosines lie than MiniLM's."""

    def above(
        self, passages: Sequence[Passage], *, english: bool, beside: Sequence[Passage] = ()
    ) -> float | None:
        """How far ``passages`` are above the floor, in MiniLM's cosines; None where that cannot be told."""
        floor = self.floor if english or self.foreign is None else self.foreign
        best = 1 if english else FOREIGN_BEST
        reached, bare = _reached(passages, best), _reached(beside, best)
        if floor is None or reached is None:
            return None
        if bare is not None and bare < reached:
            reached += BESIDE * (bare - reached)
        return (reached - floor) * self.spread


def confidence(
    passages: Sequence[Passage], scale: Scale, *, english: bool = True, beside: Sequence[Passage] = ()
) -> float:
    """How likely ``passages`` cover what was asked, 0 to 1.

    Without a floor the best similarity is all there is. ``english`` is the question's language; ``beside``
    is what it found without the names that most of ``passages`` hold.
    """
    above = scale.above(passages, english=english, beside=beside)
    if above is None:
        return max(0.0, _reached(passages, 1) or 0.0)
    return 1 / (1 + math.exp(-(_START + _SLOPE * above)))


def covered(
    passages: Sequence[Passage],
    scale: Scale,
    *,
    named: bool = False,
    english: bool = True,
    beside: Sequence[Passage] = (),
) -> bool:
    """Whether the documentation seems to speak of it.

    ``named`` says that passages hold an unusual name of the question, which counts more than similarity:
    in a question in another language such names are what an English page can be found by. There what it
    found without them, ``beside``, leaves a doubt and no more: a model of English knows nothing of the rest.
    """
    if not passages:
        return False
    if scale.above(passages, english=english) is None or (named and not english):
        return True
    likely = confidence(passages, scale, english=english, beside=beside if english else ())
    return likely >= (NAMED if named else COVERED)


def _reached(passages: Sequence[Passage], best: int) -> float | None:
    """The mean of the ``best`` similarities; None where none is known."""
    known = sorted((one.similarity for one in passages if one.similarity is not None), reverse=True)[:best]
    return sum(known) / len(known) if known else None
