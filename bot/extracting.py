"""Answers with the documentation's own sentences, steps, rows and code, where no model writes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.citations import cite
from bot.model import Citation, Passage
from bot.quoting import quote
from bot.weighing import Weighed, weigh

SECTIONS = 4
"""How many sections one answer quotes at most."""
_LEAST = 0.3
"""Share of the best piece's weight that a piece needs to be quoted."""
_SAME = 0.7
"""Share of common words from which two pieces say the same."""
_WITHIN = 0.8
"""Share of a piece's words that another one holds already, from which it says nothing new."""
_LEANS_BACK = re.compile(
    r"(?:However|Therefore|Thus|Otherwise|Moreover|Also|In this case|For this|To do (?:this|so)|Then|This"
    r"|That|These|Those|It|They|Such|Instead|But|So)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """An answer made of quotations; ``text`` is empty where nothing fits the question."""

    text: str = ""
    """Markdown with ``[n]`` markers."""
    citations: tuple[Citation, ...] = ()
    """The sources of the markers, by number."""


def extract(question: str, passages: Sequence[Passage], *, max_chars: int = 1_200) -> Extract:
    """What of ``passages`` (best first) answers ``question``, in at most ``max_chars`` characters."""
    chosen = _chosen(weigh(question, passages), max_chars)
    if not chosen:
        return Extract()
    text, sections = quote(chosen)
    return Extract(text=text, citations=tuple(cite(passage, at) for at, passage in enumerate(sections, 1)))


def _chosen(candidates: Sequence[Weighed], max_chars: int) -> Sequence[Weighed]:
    """The best candidates that fit together into ``max_chars``, best first."""
    chosen: list[Weighed] = []
    for candidate in sorted(candidates, key=lambda one: -one.weight):
        if candidate.weight <= (_LEAST * chosen[0].weight if chosen else 0.0):
            break
        if candidate.piece.alone and _adds(candidate, chosen):
            grown = [*chosen, *_with_context(candidate, candidates, chosen)]
            if len({one.passage.url for one in grown}) <= SECTIONS and len(quote(grown)[0]) <= max_chars:
                chosen = grown
    return chosen


def _adds(candidate: Weighed, chosen: Sequence[Weighed]) -> bool:
    return not any(_repeats(candidate, one) or _is_second_code(candidate, one) for one in chosen)


def _repeats(candidate: Weighed, other: Weighed) -> bool:
    common = len(candidate.words & other.words)
    most = _SAME * len(candidate.words | other.words)
    return candidate is other or common >= most or common >= _WITHIN * len(candidate.words)


def _is_second_code(candidate: Weighed, other: Weighed) -> bool:
    """Whether ``candidate`` is code in a second language, or more code of a section that has some."""
    if candidate.piece.kind != "code" or other.piece.kind != "code":
        return False
    same_section = candidate.passage.url == other.passage.url
    return same_section or candidate.piece.header != other.piece.header


def _with_context(
    candidate: Weighed, candidates: Sequence[Weighed], chosen: Sequence[Weighed]
) -> Sequence[Weighed]:
    """The candidate, with the sentence before it where it leans on that one."""
    if candidate.piece.kind != "sentence" or not _LEANS_BACK.match(candidate.piece.text):
        return [candidate]
    before = [
        one
        for one in candidates
        if one.passage is candidate.passage
        and one.piece.block == candidate.piece.block
        and one.order == candidate.order - 1
        and one.piece.alone
        and one not in chosen
    ]
    # The candidate stays first: the first one chosen sets what the others are measured by.
    return [candidate, *before]
