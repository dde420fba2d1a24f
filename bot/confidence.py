"""Decides from the passages whether a question is covered at all (pure)."""

from collections.abc import Sequence

from bot.model import Passage


def confidence(passages: Sequence[Passage]) -> float:
    """The best similarity of question and passage, 0 to 1; 0 where none is known."""
    return max((passage.similarity for passage in passages if passage.similarity is not None), default=0.0)


def covered(passages: Sequence[Passage], floor: float | None) -> bool:
    """Whether the documentation seems to speak of it: ``floor`` is the least similarity, None for any."""
    if not passages:
        return False
    return floor is None or confidence(passages) >= floor
