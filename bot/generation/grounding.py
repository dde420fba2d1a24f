"""Checks what an answer states against the passages that it names, or could have named (pure)."""

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

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
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|https?://\S+", re.DOTALL)
_BEHIND = re.compile(r"([.!?])((?: ?\[\d{1,3}\])+)")
"""Markers behind the end of their sentence."""
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+|(?<=[。！？])")
_NO_STATEMENT = re.compile(r"\s*(?:#|\|)|.*[:?？：]\W*\Z", re.DOTALL)
"""Headings, rows of tables, questions, and what only leads to what comes next."""
_SHORTEST = 3
"""Words that make a statement which can be told from others."""


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
    return _held(stated, _words(passage))


def mostly_loose(text: str, passages: Sequence[Passage]) -> bool:
    """Whether most statements of ``text`` name no passage and stand in none of ``passages`` either.

    ``text`` holds markers only where their passage supports the statement.
    """
    held = [_words(passage) for passage in passages]
    loose = [
        not _MARKER.search(stated) and not any(_held(stated, words) for words in held)
        for stated in _statements(text)
    ]
    return sum(loose) * 2 > len(loose)


def _statements(text: str) -> Iterator[str]:
    for sentence in _SENTENCE.split(_BEHIND.sub(r"\2\1", _CODE.sub(" ", text))):
        if len(terms(_MARKER.sub("", sentence))) >= _SHORTEST and not _NO_STATEMENT.match(sentence):
            yield sentence


def _words(passage: Passage) -> AbstractSet[str]:
    return terms(f"{passage.title} {passage.heading} {passage.text}")


def _held(stated: str, held: AbstractSet[str]) -> bool:
    words = terms(stated)
    if len(words) < _FEW:
        return True
    if not is_english(stated):
        named = identifiers(stated) | {word for word in words if _FIGURE.search(word)}
        return not named or bool(named & held)
    # A figure that the passage does not hold weighs as much as two words.
    wrong = sum(1 for word in words - held if _FIGURE.fullmatch(word))
    return len(words & held) >= LEAST_SHARED * (len(words) + wrong)
