"""Cuts a passage's Markdown into pieces that can be quoted alone: sentences, items, rows, code."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bot.blocks import FENCE, ITEM, Block, blocks
from bot.prose import plain, sentences

Kind = Literal["sentence", "item", "row", "code"]

_NUMBERED = re.compile(r"\s*\d{1,3}[.)]\s")
_DELIMITER = frozenset("|:- ")
_POINTS_AHEAD = re.compile(
    r"[:：]\W{0,9}$|\bas follows\b|\bthese steps\b"
    r"|\bthe following\b|\b(?:shown|listed|given|described|code|table) below\b"
    r"|\bbelow[.:]?$|\bthis (?:command|example|code|table|snippet)\b",
    re.IGNORECASE,
)
_BREAKS_OFF = re.compile(
    r"(?:\b(?:a|an|and|as|at|by|for|from|if|in|is|are|of|on|or|that|the|then|to|when|with|you)|,|\be\.g\.|\bi\.e\.)$",
    re.IGNORECASE,
)
_LINKED = re.compile(r"\[[^\[\]]*\]\([^)\s]*\)")
_MARK = re.compile(r"^\s*(?:-|\d{1,3}\.)\s+")
_LISTED = re.compile(r"(?:^|(?<=[.;,:])) ?- (?=\S)")
_ENDS = (".", "!", "?", "。", "！", "？")
_ITEM_CHARS = 450
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


def pieces(markdown: str) -> Sequence[Piece]:
    """The quotable pieces of a passage; empty where it holds none."""
    found: list[Piece] = []
    lead = ""
    parts = list(blocks(markdown))
    for number, block in enumerate(parts):
        if block.kind == "paragraph":
            cut = _sentences(block.lines, number)
            lead = cut[-1].text if cut else ""
            found += cut
            continue
        if found and found[-1].text == lead and not lead.endswith(_ENDS):
            found[-1] = replace(found[-1], alone=False)
        body = [replace(piece, lead=piece.lead or lead) for piece in _body(block, number)]
        lead = ""
        if body and block.kind == "list":
            before_code = number + 1 < len(parts) and parts[number + 1].kind == "code"
            kept, lead = _without_tail(body[-1], before_code=before_code)
            body[-1:] = kept
        found += body
    return found


def _without_tail(item: Piece, *, before_code: bool) -> tuple[Sequence[Piece], str]:
    """An item without its last line where that leads into the code after it, and that line."""
    *before, tail = item.text.split("\n")
    announces = before_code and len(tail.split()) > 4 and not tail.endswith(_ENDS)
    if not announces and not points_ahead(tail):
        return [item], ""
    return [replace(item, text="\n".join(before))] if before else [], _MARK.sub("", tail)


def points_ahead(sentence: str) -> bool:
    """Whether ``sentence`` only makes sense with what follows it."""
    return bool(_POINTS_AHEAD.search(sentence) or _BREAKS_OFF.search(sentence))


def _sentences(lines: Sequence[str], block: int) -> list[Piece]:
    return _cut_sentences(plain("\n".join(lines)), block)


def _cut_sentences(text: str, block: int) -> list[Piece]:
    return [
        Piece(kind="sentence", text=sentence, block=block, place=place, alone=not points_ahead(sentence))
        for place, sentence in enumerate(sentences(text))
        if _says_something(sentence)
    ]


def _says_something(sentence: str) -> bool:
    # What is left of tabs and buttons ("Python Java") has neither an end nor a length.
    if not any(letter.isalpha() for letter in _LINKED.sub("", sentence)):
        return False
    return sentence.endswith((*_ENDS, ":", "：")) or len(sentence.split()) > 4 or "`" in sentence


def _body(block: Block, number: int) -> Sequence[Piece]:
    cut = {"list": _items, "table": _rows, "code": _stanzas}[block.kind]
    return cut(block.lines, number)


def _items(lines: Sequence[str], block: int) -> Sequence[Piece]:
    """The items of a list; a short list stays in one piece, because its items complete each other."""
    outer = min(len(found[1]) for line in lines if (found := ITEM.match(line)))
    items: list[list[str]] = []
    for line in lines:
        opened = ITEM.match(line)
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
    cut: list[Piece] = []
    for place, text in enumerate(texts):
        if len(text) > _ITEM_CHARS:
            cut += _long_item(text, block)
        else:
            cut.append(Piece(kind="item", text=text, block=block, place=place, numbered=numbered))
    return cut


def _long_item(text: str, block: int) -> Sequence[Piece]:
    """The sentences of an item that is a small page; below its question, where it opens with one."""
    first, *rest = _cut_sentences(_MARK.sub("", text.replace("\n  ", " ")), block)
    if rest and first.text.endswith("?"):
        return [replace(piece, lead=first.text) for piece in rest]
    return [first, *rest]


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
    if len(lines) < 3 or not _DELIMITER.issuperset(lines[1].strip()):
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
    opened = FENCE.match(lines[0])
    language = opened[2] if opened else ""
    inner = [line for line in lines[1:] if not FENCE.match(line)]
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
    return [part for part in found if part]
