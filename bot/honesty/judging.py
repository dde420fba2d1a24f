"""Judges what a search found (pure): does it cover the question, and what does it never mention."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.honesty import confidence
from bot.honesty.confidence import Scale
from bot.honesty.mentioning import held_in_english, in_code, names, unmentioned
from bot.model import Passage
from bot.question.languages import is_english


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How far found passages can be trusted to answer."""

    covered: bool
    doubtful: bool
    """Whether an answer needs a word of doubt."""
    confidence: float
    """0 to 1."""
    missing: tuple[str, ...] = ()
    """Names of the question that the passages never mention."""


def judge(question: str, found: Sequence[Passage], scale: Scale, *, more: Sequence[Passage] = ()) -> Verdict:
    """What ``found`` is worth for ``question``; ``scale`` says what the embedding model's cosines mean.

    ``question`` is what was searched for: its English form where there is one.

    ``more`` are passages that were searched for the names of the question alone. A name that only they hold
    is mentioned somewhere, but not where the answer would be.
    """
    absent = unmentioned(question, found)
    missing = unmentioned(question, [*found, *more]) if more else absent
    english = is_english(question)
    known = scale.above(found, english=english) is not None
    held = (_held if english else held_in_english)(question, found) if known and not absent else ()
    named = bool(held)
    likely = confidence.confidence(found, scale, english=english)
    return Verdict(
        # Nobody has a name like maxSize by chance, and embeddings hardly know it.
        covered=confidence.covered(found, scale, named=named, english=english) or any(map(in_code, held)),
        doubtful=bool(absent) or (known and likely < (confidence.COVERED if named else confidence.SURE)),
        confidence=likely,
        missing=missing,
    )


def _held(question: str, found: Sequence[Passage]) -> Sequence[str]:
    """The names of the question that a passage holds."""
    text = "\n".join(f"{one.title} {one.heading} {one.text}" for one in found).lower()
    return [name for name in names(question) if name.lower() in text]
