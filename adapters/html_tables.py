"""Turns an HTML table into a Markdown table, cells word for word."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bs4 import Tag

_CELL_WIDTH = 50  # columns or rows that one cell may span: more is a slip or an attack
_TAGS = re.compile(r"</?[A-Za-z][^<>]{0,2000}>")
_ENDS = (".", "!", "?", ":", ";", ",")


def table_markdown(source: str) -> str:
    """``source`` is ``<table ...> ... </table>``; the first row becomes the header.

    A cell that spans rows or columns is repeated, so that each row reads on its own. Words outside the
    cells, such as a caption, stand before the table.
    """
    from bs4 import BeautifulSoup  # takes a tenth of a second, and only indexing needs it

    soup = BeautifulSoup(source, "html.parser")
    try:
        grid = _grid(soup)
    except RecursionError:  # thousands of nested tags: keep the words
        return " ".join(_TAGS.sub(" ", source).split())
    around = " ".join(soup.get_text(" ").split())  # a caption, or words that slipped out of the cells
    width = max((len(row) for row in grid), default=0)
    rows = [f"| {' | '.join([*row, *[''] * (width - len(row))])} |" for row in grid]
    table = "\n".join([rows[0], f"|{' --- |' * width}", *rows[1:]]) if rows else ""
    return "\n\n".join(part for part in (around, table) if part)


def _grid(soup: "Tag") -> Sequence[Sequence[str]]:
    from markdownify import MarkdownConverter

    # Nothing is escaped: names such as rootCoord_dml and ['noop','stdout'] must be found as people type them.
    converter = MarkdownConverter(escape_asterisks=False, escape_underscores=False, escape_misc=False)
    grid: list[list[str]] = []
    pending: dict[int, tuple[int, str]] = {}
    for row in soup.find_all("tr"):
        line: list[str] = []
        for cell in row.find_all(["td", "th"], recursive=False):
            _repeat_above(line, pending)
            words = _words(converter, cell)
            for _ in range(_span(cell, "colspan")):
                if (rows := _span(cell, "rowspan")) > 1:
                    pending[len(line)] = (rows - 1, words)
                line.append(words)
            cell.decompose()
        _repeat_above(line, pending)
        if any(line):
            grid.append(line)
    return grid


def _repeat_above(line: list[str], pending: dict[int, tuple[int, str]]) -> None:
    """Fill the columns that a cell further up spans; ``pending``: column -> (rows left, words)."""
    while len(line) in pending:
        left, words = pending.pop(len(line))
        if left > 1:
            pending[len(line)] = (left - 1, words)
        line.append(words)


def _words(converter: Any, cell: "Tag") -> str:
    cell.name = "span"  # so that the converter reads what is in the cell and draws no borders
    for mark in cell.find_all("br"):
        mark.replace_with(" ")
    for image in cell.find_all(["img", "style", "script"]):
        image.decompose()
    for item in cell.find_all("li"):
        last = item.find_next_sibling("li") is None
        separator = " " if last or item.get_text().rstrip().endswith(_ENDS) else "; "
        item.append(separator)
        item.unwrap()
    for wrapper in cell.find_all(["ul", "ol", "p", "div"]):
        wrapper.append(" ")
        wrapper.unwrap()
    return " ".join(str(converter.convert_soup(cell)).replace("|", r"\|").split())


def _span(cell: "Tag", name: str) -> int:
    value = str(cell.get(name) or "1")
    return min(int(value), _CELL_WIDTH) if value.isdecimal() and value.isascii() and int(value) else 1
