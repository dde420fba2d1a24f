"""Sorts a message for a support team: what it is, how bad it is, and whether a person has to look."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from bot.errors import ModelUnavailable
from bot.model import Passage
from bot.ports import LanguageModel
from bot.question.languages import is_english
from bot.question.masking import masked
from bot.question.personal import anonymous
from bot.triage import prompt as triage_prompt
from bot.triage.classifier import Guess, guess
from bot.triage.component import COMPONENTS, OTHER, component
from bot.triage.features import alarming, features, readable
from bot.triage.summary import summary

Category = Literal[
    "bug",
    "how-to",
    "configuration",
    "performance",
    "deployment",
    "feature-request",
    "account-billing",
    "not-support",
]
Severity = Literal["critical", "high", "normal", "low"]
CATEGORIES: tuple[Category, ...] = get_args(Category)
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""Worst first."""
DEADLINE = 20.0
"""Seconds that a model may take before the words alone decide."""
FOREIGN = 0.3
"""The most that is trusted in a message that is not English: the weights were trained on English ones."""
LIKELY_RIGHT, MOST_CERTAIN = 0.8, 0.95
"""How often a chat model's category is taken to be right before the words are heard; the most it can be."""
_NEVER_LOW = 0.1
"""Probability of `critical` from which a message is not called low."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Triage:
    """What a support team has to know about a message at first sight."""

    category: Category
    severity: Severity
    needs_human: bool
    """Whether documentation alone cannot settle it."""
    component: str
    """One of the components' names, or ``other``."""
    confidence: float
    """0 to 1: how likely the category is right."""
    summary: str
    """The sentence that says what is wrong: plain text, one line, at most 140 characters, not escaped."""
    model: str = ""
    """The chat model that decided; empty where the words alone did."""


async def triage(
    message: str,
    passages: Sequence[Passage],
    model: LanguageModel | None,
    *,
    deadline: float = DEADLINE,
) -> Triage:
    """Sort ``message``; ``passages`` are what the documentation holds about it, best first, or nothing.

    Secrets and what identifies a person are masked first. Never raises: a model that fails, answers with
    invalid values or takes longer than ``deadline`` seconds leaves it to the words.
    """
    text = anonymous(masked(message)[0])
    plain = by_words(text, passages)
    if model is None or not plain.confidence:
        return plain
    expected = triage_prompt.schema(CATEGORIES, SEVERITIES, (*COMPONENTS, OTHER))
    try:
        async with asyncio.timeout(deadline):
            answer = await model.structured(triage_prompt.build(text, passages), expected)
    except (ModelUnavailable, TimeoutError):
        return plain
    fields = triage_prompt.read(answer, expected)
    return plain if fields is None else _joined(plain, fields, text, model.name)


def by_words(message: str, passages: Sequence[Passage] = ()) -> Triage:
    """The same without a model, from the words of ``message`` (pure)."""
    told = summary(message)
    if not any(char.isalnum() for char in readable(message)):
        return Triage(
            category="not-support",
            severity="low",
            needs_human=False,
            component=OTHER,
            confidence=0.0,
            summary=told,
        )
    guessed = guess(features(message))
    serious = alarming(message) or not is_english(message)
    category = _likeliest(guessed, serious)
    result = Triage(
        category=category,
        severity=_severity(guessed),
        needs_human=guessed.needs_human >= guessed.threshold,
        component=component(readable(message), category, passages),
        confidence=_trusted(guessed.category[category], guessed, message),
        summary=told,
    )
    return _consistent(_understood(result, message), alarming(message))


def _joined(plain: Triage, fields: Mapping[str, Any], message: str, name: str) -> Triage:
    """The model's fields; how much they are trusted depends on how likely the words make them."""
    joined = replace(plain, **fields, model=name)
    likely = guess(features(message)).category[joined.category]
    same, other = LIKELY_RIGHT * likely, (1 - LIKELY_RIGHT) / (len(CATEGORIES) - 1) * (1 - likely)
    trusted = min(MOST_CERTAIN, same / (same + other)) if is_english(message) else LIKELY_RIGHT
    return _consistent(replace(joined, confidence=round(trusted, 2)), alarming(message))


def _consistent(result: Triage, alarm: bool) -> Triage:
    """An outage or lost data is at least high and for a person, whatever else the message or a model says."""
    if alarm:
        worse: Severity = "critical" if result.severity == "critical" else "high"
        return replace(result, severity=worse, needs_human=True)
    if result.severity == "critical":
        return replace(result, needs_human=True)
    if result.category == "not-support":
        return replace(result, severity="low", needs_human=False)
    return result


def _understood(result: Triage, message: str) -> Triage:
    """What is not English goes to a person, and is never called low: nobody knows yet what it says."""
    if is_english(message):
        return result
    severity: Severity = "normal" if result.severity == "low" else result.severity
    return replace(result, severity=severity, needs_human=True)


def _likeliest(guessed: Guess, serious: bool) -> Category:
    """The likeliest category, of a ``serious`` message the likeliest that somebody has to answer."""
    return max(
        (name for name in CATEGORIES if not (serious and name == "not-support")),
        key=lambda name: guessed.category[name],
    )


def _severity(guessed: Guess) -> Severity:
    likeliest = max(SEVERITIES, key=lambda name: guessed.severity[name])
    if likeliest == "low" and guessed.severity["critical"] >= _NEVER_LOW:
        return "normal"
    return likeliest


def _trusted(likely: float, guessed: Guess, message: str) -> float:
    """The category's probability, less for a message in words that were never seen in training."""
    strange = not is_english(message) or guessed.known < 3
    return round(min(likely, FOREIGN) if strange else likely, 2)
