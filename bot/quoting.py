"""Sets chosen pieces as one answer: grouped by section, in reading order, each with its marker."""

import re
from collections.abc import Sequence
from itertools import groupby

from bot.model import Passage
from bot.pieces import Piece
from bot.prose import plain
from bot.weighing import Weighed

_NUMBER = re.compile(r"^\d{1,3}(?:\.\d{1,3})*[.)]\s+")


def quote(chosen: Sequence[Weighed]) -> tuple[str, Sequence[Passage]]:
    """Markdown of ``chosen`` (best first), and one passage of each section: the first one is ``[1]``.

    Sections stand in the order of their best piece, the pieces of each in reading order.
    """
    sections: dict[str, list[Weighed]] = {}
    for one in chosen:
        sections.setdefault(one.passage.url, []).append(one)
    parts: list[str] = []
    for number, section in enumerate(sections.values(), 1):
        ordered = sorted(section, key=lambda one: (one.passage.ordinal, one.order))
        parts += _section(ordered, f" [{number}]", first=number == 1)
    return "\n\n".join(parts), [section[0].passage for section in sections.values()]


def _section(ordered: Sequence[Weighed], marker: str, *, first: bool) -> Sequence[str]:
    """A section's parts; words carry the marker at their end, code and tables on the line above."""
    opens_in_words = ordered[0].piece.kind == "sentence" or ordered[0].piece.lead
    parts = [] if first and opens_in_words else [f"**{_heading(ordered[0].passage)}**"]
    said = ""
    for _, group in groupby(ordered, key=lambda one: (one.passage.ordinal, one.piece.block)):
        block = [one.piece for one in group]
        if block[0].lead and not said.endswith(block[0].lead):
            parts.append(block[0].lead)
        said = _set(block)
        if _is_words(block[0]):
            parts.append(said + marker)
            continue
        if not parts[-1].endswith((marker, "```", "|")):
            parts[-1] += marker
        parts.append(said)
    return parts


def _is_words(piece: Piece) -> bool:
    return piece.kind in ("sentence", "item") or (piece.kind == "row" and not piece.header)


def _set(block: Sequence[Piece]) -> str:
    """The chosen pieces of one block as Markdown."""
    texts = [piece.text for piece in block]
    match block[0].kind:
        case "sentence":
            return " ".join(texts)
        case "item":
            return _steps(texts) if block[0].numbered else "\n".join(texts)
        case "row":
            return "\n".join([*filter(None, [block[0].header]), *texts])
        case "code":
            code = "\n\n".join(texts)
            return f"```{block[0].header}\n{code}\n```"


def _steps(texts: Sequence[str]) -> str:
    """Steps with their numbers where the first one is among them; otherwise without."""
    together = "\n".join(texts)
    if together.startswith("1.") and "\n" in together:
        return together
    bare = [_NUMBER.sub("", text) for text in texts]
    return bare[0] if len(bare) == 1 else "\n".join(f"- {text}" for text in bare)


def _heading(passage: Passage) -> str:
    last = plain(passage.heading.split(" > ")[-1]) or plain(passage.title)
    return _NUMBER.sub("", re.sub(r"[*#]+", "", last)).strip(" :") or "More"
