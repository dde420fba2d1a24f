"""Judges what a search found (pure): does it cover the question, and what does it never mention."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.honesty import confidence
from bot.honesty.confidence import Scale
from bot.honesty.declining import to_the_bot
from bot.honesty.mentioning import held, held_in_english, in_code, unmentioned
from bot.honesty.stripping import NOT_BARE, Bare, all_held
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


def judge(
    question: str,
    found: Sequence[Passage],
    scale: Scale,
    *,
    more: Sequence[Passage] = (),
    bare: Bare = NOT_BARE,
) -> Verdict:
    """What ``found`` is worth for ``question``; ``scale`` says what the embedding model's cosines mean.

    ``question`` is what was searched for: its English form where there is one.

    ``more`` are passages that were searched for the names of the question alone. A name that only they hold
    is mentioned somewhere, but not where the answer would be. ``bare`` is the question without the names that
    most of ``found`` hold, where it has such names.
    """
    absent = unmentioned(question, found)
    missing = unmentioned(question, [*found, *more]) if more else absent
    english = is_english(question)
    known = scale.above(found, english=english) is not None
    named = _named(question, found, bare.text) if known and not absent else ()
    likely = confidence.confidence(found, scale, english=english, beside=bare.found)
    covered = confidence.covered(found, scale, named=bool(named), english=english, beside=bare.found)
    # What is asked of the bot itself may only look like a question about the product.
    strange = english and known and not named and likely < confidence.SURE and to_the_bot(question)
    # A name alone that most passages hold is no reason to be sure, whatever the language.
    sure = confidence.COVERED if named and (english or not bare.text) else confidence.SURE
    return Verdict(
        # Nobody has a name like maxSize by chance, and embeddings hardly know it.
        covered=(covered and not strange) or any(map(in_code, named)),
        doubtful=bool(absent) or (known and likely < sure),
        confidence=likely,
        missing=missing,
    )


def _named(question: str, found: Sequence[Passage], rest: str) -> Sequence[str]:
    """The names of the question that count as evidence."""
    if not is_english(question):
        return held_in_english(question, found)
    names = held(question, found)
    # What nearly every page holds is evidence only where they hold the rest of the question too.
    return names if not rest or all_held(rest, found) else held(rest, found)
