"""Sets chosen pieces as one answer: grouped by section, in reading order, each with its marker."""

import re
from collections.abc import Sequence
from itertools import groupby

from bot.extract.pieces import Piece
from bot.extract.prose import plain
from bot.extract.weighing import Weighed
from bot.model import Passage

_NUMBER = re.compile(r"^\d{1,3}(?:\.\d{1,3})*[.)]\s+")
_CELL = re.compile(r"(?<!\\)\|")
_FEW_ROWS = 2
"""Up to how many rows of a table are set as a list: a table would be more frame than picture."""


def quote(chosen: Sequence[Weighed]) -> tuple[str, Sequence[Passage]]:
    """Markdown of ``chosen`` (best first), and one passage of each section: the first one is ``[1]``.

    Sections stand in the order of their best piece, the pieces of each in reading order; where they are of
    several versions, each is headed with its own.
    """
    sections: dict[tuple[str, str], list[Weighed]] = {}
    for one in chosen:
        sections.setdefault(one.passage.section, []).append(one)
    several = len({one.passage.version for one in chosen}) > 1
    parts: list[str] = []
    for number, section in enumerate(sections.values(), 1):
        ordered = sorted(section, key=lambda one: (one.passage.ordinal, one.order))
        parts += _section(ordered, f" [{number}]", first=number == 1, several=several)
    return "\n\n".join(parts), [section[0].passage for section in sections.values()]


def _section(ordered: Sequence[Weighed], marker: str, *, first: bool, several: bool) -> Sequence[str]:
    """A section's parts; words carry the marker at their end, code and tables on the line above."""
    heading = f"**{_heading(ordered[0].passage)}{_version(ordered[0].passage) if several else ''}**"
    groups = [[one.piece for one in group] for _, group in groupby(ordered, key=_same_block)]
    opens = first and not several and (groups[0][0].kind == "sentence" or groups[0][0].lead)
    parts = [] if opens else [heading]
    leads: set[str] = set()
    said, framed = "", False
    for block in groups:
        lead = block[0].lead
        if lead and lead not in leads and not said.endswith(lead):
            parts.append(lead)
            framed = False
        leads.add(lead)
        said = _set(block)
        if _is_words(block):
            parts.append(said + marker)
            framed = False
            continue
        if parts[-1] == heading:
            parts[-1] = f"{'Example from' if block[0].kind == 'code' else 'From'} {heading}:"
        # Code or a table right after another shares its marker.
        if not framed and not parts[-1].endswith(marker):
            parts[-1] += marker
        parts.append(said)
        framed = True
    return parts


def _same_block(one: Weighed) -> tuple[int, int, str]:
    return one.passage.ordinal, one.piece.block, one.piece.kind


def _is_words(block: Sequence[Piece]) -> bool:
    kind, header = block[0].kind, block[0].header
    return kind in ("sentence", "item") or (kind == "row" and (not header or len(block) <= _FEW_ROWS))


def _set(block: Sequence[Piece]) -> str:
    """The chosen pieces of one block as Markdown."""
    texts = [piece.text for piece in block]
    match block[0].kind:
        case "sentence":
            return " ".join(texts)
        case "item":
            return _steps(texts) if block[0].numbered else _items(texts)
        case "row":
            return _rows(block[0].header, texts)
        case "code":
            code = "\n\n".join(texts)
            return f"```{block[0].header}\n{code}\n```"


def _rows(header: str, rows: Sequence[str]) -> str:
    if not header:
        return "\n".join(rows)
    if len(rows) > _FEW_ROWS:
        return "\n".join([header, *rows])
    names = _cells(header.partition("\n")[0])
    return _items([f"- {_listed(names, _cells(row))}" for row in rows])


def _listed(names: Sequence[str], cells: Sequence[str]) -> str:
    """One row in words: what it is about, then each other column by its name."""
    said = [f"{name}: {cell}" if name else cell for name, cell in zip(names, cells, strict=False) if cell]
    if not cells[0] or len(said) < 2:
        return "; ".join(said)
    return f"{cells[0]} – {'; '.join(said[1:])}"


def _cells(row: str) -> Sequence[str]:
    return [cell.strip() for cell in _CELL.split(row)[1:-1]]


def _items(texts: Sequence[str]) -> str:
    together = "\n".join(texts)
    return together if "\n" in together else together.removeprefix("- ")


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


def _version(passage: Passage) -> str:
    return f" (version {plain(passage.version)})" if passage.version else ""
