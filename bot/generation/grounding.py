"""Checks a cited statement against the passage that it names (pure)."""

import re

from bot.model import Passage
from bot.question.languages import is_english
from bot.words import identifiers, terms

LEAST_SHARED = 0.34
"""Share of a statement's words that its passage holds at least.

Sentences of a page always reach it with their own passage, 86 in 100 still do with half of their words and
six others, and 22 in 100 with another passage of the same search (437 sentences; benchmarks/honesty.md).
"""
_MARKER = re.compile(r"\[\d{1,3}\]|【[^】]*】")
_END = re.compile(r"(?<=[.!?:;])\s+|\n+|(?<=[。！？])")
_FIGURE = re.compile(r"\d{2,}")
_FEW = 2


def claim(before: str) -> str:
    """The statement that a marker behind ``before`` stands for: the last sentence or line with some words."""
    pieces = [piece for piece in _END.split(_MARKER.sub("", before)) if piece.strip()]
    stated = ""
    for piece in reversed(pieces):
        stated = f"{piece} {stated}".strip()
        if len(terms(stated)) >= _FEW:
            break
    return stated


def supported(stated: str, passage: Passage) -> bool:
    """Whether ``passage`` can be where ``stated`` comes from: it holds a good part of its words and figures.

    Of a statement in another language than English only names and figures can be looked for.
    """
    words = terms(stated)
    if len(words) < _FEW:
        return True
    held = terms(f"{passage.title} {passage.heading} {passage.text}")
    if not is_english(stated):
        named = identifiers(stated) | {word for word in words if _FIGURE.search(word)}
        return not named or bool(named & held)
    # A figure that the passage does not hold weighs as much as two words.
    wrong = sum(1 for word in words - held if _FIGURE.fullmatch(word))
    return len(words & held) >= LEAST_SHARED * (len(words) + wrong)
