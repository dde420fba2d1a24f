"""Reads Markdown, and the HTML within it, into blocks (implements ``indexer.ports.MarkupParser``)."""

import re
from collections.abc import Iterator, Sequence
from textwrap import dedent
from typing import TYPE_CHECKING

from adapters.page_html import without_html
from indexer.anchors import split_explicit
from indexer.model import Block

if TYPE_CHECKING:
    from markdown_it.token import Token

_LISTS = ("bullet_list_open", "ordered_list_open")
_CODE = ("fence", "code_block")
_OWN_BLOCKS = (*_CODE, "table_open", "blockquote_open", "heading_open")
_LINK = re.compile(r"!?\[([^\[\]]{0,500})\](?:\([^()]{0,2000}\)|\[[^\[\]]{0,200}\])")
_MARK = re.compile(
    r"\\([!-/:-@\[-`{-~])"  # an escaped character stays
    r"|\*\*|(?<!\w)_{1,2}(?=\S)|(?<=[^\s_])_{1,2}(?!\w)|(?<!\w)\*(?=\S)|(?<=\S)\*(?!\w)|`+"
)
_TICKED = re.compile(r"`+([^`]{1,500})`+")
_EMPTY_QUOTE = re.compile(r"(?:\n>[ \t]*)+\Z")
_BLANKS = re.compile(r"\n(?:[ \t]*\n){2,}")


class Markup:
    """CommonMark with tables."""

    def __init__(self) -> None:
        from markdown_it import MarkdownIt  # answering does without it

        # Inline Markdown and link definitions stay as they are written, so they are not parsed at all.
        self._parser = MarkdownIt("commonmark").enable("table").disable(["inline", "reference"])

    def blocks(self, markdown: str) -> tuple[Block, ...]:
        """The page's blocks in reading order, their Markdown as it is written.

        Headings are their words, and `` {#anchor}`` where the page names one. Headings, code,
        tables and quotes within a list are blocks of their own, so that they can be found and kept whole.
        """
        text = without_html(markdown.replace("\r\n", "\n").replace("\r", "\n"))
        blocks = _blocks(self._parser.parse(text), text.split("\n"))
        return tuple(block for block in blocks if block.text.strip() or block.kind == "heading")


def _blocks(tokens: Sequence["Token"], lines: Sequence[str]) -> Iterator[Block]:
    for index, token in enumerate(tokens):
        if token.level or not token.map:
            continue
        if token.type in _LISTS:
            yield from _list(tokens, index, lines)
        elif token.type != "hr":
            yield _block(tokens, index, lines)


def _block(tokens: Sequence["Token"], index: int, lines: Sequence[str]) -> Block:
    token = tokens[index]
    start, end = token.map or (0, 0)
    if token.type == "heading_open":
        return Block(kind="heading", text=_words(tokens[index + 1].content), level=int(token.tag[1]))
    if token.type in _CODE:
        return Block(kind="code", text=_fenced(token))
    text = _dedented(lines[start:end])
    if token.type == "table_open":
        return Block(kind="table", text=text)
    if token.type == "blockquote_open":
        return Block(kind="quote", text=_EMPTY_QUOTE.sub("", text))
    # Also tags that are not HTML, such as <your-token>, on a line of their own.
    return Block(kind="paragraph", text=text)


def _fenced(token: "Token") -> str:
    content = token.content.strip("\n")
    if token.type == "fence":
        return f"{token.markup}{token.info.strip()}\n{content}\n{token.markup}"
    content = dedent(content)
    # A fence nested too deep for its place is still meant as one.
    return content if content.startswith("```") and content.endswith("```") else f"```\n{content}\n```"


def _list(tokens: Sequence["Token"], index: int, lines: Sequence[str]) -> Iterator[Block]:
    """A list as one block, or cut around the headings, code, tables and quotes in it."""
    position, end = tokens[index].map or (0, 0)
    level = tokens[index].level
    item: int | None = position  # where the first item begins that is not yet given out
    for inner in range(index + 1, len(tokens)):
        token = tokens[inner]
        if token.level <= level:
            break
        start, after = token.map or (-1, -1)
        if start < position:
            continue
        if token.type == "list_item_open":
            item = start if item is None else item
        elif token.type in _OWN_BLOCKS:
            yield from _items(lines, position, start, item)
            yield _block(tokens, inner, lines)
            position, item = after, None
    yield from _items(lines, position, end, item)


def _items(lines: Sequence[str], start: int, end: int, item: int | None) -> Iterator[Block]:
    """The lines as blocks at the margin: what belongs to an item further up, and the items from ``item``."""
    first = end if item is None else min(item, end)
    head, rest = _dedented(lines[start:first]), _dedented(lines[first:end])
    if head:
        yield Block(kind="paragraph", text=head)
    if rest:
        yield Block(kind="list", text=rest)


def _dedented(lines: Sequence[str]) -> str:
    return _BLANKS.sub("\n\n", dedent("\n".join(lines)).strip("\n").rstrip())


def _words(heading: str) -> str:
    """A heading's words without marks; names such as ``IVF_FLAT`` keep theirs."""
    words, anchor = split_explicit(" ".join(heading.split()))
    words = _LINK.sub(r"\1", words)
    code = _TICKED.split(words)
    words = "".join(part if odd % 2 else _unmarked(part) for odd, part in enumerate(code)).strip()
    return f"{words} {{#{anchor}}}" if anchor else words


def _unmarked(words: str) -> str:
    return _MARK.sub(lambda mark: mark[1] or "", words)
