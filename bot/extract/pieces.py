"""Cuts a passage's Markdown into pieces that can be quoted alone: sentences, items, rows, code."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Literal

from bot.extract.blocks import ITEM, Block, blocks
from bot.extract.prose import plain, sentences
from bot.extract.snippets import snippets

Kind = Literal["sentence", "item", "row", "code"]

_NUMBERED = re.compile(r"\s*\d{1,3}[.)]\s")
_DELIMITER = frozenset("|:- ")
_POINTS_AHEAD = re.compile(
    r"[:：]\W{0,9}$|\bas follows\b|\bthese steps\b"
    r"|\bthe following\b|\bbelow[.:]?$"
    r"|\b(?:shown|listed|given|described|code|table|commands?|examples?|scripts?|steps?) below\b"
    r"|\bthis (?:command|example|code|table|snippet)\b",
    re.IGNORECASE,
)
_POINTS_AWAY = re.compile(
    r"^\W*(?:see|refer|for (?:more|further|details)|to learn|learn more|click)\b(?!.*\]\(http)"
    r"|^\W*in this (?:guide|topic|page|article|tutorial|document|chapter)\b"
    r"|^\W*this (?:guide|topic|page|article|section|tutorial|document|chapter) (?:aims|assumes|covers"
    r"|demonstrates|describes|discusses|explains|helps|illustrates|introduces|lists|outlines|presents|provides"
    r"|shows|takes|walks|will)\b"
    r"|\b(?:is|are) (?:listed|described|explained|covered|documented) in (?-i:[A-Z])",
    re.IGNORECASE,
)
_BREAKS_OFF = re.compile(
    r"(?:\b(?:a|an|and|as|at|by|for|from|if|in|is|are|of|on|or|that|the|then|to|when|with|you)|,|\be\.g\.|\bi\.e\.)$",
    re.IGNORECASE,
)
_LINKED = re.compile(r"\[[^\[\]]*\]\([^)\s]*\)")
_MARK = re.compile(r"^\s*(?:-|\d{1,3}\.)\s+")
_LISTED = re.compile(r"(?:^|(?<=[.;,:])) ?- (?=\S)")
_UNENDED = re.compile(r"[^\W_][)`*_]*$")
_SPAN = re.compile(r"\[?`[^`]*`|\]\([^)\s]*\)")
_ENDS = (".", "!", "?", "。", "！", "？")
_ITEM_CHARS = 450
_ROW_CHARS = 500
_LIST_CHARS = 380
_STEPS_CHARS = 800


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


def pieces(markdown: str, lead: str = "") -> Sequence[Piece]:
    """The quotable pieces of a passage; empty where it holds none.

    ``lead`` is what the passage before it ended with, if that announces what comes here.
    """
    found: list[Piece] = []
    parts = list(blocks(markdown))
    for number, block in enumerate(parts):
        if block.kind == "paragraph":
            cut = _sentences(block.lines, number)
            if not (cut and found and _are_twins(found[-1], cut)):
                lead = cut[-1].text if cut and not points_away(cut[-1].text) else ""
                found += cut
            continue
        if found and found[-1].text == lead and not lead.endswith(_ENDS):
            found[-1] = replace(found[-1], alone=False)
        body = [replace(piece, lead=piece.lead or lead) for piece in _body(block, number)]
        lead = ""
        if body and block.kind == "list":
            goes_on = number + 1 < len(parts) and parts[number + 1].kind in ("code", "table")
            kept, lead = _without_tail(body[-1], goes_on=goes_on)
            body[-1:] = kept
        found += body
    return found


def _are_twins(before: Piece, cut: Sequence[Piece]) -> bool:
    """Whether a paragraph says the one before it again, for another language's tab of the page."""
    return len(cut) == 1 and _SPAN.sub("", before.text) == _SPAN.sub("", cut[0].text)


def _without_tail(item: Piece, *, goes_on: bool) -> tuple[Sequence[Piece], str]:
    """An item without its last line where that leads into the code or table after it, and that line."""
    *before, tail = item.text.split("\n")
    # The last of several short items is one of them, a lone one is a caption.
    announces = goes_on and not tail.endswith(_ENDS) and (not before or len(tail.split()) > 4)
    if not announces and not points_ahead(tail):
        return [item], ""
    return [replace(item, text="\n".join(before))] if before else [], _MARK.sub("", tail)


