"""Cuts a passage's Markdown into pieces that can be quoted alone: sentences, items, rows, code."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bot.prose import plain, sentences

Kind = Literal["sentence", "item", "row", "code"]

_FENCE = re.compile(r"\s*(`{3,}|~{3,})\s*([\w+#.-]*)")
_ITEM = re.compile(r"(\s*)(?:[-*+]|\d{1,3}[.)])\s+(?=\S)")
_NUMBERED = re.compile(r"\s*\d{1,3}[.)]\s")
_HEADING = re.compile(r"\s*#{1,6}\s|\s*(?:-{3,}|\*{3,}|_{3,})\s*$")
_DELIMITER = re.compile(r"[\s|:-]*-[\s|:-]*$")
_POINTS_AHEAD = re.compile(
    r"[:：]\W*$|\b(?:as follows|following|below|this (?:command|example|code|table|snippet))\b", re.IGNORECASE
)
_FRONT_MATTER = re.compile(r"\s*---\n(?:[\w-]+:.*\n|[ \t]+.*\n|- .*\n)*---\s*(?:\n|$)")
_BREAKS_OFF = re.compile(
    r"(?:\b(?:a|an|and|as|at|by|for|from|if|in|is|are|of|on|or|that|the|then|to|when|with|you)|,)$", re.IGNORECASE
)
_LISTED = re.compile(r"(?:^|(?<=[.;,:])) ?- (?=\S)")
_ENDS = (".", "!", "?", "。", "！", "？")
_ITEM_CHARS = 600
_ROW_CHARS = 500
_LIST_CHARS = 380
_CODE_CHARS = 420


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What an answer can quote; pieces of one passage are in reading order."""

    kind: Kind
    text: str
    """Plain Markdown; of code, its lines without the fence."""
    block: int
    """Which block of the passage it stands in, from 0."""
    place: int = 0
    """Its place within the block, from 0."""
    lead: str = ""
    """The sentence that introduces the block; quoted before it."""
    header: str = ""
    """Of a row: the table's header and delimiter, empty where it is set as words; of code: its language."""
    numbered: bool = False
    """Of an item: it is a step."""
    alone: bool = True
    """False for a sentence that only announces what comes next."""


Block = tuple[Literal["paragraph", "list", "table", "code"], Sequence[str]]


def pieces(markdown: str) -> Sequence[Piece]:
    """The quotable pieces of a passage; empty where it holds none."""
    found: list[Piece] = []
    lead = ""
    for number, (kind, lines) in enumerate(_blocks(_without_front_matter(markdown))):
        if kind == "paragraph":
            cut = _sentences(lines, number)
            lead = cut[-1].text if cut else ""
            found += cut
            continue
        if lead and not lead.endswith(_ENDS):
            found[-1] = replace(found[-1], alone=False)
        body = [replace(piece, lead=lead) for piece in _body(kind, lines, number)]
        body, lead = _without_tail(body) if kind == "list" else (body, "")
        found += body
    return found


def _without_tail(items: Sequence[Piece]) -> tuple[Sequence[Piece], str]:
    """A list without its last line where that leads into the code after it ("3. Run this:"), and that line."""
    *before, tail = items[-1].text.split("\n") if items else [""]
    if not points_ahead(tail):
        return items, ""
    kept = [replace(items[-1], text="\n".join(before))] if before else []
    return [*items[:-1], *kept], re.sub(r"^\s*(?:-|\d{1,3}\.)\s+", "", tail)


def _without_front_matter(markdown: str) -> str:
    front = _FRONT_MATTER.match(markdown)
    return markdown[front.end() :] if front else markdown


def points_ahead(sentence: str) -> bool:
    """Whether ``sentence`` only makes sense with what follows it."""
    return bool(_POINTS_AHEAD.search(sentence) or _BREAKS_OFF.search(sentence))


def _blocks(markdown: str) -> Iterator[Block]:
    lines = markdown.expandtabs(4).splitlines()
    at = 0
    while at < len(lines):
        line = lines[at]
        start = at
        if not line.strip() or _HEADING.match(line):
            at += 1
        elif _FENCE.match(line):
            at = _after_fence(lines, at)
            yield "code", lines[start:at]
        elif line.lstrip().startswith("|"):
            at = _after_table(lines, at)
            yield "table", lines[start:at]
        elif _ITEM.match(line):
            at = _after_list(lines, at)
            yield "list", lines[start:at]
        else:
            at = _after_paragraph(lines, at)
            yield "paragraph", lines[start:at]


def _after_fence(lines: Sequence[str], at: int) -> int:
    opened = _FENCE.match(lines[at])
    fence = opened[1] if opened else "```"
    for end in range(at + 1, len(lines)):
        if lines[end].strip().startswith(fence) and not lines[end].strip().strip(fence[0]):
            return end + 1
    return len(lines)


def _after_table(lines: Sequence[str], at: int) -> int:
    while at < len(lines) and lines[at].lstrip().startswith("|"):
        at += 1
    return at


def _after_paragraph(lines: Sequence[str], at: int) -> int:
    while at < len(lines) and lines[at].strip() and not _opens_block(lines[at]):
        at += 1
    return at


def _after_list(lines: Sequence[str], at: int) -> int:
    """Items with their indented lines; a fence inside ends the list, so that code is quoted as code."""
    at += 1
    while at < len(lines) and not _FENCE.match(lines[at]):
        line = lines[at]
        after_blank = not lines[at - 1].strip()
        if line.strip() and not _ITEM.match(line) and after_blank and not line.startswith("  "):
            break
        if _HEADING.match(line) or line.startswith("|"):
            break
        at += 1
    return at


