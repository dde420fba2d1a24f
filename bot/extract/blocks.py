"""Reads a passage's Markdown into its blocks: paragraphs, lists, tables, code."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

FENCE = re.compile(r"\s*(`{3,}|~{3,})\s*([\w+#.-]*)")
ITEM = re.compile(r"(\s*)(?:[-*+]|\d{1,3}[.)])\s+(?=\S)")
_QUOTE = re.compile(r"\s*(?:>\s?)+")
_HEADING = re.compile(r"\s*#{1,6}\s|\s*(?:-{3,}|\*{3,}|_{3,})\s*$")
_FRONT_MATTER = re.compile(r"\s*---\n(?:[\w-]+:.*\n|[ \t]+.*\n|- .*\n)*---\s*(?:\n|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A run of lines of one kind; of code, the fences are among them."""

    kind: Literal["paragraph", "list", "table", "code"]
    lines: Sequence[str]


def blocks(markdown: str) -> Iterator[Block]:
    """The blocks in reading order; headings, rules and front matter are none."""
    yield from _scanned(_without_front_matter(markdown).expandtabs(4).splitlines())


def _scanned(lines: Sequence[str]) -> Iterator[Block]:
    at = 0
    while at < len(lines):
        line, start = lines[at], at
        if not line.strip() or _HEADING.match(line):
            at += 1
        elif FENCE.match(line):
            at = _after_fence(lines, at)
            yield Block(kind="code", lines=lines[start:at])
        elif _QUOTE.match(line):
            at = _while(lines, at, _is_quote)
            # All marks at once: nothing is quoted inside of what is read here.
            yield from _scanned([_QUOTE.sub("", quoted) for quoted in lines[start:at]])
        elif _is_row(line):
            at = _while(lines, at, _is_row)
            yield Block(kind="table", lines=lines[start:at])
        elif ITEM.match(line):
            at = _after_list(lines, at)
            yield Block(kind="list", lines=lines[start:at])
        else:
            at = _after_paragraph(lines, at)
            yield Block(kind="paragraph", lines=lines[start:at])


def _without_front_matter(markdown: str) -> str:
    front = _FRONT_MATTER.match(markdown)
    return markdown[front.end() :] if front else markdown


def _after_fence(lines: Sequence[str], at: int) -> int:
    opened = FENCE.match(lines[at])
    fence = opened[1] if opened else "```"
    for end in range(at + 1, len(lines)):
        line = lines[end].strip()
        if line.startswith(fence) and not line.strip(fence[0]):
            return end + 1
    return len(lines)


def _while(lines: Sequence[str], at: int, holds: Callable[[str], bool]) -> int:
    while at < len(lines) and holds(lines[at]):
        at += 1
    return at


def _after_paragraph(lines: Sequence[str], at: int) -> int:
    at += 1
    while at < len(lines) and lines[at].strip() and not _opens_block(lines[at]):
        at += 1
    return at


def _after_list(lines: Sequence[str], at: int) -> int:
    """Items with their indented lines; a fence inside ends the list, so that code is quoted as code."""
    at += 1
    while at < len(lines):
        line, after_blank = lines[at], not lines[at - 1].strip()
        if _is_row(line) or any(mark.match(line) for mark in (FENCE, _HEADING, _QUOTE)):
            break
        if after_blank and line.strip() and not ITEM.match(line) and not line.startswith("  "):
            break
        at += 1
    return at


def _opens_block(line: str) -> bool:
    return _is_row(line) or any(mark.match(line) for mark in (FENCE, ITEM, _HEADING, _QUOTE))


def _is_quote(line: str) -> bool:
    return bool(_QUOTE.match(line))


def _is_row(line: str) -> bool:
    return line.lstrip().startswith("|")
