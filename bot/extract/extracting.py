"""Answers with the documentation's own sentences, steps, rows and code, where no model writes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot import wording
from bot.extract.differing import differing
from bot.extract.quoting import quote
from bot.extract.weighing import Weighed, weigh
from bot.generation.citations import cite
from bot.model import Citation, Passage

SECTIONS = 4
"""How many sections one answer quotes at most."""
# Shares of the best piece's weight that a piece needs to be quoted beside it. The padding that they keep out
# costs readers more than the odd fact in it is worth.
_AROUND = 0.1
"""In the same passage, with a word of the question: neighbours make an answer whole."""
_LEAST = 0.35
"""In another passage, however much it adds."""
_LEAST_HERE = 0.25
"""The same on the page of the best piece."""
_ON_PAGE, _ELSEWHERE = 0.3, 0.65
"""In another section of that page, and on another page, without a word of the question that is new; the less,
the more it brings. Pages about other things share words with a question by chance."""
_AROUND_FIGURE, _BESIDE_FIGURE = 0.5, 0.65
"""In the same passage and elsewhere, where the best piece is the figure that was asked for."""
_CLEAR = 0.5
"""Share of the question that the best piece holds where its figure is taken to be the answer."""
_TOPIC = 0.5
"""Share of what the best piece holds of the question that a piece of another section has to hold."""
_SAME = 0.7
"""Share of common words from which two pieces say the same."""
_WITHIN = 0.8
"""Share of a piece's words that another one holds already, from which it says nothing new."""
_LEANS_BACK = re.compile(
    r"(?:However|Therefore|Thus|Otherwise|Moreover|Also|In this case|For this|To do (?:this|so)|Then|This"
    r"|That|These|Those|It|They|Such|Instead|But|So)\b|\w+ (?:it|them|this|these|those)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """An answer made of quotations; ``text`` is empty where nothing fits the question."""

    text: str = ""
    """Markdown with ``[n]`` markers."""
    citations: tuple[Citation, ...] = ()
    """The sources of the markers, by number."""


def extract(question: str, passages: Sequence[Passage], *, max_chars: int = 1_200) -> Extract:
    """What of ``passages`` (best first) answers ``question``, in at most ``max_chars`` characters.

    Where two pages contradict each other it says so, and quotes both.
    """
    candidates = weigh(question, passages)
    lead, begun = _contradiction(candidates, max_chars)
    chosen = _chosen(candidates, max_chars - len(lead), begun)
    if not chosen:
        return Extract()
    text, sections = quote(chosen)
    return Extract(
        text=lead + text, citations=tuple(cite(passage, at) for at, passage in enumerate(sections, 1))
    )


def opening(passages: Sequence[Passage], *, max_chars: int = 1_200) -> Extract:
    """What the best of ``passages`` says under its own heading, where a question has no word to go by."""
    if not passages:
        return Extract()
    best = passages[0]
    return extract(f"{best.title} {best.heading}", [best], max_chars=max_chars)


def _contradiction(candidates: Sequence[Weighed], max_chars: int) -> tuple[str, Sequence[Weighed]]:
    """What two pages say against each other and the sentence before it; nothing where they agree."""
    pair = differing(candidates)
    if pair is None:
        return "", ()
    one, other = (_with_context(side, candidates, ()) for side in pair)
    versions = pair[0].passage.version != pair[1].passage.version
    lead = f"{wording.VERSIONS_DIFFER if versions else wording.PAGES_DIFFER}\n\n"
    both = [*one, *other]
    return (lead, both) if len(lead) + len(quote(both)[0]) <= max_chars else ("", ())


def _chosen(
    candidates: Sequence[Weighed], max_chars: int, begun: Sequence[Weighed] = ()
) -> Sequence[Weighed]:
    """The best candidates that fit together into ``max_chars``, best first.

    Of the sections in ``begun`` alone, where some were chosen already.
    """
    most = len({one.passage.section for one in begun}) or SECTIONS
    chosen = list(begun)
    for candidate in _ranked(candidates):
        if candidate.weight > _least(candidate, chosen) and _adds(candidate, chosen):
            grown = [*chosen, *_with_context(candidate, candidates, chosen)]
            if len({one.passage.section for one in grown}) <= most and len(quote(grown)[0]) <= max_chars:
                chosen = grown
    return chosen


def _ranked(candidates: Sequence[Weighed]) -> Sequence[Weighed]:
    """What can be quoted, best first; all of the best one's passage before the others.

    Neighbours read better together than the best lines of many pages.
    """
    ranked = sorted((one for one in candidates if one.piece.alone), key=lambda one: -one.weight)
    return sorted(ranked, key=lambda one: one.passage is not ranked[0].passage)


def _least(candidate: Weighed, chosen: Sequence[Weighed]) -> float:
    """The weight that ``candidate`` must exceed to be quoted beside ``chosen``."""
    if not chosen:
        return 0.0
    best = chosen[0]
    neighbour = candidate.passage is best.passage
    if best.settles and sum(best.covers.values()) >= _CLEAR:
        share = 1.0 if candidate.piece.kind == "code" else _AROUND_FIGURE if neighbour else _BESIDE_FIGURE
    elif neighbour and candidate.words & candidate.covers.keys():
        share = _AROUND
    elif candidate.passage.section == best.passage.section:
        share = _LEAST
    else:
        share = _least_elsewhere(candidate, chosen)
    return share * best.weight


def _least_elsewhere(candidate: Weighed, chosen: Sequence[Weighed]) -> float:
    if sum(candidate.covers.values()) < _TOPIC * sum(chosen[0].covers.values()):
        return 1.0
    known = {word for one in chosen for word in one.covers}
    new = sum(share for word, share in candidate.covers.items() if word not in known)
    if candidate.passage.path == chosen[0].passage.path:
        return max(_LEAST_HERE, _ON_PAGE - new)
    return max(_LEAST, _ELSEWHERE - new)


def _adds(candidate: Weighed, chosen: Sequence[Weighed]) -> bool:
    return not any(_repeats(candidate, one) or _is_second_code(candidate, one) for one in chosen)


def _repeats(candidate: Weighed, other: Weighed) -> bool:
    if candidate.piece.kind == "row" != other.piece.kind:
        # Rows are read together; one left out because a sentence says the same would be missed.
        return False
    common = len(candidate.words & other.words)
    most = _SAME * len(candidate.words | other.words)
    return candidate is other or common >= most or common >= _WITHIN * len(candidate.words)


def _is_second_code(candidate: Weighed, other: Weighed) -> bool:
    """Whether ``candidate`` is code in a second language, or more code of a section that has some."""
    if candidate.piece.kind != "code" or other.piece.kind != "code":
        return False
    same_section = candidate.passage.section == other.passage.section and not candidate.piece.lead
    return same_section or candidate.piece.header != other.piece.header


def _with_context(
    candidate: Weighed, candidates: Sequence[Weighed], chosen: Sequence[Weighed]
) -> Sequence[Weighed]:
    """The candidate, with the sentence before it where it leans on that one."""
    piece = candidate.piece
    # Below the question that it answers, a sentence still leans on the one before it.
    led = piece.lead and not piece.lead.rstrip("*_").endswith("?")
    opening = piece.lead if led else piece.text if piece.kind == "sentence" else ""
    if not _LEANS_BACK.match(opening):
        return [candidate]
    same = [one for one in candidates if one.passage is candidate.passage and one.order <= candidate.order]
    at = next((one.order for one in same if one.piece.text == opening), candidate.order)
    before = [
        one
        for one in same
        if one.order == at - 1 and one.piece.kind == "sentence" and one.piece.alone and one not in chosen
    ]
    # The candidate stays first: the first one chosen sets what the others are measured by.
    return [candidate, *before]
