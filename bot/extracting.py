"""Answers with the documentation's own sentences, steps, rows and code, where no model writes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.citations import cite
from bot.model import Citation, Passage
from bot.quoting import quote
from bot.weighing import Weighed, weigh

SECTIONS = 4
_LEAST = 0.3
"""Share of the best piece's weight that a piece needs to be quoted."""
_SAME = 0.7
"""Share of common words from which two pieces say the same."""
_LEANS_BACK = re.compile(
    r"(?:However|Therefore|Thus|Otherwise|Moreover|Also|In this case|For this|To do this|To do so|Then|This|That"
    r"|These|Those|It|They|Such|Instead|But|So)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """An answer made of quotations; ``text`` is empty where nothing fits the question."""

    text: str = ""
    """Markdown with ``[n]`` markers."""
    citations: tuple[Citation, ...] = ()
    """The sources of the markers, by number."""


def extract(question: str, passages: Sequence[Passage], *, max_chars: int = 1200) -> Extract:
    """What of ``passages`` (best first) answers ``question``, in at most ``max_chars`` characters."""
    candidates = weigh(question, passages)
    chosen = _chosen(candidates, max_chars)
    if not chosen:
        return Extract()
    text, sections = quote(chosen)
    return Extract(text=text, citations=tuple(cite(passage, at) for at, passage in enumerate(sections, 1)))


def _chosen(candidates: Sequence[Weighed], max_chars: int) -> Sequence[Weighed]:
    ranked = sorted(candidates, key=lambda candidate: -candidate.weight)
    chosen: list[Weighed] = []
    for candidate in ranked:
        if chosen and candidate.weight < _LEAST * chosen[0].weight:
            break
        if not candidate.piece.alone or candidate in chosen or _repeats(candidate, chosen) or _second(candidate, chosen):
            continue
        grown = [*chosen, *_with_context(candidate, candidates, chosen)]
        if len({one.passage.url for one in grown}) > SECTIONS:
            continue
        if len(quote(grown)[0]) <= max_chars:
            chosen = grown
    return chosen


def _with_context(candidate: Weighed, candidates: Sequence[Weighed], chosen: Sequence[Weighed]) -> Sequence[Weighed]:
    """The candidate, and the sentence before it where it leans on that one."""
    if candidate.piece.kind != "sentence" or not candidate.order or not _LEANS_BACK.match(candidate.piece.text):
        return [candidate]
    before = [
        one
        for one in candidates
        if one.passage is candidate.passage and one.order == candidate.order - 1 and one.piece.alone
        and one.piece.block == candidate.piece.block and one not in chosen
    ]
    return [*before, candidate]


def _second(candidate: Weighed, chosen: Sequence[Weighed]) -> bool:
    """Whether ``candidate`` is code in a second language, or more code of a section that has some."""
    if candidate.piece.kind != "code":
        return False
    others = [one for one in chosen if one.piece.kind == "code"]
    return any(one.passage.url == candidate.passage.url or one.piece.header != candidate.piece.header for one in others)


def _repeats(candidate: Weighed, chosen: Sequence[Weighed]) -> bool:
    words = candidate.words
    return any(len(words & one.words) >= _SAME * len(words | one.words) for one in chosen if words or one.words)
