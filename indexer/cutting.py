"""Cuts a block that is too large for one chunk where a reader would: rows, lines, items, sentences."""

import re
from collections.abc import Iterable, Iterator, Sequence

from indexer.model import Block

_LINES = re.compile(r"(?<=\n)")
_ITEMS = re.compile(r"(?<=\n)(?=(?:[-*+]|\d{1,9}[.)])[ \t])")
_SENTENCES = re.compile(r"(?<=[.!?。！？])(?=\s)|(?<=[。！？])")
_WORDS = re.compile(r"(?<=\s)(?=\S)")
_DELIMITER_ROW = re.compile(r"^[\s|:-]*-[\s|:-]*$")
_FENCE = re.compile(r"^(`{3,}|~{3,})")
_HARD = 4


def cut(block: Block, size: int) -> Sequence[str]:
    """Parts of about ``size`` characters that read on their own.

    Code is fenced again with its language, a table repeats its header row, a quote stays a quote.
    """
    match block.kind:
        case "code":
            return list(_code(block.text, size))
        case "table":
            return list(_table(block.text, size))
        case "quote":
            return [part if part.startswith(">") else f"> {part}" for part in _text(block.text, size)]
        case _:
            return list(_text(block.text, size))


def _code(text: str, size: int) -> Iterator[str]:
    first, _, rest = text.partition("\n")
    fence = _FENCE.match(first)
    if not fence or len(first) > size // 2:
        yield from _text(text, size)
        return
    body = rest.removesuffix("\n").removesuffix(fence[1]).removesuffix("\n")
    lines = (piece for line in _LINES.split(body) for piece in _sliced(line, size * _HARD - len(first) - 10))
    for part in _grouped(lines, size):
        yield f"{first}\n{part}\n{fence[1]}"


def _table(text: str, size: int) -> Iterator[str]:
    lines = text.split("\n")
    has_header = len(lines) > 2 and bool(_DELIMITER_ROW.match(lines[1]))
    header = "\n".join(lines[:2]) if has_header else ""
    if len(header) > size // 2:
        has_header, header = False, ""
    rows = [f"{line}\n" for line in lines[2 if has_header else 0 :]]
    pieces = (piece for row in rows for piece in _broken(row, size))
    for part in _grouped(pieces, size - len(header)):
        yield f"{header}\n{part}" if header else part


def _text(text: str, size: int) -> Iterator[str]:
    items = (piece for item in _ITEMS.split(text) for piece in _item(item, size))
    yield from _grouped(items, size)


def _item(item: str, size: int) -> Iterator[str]:
    if len(item) <= size:
        yield item
        return
    for line in _LINES.split(item):
        yield from _broken(line, size)


def _broken(line: str, size: int) -> Iterator[str]:
    """A line in sentences, these in words, these in slices: each only where the larger is too large."""
    if len(line) <= size * 3 // 2:
        yield line
        return
    for sentence in _SENTENCES.split(line):
        if len(sentence) <= size * 3 // 2:
            yield sentence
            continue
        for word in _WORDS.split(sentence):
            yield from _sliced(word, size * _HARD)


def _sliced(text: str, length: int) -> Iterator[str]:
    return (text[start : start + length] for start in range(0, len(text), length))


def _grouped(pieces: Iterable[str], size: int) -> Iterator[str]:
    """Join pieces up to ``size`` characters; blank edges of each part go."""
    held: list[str] = []
    length = 0
    for piece in pieces:
        if held and length + len(piece) > size:
            yield from _part(held)
            held, length = [], 0
        held.append(piece)
        length += len(piece)
    yield from _part(held)


def _part(pieces: Sequence[str]) -> Iterator[str]:
    text = "".join(pieces).strip("\n").rstrip()
    if text:
        yield text
