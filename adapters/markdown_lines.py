"""Reads Markdown line by line: where a message may end, and what must be opened again after that."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Self

BLOCK, ITEM, LINE, ROW, CODE_LINE, SENTENCE, WORD, WITHIN, ANYWHERE = range(9)
"""How good a place is to end a message at, best first. ``WITHIN``: between words of a code span, a link,
bold text, a table's row or a line of code."""

_FENCE = re.compile(r"([ \t]*(?:>[ \t]*)*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?)(`{3,}|~{3,})([^\n]*)", re.DOTALL)
_CLOSING = re.compile(r"([ \t>]*)(`{3,}|~{3,})\s*\Z")
_HEADING = re.compile(r"[ \t>]*#{1,6}(?:\s|\Z)")
_ITEM = re.compile(r"[ \t>]*(?:[-*+]|\d{1,9}[.)])\s")
_DELIMITER = re.compile(r"[ \t>]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?\s*\Z")
_DELIMITER_BEGUN = re.compile(r"[ \t>|:-]*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fence:
    """A fenced code block that is open."""

    lead: str
    """What stands before the marker on every line: indentation, marks of a quote."""
    marker: str
    info: str

    @classmethod
    def opened_by(cls, line: str, longest: int) -> Self | None:
        """The fence that ``line`` opens; a line of more than ``longest`` characters is taken for text."""
        found = _FENCE.match(line)
        if not found or len(line) > longest or (found[2][0] == "`" and "`" in found[3]):
            return None
        lead = re.sub(r"[^\s>]", " ", found[1])  # a list's mark must not come twice
        return cls(lead=lead, marker=found[2], info=found[3].rstrip())

    @property
    def opening(self) -> str:
        """The line that opens the same block again."""
        return f"{self.lead}{self.marker}{self.info}"

    @property
    def closing(self) -> str:
        """The line that closes it."""
        return f"{self.lead}{self.marker}"

    def closed_by(self, line: str) -> bool:
        """Whether ``line`` is its last one."""
        found = _CLOSING.match(line)
        if not found or not found[2].startswith(self.marker):
            return False
        # Four columns further in it is a line of code that happens to be a fence.
        return len(found[1].replace(">", "")) - len(self.lead.replace(">", "")) <= 3

    def left_by(self, line: str) -> bool:
        """Whether ``line`` stands behind it because the quote around it is over."""
        return ">" in self.lead and not line.lstrip(" \t").startswith(">")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What is open at the beginning of a line."""

    fence: Fence | None = None
    table: str | None = None
    """Header and delimiter row of the table; empty where they are too long to be repeated."""
    fresh: bool = False
    """Whether nothing of the fence or table has come yet but its beginning."""

    def after(self, line: str, previous: str | None, longest: int) -> "Frame":
        """What is open behind ``line``; ``longest`` bounds what would have to be repeated, in characters."""
        if self.fence and not self.fence.left_by(line):
            return Frame() if self.fence.closed_by(line) else Frame(fence=self.fence)
        if fence := Fence.opened_by(line, longest):
            return Frame(fence=fence, fresh=True)
        if self.table is not None and _is_row(line):
            return Frame(table=self.table)
        if previous and "|" in previous and "|" in line and _DELIMITER.match(line):
            header = f"{previous}\n{line}"
            return Frame(table=header if len(header) <= longest else "", fresh=True)
        return Frame()

    def rank_before(self, line: str, previous: str | None) -> int | None:
        """How good it is to end a message before ``line``; None where it must not end there."""
        if previous is None:
            return None
        if self.fence and not self.fence.left_by(line):
            return None if self.fresh or self.fence.closed_by(line) else CODE_LINE
        if self.table is not None and _is_row(line):
            return None if self.fresh else ROW
        return _rank_between(previous, line, table_ends=self.table is not None)

    def reserve(self, line: str, longest: int) -> int:
        """Characters to keep free for closing what is open within ``line``; never less for a longer line."""
        if self.fence:
            return len(self.fence.closing) + 1
        found = _FENCE.match(line)
        return min(len(found[1]) + len(found[2]), longest) + 1 if found else 0


def _is_row(line: str) -> bool:
    """Whether a line behind a table belongs to it: anything does but a blank line and another block."""
    return bool(line.strip()) and not (_HEADING.match(line) or _FENCE.match(line) or _ITEM.match(line))


def _rank_between(previous: str, line: str, *, table_ends: bool) -> int | None:
    if not previous.strip():
        return None  # the place before the blank line is the better one
    if "|" in previous and line.strip() and _DELIMITER_BEGUN.match(line):
        return None
    # A heading, and a sentence that announces something, belong to what follows.
    announces = _HEADING.match(previous) or previous.rstrip().endswith((":", "："))
    if not line.strip() or table_ends or _HEADING.match(line) or _FENCE.match(line):
        return LINE if announces else BLOCK
    return ITEM if _ITEM.match(line) else LINE


def whole_character(text: str, at: int, least: int, start: int) -> int:
    """The latest place up to ``at``, but behind ``least``, that cuts no visible character in two.

    ``start`` is one that cuts none. ``at`` itself where there is no such place.
    """
    place = at
    while place > least and _joined(text, place, start):
        place -= 1
    return place if place > least else at


def _joined(text: str, at: int, start: int) -> bool:
    if not start < at < len(text):
        return False
    before, behind = text[at - 1], text[at]
    if _is_flag(before) and _is_flag(behind):  # flags are pairs of letters
        run = next(
            (length for length in range(1, at - start) if not _is_flag(text[at - 1 - length])), at - start
        )
        return run % 2 == 1
    return (
        "\u200d" in (before, behind)
        or unicodedata.category(behind) in ("Mn", "Mc", "Me")
        or "\U0001f3fb" <= behind <= "\U0001f3ff"  # skin tones
        or "\U000e0020" <= behind <= "\U000e007f"  # tags of regional flags
        or ("\ud800" <= before <= "\udbff" and "\udc00" <= behind <= "\udfff")
    )


def _is_flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"