def points_ahead(sentence: str) -> bool:
    """Whether ``sentence`` only makes sense with what follows it."""
    return bool(_POINTS_AHEAD.search(sentence) or _BREAKS_OFF.search(sentence))


def points_away(sentence: str) -> bool:
    """Whether ``sentence`` speaks of another page or of its own page, and says nothing itself."""
    return bool(_POINTS_AWAY.search(sentence))


def _sentences(lines: Sequence[str], block: int) -> list[Piece]:
    return _cut_sentences(plain("\n".join(lines)), block)


def _cut_sentences(text: str, block: int) -> list[Piece]:
    return [
        Piece(
            kind="sentence",
            text=sentence,
            block=block,
            place=place,
            alone=not points_ahead(sentence) and not points_away(sentence),
        )
        for place, sentence in enumerate(sentences(text))
        if _says_something(sentence)
    ]


def _says_something(sentence: str) -> bool:
    # What is left of tabs and buttons ("Python Java") has neither an end nor a length.
    if not any(letter.isalpha() for letter in _LINKED.sub("", sentence)):
        return False
    ended = sentence.rstrip("*_\"')”’").endswith((*_ENDS, ":", "："))
    return ended or len(sentence.split()) > 4 or "`" in sentence


def _body(block: Block, number: int) -> Sequence[Piece]:
    cut = {"list": _items, "table": _rows, "code": _code}[block.kind]
    return cut(block.lines, number)


def _items(lines: Sequence[str], block: int) -> Sequence[Piece]:
    """The items of a list; a short list stays in one piece, because its items complete each other."""
    texts = ["\n".join(_item_line(line) for line in item) for item in _split_items(lines)]
    numbered = bool(_NUMBERED.match(texts[0]))
    whole = "\n".join(texts)
    if len(texts) > 1 and len(whole) <= (_STEPS_CHARS if numbered else _LIST_CHARS):
        return [Piece(kind="item", text=whole, block=block, numbered=numbered)]
    cut: list[Piece] = []
    for place, text in enumerate(texts):
        if len(text) > _ITEM_CHARS:
            cut += _long_item(text, block)
        else:
            cut.append(Piece(kind="item", text=text, block=block, place=place, numbered=numbered))
    return cut


def _split_items(lines: Sequence[str]) -> Sequence[Sequence[str]]:
    """The lines of each outer item, its inner items indented, what goes on joined to what it goes on from."""
    outer = min(len(found[1]) for line in lines if (found := ITEM.match(line)))
    items: list[list[str]] = []
    joint = " "
    for line in lines:
        opened = ITEM.match(line)
        if opened and (len(opened[1]) <= outer or not items):
            items.append([line.strip()])
        elif opened:
            items[-1].append("  " + line.strip())
        elif line.strip():
            items[-1][-1] += joint + line.strip()
        # An item's first line without an end is the name of what the paragraph below it says.
        joint = " " if line.strip() or not _UNENDED.search(items[-1][-1]) else ": "
    return items


def _long_item(text: str, block: int) -> Sequence[Piece]:
    """The sentences and inner items of an item that is a small page; below its question, if it opens so."""
    opening, *inner = text.split("\n")
    cut = [
        *_cut_sentences(_MARK.sub("", opening), block),
        *(Piece(kind="item", text=line.strip(), block=block) for line in inner),
    ]
    if not cut:
        return ()
    asked = list(takewhile(_asks, cut))
    rest = cut[len(asked) :]
    lead = " ".join(piece.text for piece in asked)
    return [replace(piece, lead=lead) for piece in rest] if asked and rest else cut


def _asks(piece: Piece) -> bool:
    return piece.text.rstrip("*_").endswith("?")


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
    text = " ".join(part if part.endswith(_ENDS) else f"{part}." for part in said[:-1])
    text = f"{text} {said[-1]}".strip() if said else ""
    return [Piece(kind="row", text=text, block=block)] if 0 < len(text) <= _ROW_CHARS else ()


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _code(lines: Sequence[str], block: int) -> Sequence[Piece]:
    language, parts = snippets(lines)
    return [
        Piece(kind="code", text=part, block=block, place=place, header=language)
        for place, part in enumerate(parts)
    ]
