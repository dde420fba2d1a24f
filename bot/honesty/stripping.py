"""Takes out of a question the names that say nothing, because whatever is found holds them (pure)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.honesty.clarifying import subjects
from bot.honesty.mentioning import asked_about, latin, names
from bot.model import Passage
from bot.question.languages import is_english
from bot.words import stem, terms

_MOST_OF = 0.5
"""Share of the passages that hold a name of the product, or of the one tool that a question is about."""
_SUBJECT = re.compile(r"\w_\w|^[a-z]+[A-Z]|[A-Za-z]\d|^[A-Z]+s?$")
"""Keys and acronyms; PyTorch and MinIO are products."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bare:
    """A question without the names that say nothing, and what was found for that, best first."""

    text: str = ""
    found: tuple[Passage, ...] = ()


NOT_BARE = Bare()
"""Where there is no such name."""


def stripped(question: str, found: Sequence[Passage]) -> str:
    """``question`` without the names that most of ``found`` hold; empty where none is, or no subject is left.

    "How do I cook pizza with Milvus?" is as near to pages about Milvus as a question about them: what it asks
    beside the name tells. A name in code or in capitals (``maxSize``, ``TLS``) is a subject of its own.
    """
    if not found or not asked_about(question):
        return ""
    wide = _wide(question, found)
    rest = question
    for name in wide:
        rest = re.sub(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", " ", rest)
    rest = " ".join(rest.split())
    return rest if wide and subjects(rest) else ""


def all_held(rest: str, found: Sequence[Passage]) -> bool:
    """Whether ``found`` hold every subject that ``rest`` names."""
    held = {word for one in found for word in terms(f"{one.title} {one.heading} {one.text}")}
    return all(terms(word) & held for word in subjects(rest))


def _wide(question: str, found: Sequence[Passage]) -> Sequence[str]:
    """Names to take out. Of a question in another language none, where it holds two or a subject:
    they are all that an English page can be judged by."""
    held = [terms(f"{one.title} {one.heading} {one.text}") for one in found]
    english = is_english(question)
    candidates = tuple(names(question)) if english else latin(question)
    wide = [name for name in candidates if sum(stem(name) in words for words in held) >= len(held) * _MOST_OF]
    plain = [name for name in wide if not _SUBJECT.search(name)]
    if not english and (len(plain) > 1 or len(plain) < len(wide)):
        return ()
    return plain
