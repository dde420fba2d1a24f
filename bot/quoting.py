"""Sets chosen pieces as one answer: grouped by section, in reading order, each with its marker."""

import re
from collections.abc import Sequence
from itertools import groupby

from bot.model import Passage
from bot.prose import plain
from bot.weighing import Weighed


_NUMBER = re.compile(r"^\d{1,3}(?:\.\d{1,3})*[.)]\s+")


def quote(chosen: Sequence[Weighed]) -> tuple[str, Sequence[Passage]]:
    """Markdown of ``chosen`` (best first) and its sections: the first one is ``[1]``.

    Sections stand in the order of their best piece, pieces within one in reading order.
    """
    sections: dict[str, list[Weighed]] = {}
    for one in chosen:
        sections.setdefault(one.passage.url, []).append(one)
    parts: list[str] = []
    for number, section in enumerate(sections.values(), 1):
        ordered = sorted(section, key=lambda one: (one.passage.ordinal, one.order))
        parts += _section(ordered, number, bare=number == 1)
    return "\n\n".join(parts), [section[0].passage for section in sections.values()]


def _section(ordered: Sequence[Weighed], number: int, *, bare: bool) -> Sequence[str]:
    """The blocks of one section; ``bare`` leaves the heading out where a sentence opens it."""
    marker = f" [{number}]"
    parts: list[str] = []
    heading = _heading(ordered[0].passage)
    if heading and not (bare and _opens_in_words(ordered[0])):
        parts.append(f"**{heading}**")
    said = ""
    for _, group in groupby(ordered, key=lambda one: (one.passage.ordinal, one.piece.block)):
        block = [one.piece for one in group]
        if block[0].lead and not said.endswith(block[0].lead):
            parts.append(block[0].lead)
        body, quotable = _block(block)
        if quotable:
            parts.append(body + marker)
        else:
            if not parts:
                parts.append(marker.strip())
            elif not parts[-1].endswith((marker, "```", "|")):
                parts[-1] += marker
            parts.append(body)
        said = body
    return parts


def _opens_in_words(one: Weighed) -> bool:
    return one.piece.kind == "sentence" or bool(one.piece.lead)


def _block(block: Sequence) -> tuple[str, bool]:
    kind = block[0].kind
    if kind == "sentence":
        return " ".join(piece.text for piece in block), True
    if kind == "item" and block[0].numbered:
        return _steps([piece.text for piece in block]), True
    if kind == "item" or (kind == "row" and not block[0].header):
        return "\n".join(piece.text for piece in block), True
    if kind == "row":
        return "\n".join([block[0].header, *(piece.text for piece in block)]), False
    inner = "\n\n".join(piece.text for piece in block)
    return f"```{block[0].header}\n{inner}\n```", False


def _steps(texts: Sequence[str]) -> str:
    """Steps with their numbers where they begin at the first one; otherwise without."""
    if texts[0].startswith("1."):
        return "\n".join(texts)
    bare = [_NUMBER.sub("", text) for text in texts]
    return bare[0] if len(bare) == 1 else "\n".join(f"- {text}" for text in bare)


def _heading(passage: Passage) -> str:
    parts = [plain(part) for part in passage.heading.split(" > ") if part.strip()] or [plain(passage.title)]
    return _NUMBER.sub("", re.sub(r"[*#]+", "", parts[-1])).strip(" :")
