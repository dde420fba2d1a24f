"""Lays tables out for places that show no tables: in columns of equal width, or one record a row."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table's cells as a dialect writes them, and as they read without any markup."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    """As many cells in each as in the header."""
    plain: Sequence[Sequence[str]]
    """Header and rows without markup."""
    right: Sequence[bool]
    """Which columns stand at the right edge."""


def width(text: str) -> int:
    """Columns that ``text`` takes in a font of equal widths: two for 漢, none for accents."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def aligned(table: Table, columns: int) -> str | None:
    """The table in columns, its header underlined; None where it is wider than ``columns``."""
    widths = [max(width(cell) for cell in column) for column in zip(*table.plain, strict=True)]
    if not widths or sum(widths) + 2 * (len(widths) - 1) > columns:
        return None
    lines = ["  ".join(map(_padded, row, widths, table.right)).rstrip() for row in table.plain]
    return "\n".join([lines[0], "  ".join("─" * wide for wide in widths), *lines[1:]])


def records(table: Table, bold: str, bullets: tuple[str, str] = ("-", "-")) -> str:
    """One list item a row: its first cell, and below it every other cell behind its column's name."""
    lines = []
    for cells in table.rows:
        first = cells[0] or "–"
        lines.append(f"{bullets[0]} {first if bold in first else bold + first + bold}")
        for name, cell in zip(table.header[1:], cells[1:], strict=True):
            if cell:
                lines.append(f"  {bullets[1]} {name}: {cell}" if name else f"  {bullets[1]} {cell}")
    return "\n".join(lines or [" ".join(name for name in table.header if name)])


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def _padded(cell: str, wide: int, right: bool) -> str:
    blanks = " " * (wide - width(cell))
    return blanks + cell if right else cell + blanks