def _opens_block(line: str) -> bool:
    return bool(_FENCE.match(line) or _ITEM.match(line) or _HEADING.match(line)) or line.lstrip().startswith("|")


def _sentences(lines: Sequence[str], block: int) -> list[Piece]:
    text = plain("\n".join(re.sub(r"^\s*>\s?", "", line) for line in lines))
    return [
        Piece(kind="sentence", text=sentence, block=block, place=place, alone=not points_ahead(sentence))
        for place, sentence in enumerate(sentences(text))
        if _says_something(sentence)
    ]


def _says_something(sentence: str) -> bool:
    # What is left of tabs and buttons ("Python Java") has neither an end nor a length.
    return sentence.endswith((*_ENDS, ":", "：")) or len(sentence.split()) > 4 or "`" in sentence


def _body(kind: str, lines: Sequence[str], block: int) -> Sequence[Piece]:
    if kind == "list":
        return _items(lines, block)
    return _rows(lines, block) if kind == "table" else _stanzas(lines, block)


def _items(lines: Sequence[str], block: int) -> Sequence[Piece]:
    """The items of a list; a short list stays in one piece, because its items complete each other."""
    outer = min(len(found[1]) for line in lines if (found := _ITEM.match(line)))
    items: list[list[str]] = []
    for line in lines:
        opened = _ITEM.match(line)
        if opened and (len(opened[1]) <= outer or not items):
            items.append([line.strip()])
        elif opened:
            items[-1].append("  " + line.strip())
        elif line.strip():
            items[-1][-1] += " " + line.strip()
    texts = ["\n".join(_item_line(line) for line in item) for item in items]
    numbered = bool(_NUMBERED.match(texts[0]))
    if len("\n".join(texts)) <= _LIST_CHARS:
        texts = ["\n".join(texts)]
    return [
        Piece(kind="item", text=text, block=block, place=place, numbered=numbered)
        for place, text in enumerate(texts)
        if len(text) <= _ITEM_CHARS
    ]


def _item_line(line: str) -> str:
    indent = "  " if line.startswith("  ") else ""
    opened = re.match(r"\s*(\d{1,3}[.)]|[-*+])\s+", line)
    if opened is None:
        return indent + plain(line)
    mark = opened[1].replace(")", ".") if opened[1][0].isdigit() else "-"
    return f"{indent}{mark} {plain(line[opened.end() :])}"


def _rows(lines: Sequence[str], block: int) -> Sequence[Piece]:
    """The rows of a table, its header with each; blanks that only align the source are left out."""
    cells = [[plain(cell) for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))] for line in lines]
    if len(lines) < 3 or not _DELIMITER.match(lines[1].strip()):
        return ()
    if len(lines) == 3:
        return _labelled(cells[0], cells[2], block)
    header = f"{_row(cells[0])}\n{_row(['---'] * len(cells[0]))}"
    return [
        Piece(kind="row", text=_row(row), block=block, place=place, header=header)
        for place, row in enumerate(cells[2:])
        if any(row) and len(header) + len(_row(row)) <= _ROW_CHARS
    ]


def _labelled(names: Sequence[str], cells: Sequence[str], block: int) -> Sequence[Piece]:
    """The only row of a table, as words: a table would be more frame than picture."""
    said = [
        f"**{name}:** {_LISTED.sub(' ', cell).strip()}" if name else cell
        for name, cell in zip(names, cells, strict=False)
        if cell
    ]
    text = " ".join(said)
    return [Piece(kind="row", text=text, block=block)] if 0 < len(text) <= _ROW_CHARS else ()


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _stanzas(lines: Sequence[str], block: int) -> Sequence[Piece]:
    """A code block in parts at its blank lines, each no longer than an answer can take."""
    opened = _FENCE.match(lines[0])
    language = opened[2] if opened else ""
    inner = [line for line in lines[1:] if not _FENCE.match(line)]
    indent = min((len(line) - len(line.lstrip()) for line in inner if line.strip()), default=0)
    stanzas: list[str] = []
    for line in [text[indent:].rstrip() for text in inner]:
        blank = not stanzas or not stanzas[-1]
        if not line:
            stanzas += [] if blank else [""]
        elif blank:
            stanzas[-1:] = [line]
        else:
            stanzas[-1] += "\n" + line
    return [
        Piece(kind="code", text=text, block=block, place=place, header=language)
        for place, text in enumerate(_packed(stanzas))
        if len(text) <= _CODE_CHARS
    ]


def _packed(stanzas: Sequence[str]) -> Sequence[str]:
    """Neighbouring stanzas together while they fit into one piece; a longer one is cut between lines."""
    found: list[str] = []
    for stanza in filter(None, stanzas):
        if len(stanza) > _CODE_CHARS:
            found += _cut(stanza)
        elif found and len(found[-1]) + len(stanza) + 2 <= _CODE_CHARS:
            found[-1] += "\n\n" + stanza
        else:
            found.append(stanza)
    return found


def _cut(stanza: str) -> Sequence[str]:
    found = [""]
    for line in stanza.split("\n"):
        if len(found[-1]) + len(line) >= _CODE_CHARS:
            found.append(line)
        else:
            found[-1] += f"\n{line}" if found[-1] else line
    return found
