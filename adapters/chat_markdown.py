"""Reads Markdown and writes it again in the dialect that a chat platform shows."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from adapters.page_html import without_html
from adapters.tables_as_text import Table

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

Marks = tuple[str, str]

_DEEP = re.compile(r"^((?:[ \t]*(?:>|[-*+][ \t]|\d{1,9}[.)][ \t])){12})[ \t>]*", re.MULTILINE)
_MOST_LINKS = 1_000  # brackets; every one that is never closed makes the parser read to the end again
_CODE = ("fence", "code_block")
_TASK = re.compile(r"\[([ xX])\] ")
_WEB = re.compile(r"https?://[^\s/?#<>|]", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How one platform writes what Markdown can say."""

    text: Callable[[str, bool], str]
    """Words, and whether they are a link's label."""
    special: Callable[[str, str], str]
    """A character that was escaped or written as an entity, and how it was written."""
    code: Callable[[str], str]
    fence: Callable[[str, str], str]
    """Lines of code without the last line's end, and the language."""
    link: Callable[[str, str], str]
    """A label and an http(s) address."""
    heading: Callable[[int, str], str]
    table: Callable[[Table], str]
    rule: str
    strong: Marks
    emphasis: Marks
    strike: Marks
    bullets: Sequence[str] = ("-",)
    """By depth, the last one for all below."""
    tasks: Marks = ("☐ ", "☑ ")
    deepest: int = 5
    """How many lists are shown within each other."""
    flat_code: bool = True
    """Whether code in lists and quotes stands at the margin, so that it can be copied."""
    plain_labels: bool = False
    """Whether a link's label and a heading hold no further marks."""


def written(markdown: str, dialect: Dialect) -> str:
    """``markdown`` in ``dialect``; whatever is unfinished or malformed comes out as its words."""
    text = markdown.replace("\r\n", "\n").replace("\r", "\n")
    if "<" in text:
        text = without_html(text)
    # The parser gives up on what is nested a hundred levels deep, words included.
    parser = _parser(links=text.count("[") <= _MOST_LINKS)
    return "\n\n".join(_blocks(parser.parse(_DEEP.sub(r"\1", text)), dialect, 0)).strip("\n").rstrip()


def is_web(url: str) -> bool:
    """Whether ``url`` is an absolute http(s) address; anything else leads nowhere in a chat."""
    return bool(_WEB.match(url))


def code_span(code: str) -> str:
    """``code`` as inline code of standard Markdown."""
    runs = re.findall(r"`+", code)
    if not runs:
        return f"`{code}`"
    marks = "`" * (max(map(len, runs)) + 1)
    return f"{marks} {code} {marks}"


@cache
def _parser(*, links: bool) -> "MarkdownIt":
    from markdown_it import MarkdownIt

    # Without joining, what was escaped stays known; every address is taken, since ours is the choice.
    parser = MarkdownIt("commonmark", {"maxNesting": 100, "html": False})
    parser.enable(["table", "strikethrough"]).disable(["text_join"])
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    return parser if links else parser.disable(["link", "image"])


def _blocks(tokens: Sequence["Token"], dialect: Dialect, depth: int) -> Iterator[str]:
    """The blocks of one level, each without its line end."""
    for token, inner in _children(tokens):
        if token.type in ("paragraph_open", "heading_open"):
            shown = _paragraph(token, inner[0], dialect)
        elif token.type in _CODE:
            code, language = token.content.removesuffix("\n"), token.info.strip().partition(" ")[0]
            shown = dialect.fence(code, language) if code.strip() else ""
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            shown = _list(token, inner, dialect, depth)
        elif token.type == "blockquote_open":
            shown = _quote(inner, dialect, depth)
        elif token.type == "table_open":
            shown = dialect.table(_table(inner, dialect))
        else:
            shown = dialect.rule
        if shown.strip():
            yield shown


def _children(tokens: Sequence["Token"]) -> Iterator[tuple["Token", Sequence["Token"]]]:
    """Every element at the level of the first token, with the tokens within it."""
    place = 0
    while place < len(tokens):
        token, begin = tokens[place], place + 1
        if token.nesting == 1:
            place += 1
            while tokens[place].level != token.level or tokens[place].nesting != -1:
                place += 1
        yield token, tokens[begin:place]
        place += 1


def _paragraph(token: "Token", inline: "Token", dialect: Dialect) -> str:
    if token.type == "paragraph_open":
        return _inline(inline.children or (), dialect).strip()
    level = int(token.tag[1])
    bare = replace(dialect, strong=("", "")) if dialect.plain_labels or level > 3 else dialect
    words = _inline(inline.children or (), bare).strip()
    return dialect.heading(level, words) if words else ""


def _list(token: "Token", inner: Sequence["Token"], dialect: Dialect, depth: int) -> str:
    number = int(token.attrGet("start") or 1) if token.type.startswith("ordered") else None
    bullet = dialect.bullets[min(depth, len(dialect.bullets) - 1)]
    items, loose = [], False
    for item, content in _children(inner):
        blocks = list(_blocks(content, dialect, depth + 1))
        loose = loose or any(part.type == "paragraph_open" and not part.hidden for part in content[:1])
        mark = bullet if number is None else f"{number}."
        number = None if number is None else number + 1
        items.append(_item(f"{mark} ", blocks, dialect, depth + 1 < dialect.deepest, item.level))
    return ("\n\n" if loose and any("\n" in item for item in items) else "\n").join(items)


def _item(mark: str, blocks: list[str], dialect: Dialect, indents: bool, level: int) -> str:
    first, *rest = blocks or [""]
    if task := _TASK.match(first):
        first = dialect.tasks[task[1] != " "] + first[task.end() :]
    body = first
    for block in rest:
        body += ("\n" if _is_list(block, dialect) else "\n\n") + block
    indent = " " * len(mark) if indents else ""
    return _prefixed(mark, indent, body, dialect)


def _is_list(block: str, dialect: Dialect) -> bool:
    return block.startswith(tuple(f"{bullet} " for bullet in dialect.bullets)) or bool(
        re.match(r"\d+\. ", block)
    )


def _quote(inner: Sequence["Token"], dialect: Dialect, depth: int) -> str:
    # None of the platforms shows a quote within a quote.
    body = re.sub(r"^> ?", "", "\n\n".join(_blocks(inner, dialect, depth)), flags=re.MULTILINE)
    return _prefixed("> ", "> ", body, dialect) if body else ""


def _prefixed(first: str, other: str, body: str, dialect: Dialect) -> str:
    lines, in_code = [], False
    for number, line in enumerate(body.split("\n")):
        fence = line.startswith("```")
        if dialect.flat_code and (in_code or fence):
            lines += [first.rstrip(), line] if not number else [line]
        else:
            lines.append((first if not number else other if line or other == "> " else "") + line)
        in_code ^= fence
    return "\n".join(line.rstrip() if line.strip() in ("", ">") else line for line in lines)


def _table(inner: Sequence["Token"], dialect: Dialect) -> Table:
    lines: list[list[Token]] = []
    right: list[bool] = []
    for token in inner:
        if token.type == "tr_open":
            lines.append([])
        elif token.type == "inline":
            lines[-1].append(token)
        elif token.type == "th_open":
            right.append("right" in str(token.attrGet("style")))
    cells = [[_inline(cell.children or (), dialect).strip() for cell in line] for line in lines]
    plain = [[_plain(cell.children or ()) for cell in line] for line in lines]
    return Table(header=cells[0], rows=cells[1:], plain=plain, right=right)


def _plain(tokens: Sequence["Token"]) -> str:
    """The words alone, on one line."""
    words = (_plain(token.children) if token.children else token.content for token in tokens)
    return " ".join(
        "".join(word or " " * (token.tag == "br") for word, token in zip(words, tokens, strict=True)).split()
    )


def _inline(tokens: Sequence["Token"], dialect: Dialect, label: bool = False) -> str:
    marks = {"strong": dialect.strong, "em": dialect.emphasis, "s": dialect.strike}
    parts: list[str] = []
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if token.type == "text":
            parts.append(dialect.text(token.content, label))
        elif token.type == "text_special":
            parts.append(dialect.special(token.content, token.markup))
        elif token.type == "code_inline":
            parts.append(dialect.code(token.content))
        elif token.type in ("softbreak", "hardbreak"):
            parts.append(" " if label else "\n")
        elif token.type == "image":
            parts.append(_image(token, dialect, label))
        elif token.type == "link_open":
            end = next(at for at in range(place, len(tokens)) if tokens[at].type == "link_close")
            parts.append(_link(token, tokens[place + 1 : end], dialect))
            place = end
        elif token.tag in marks:
            parts.append(marks[token.tag][token.nesting < 0])
        place += 1
    return "".join(parts)


def _link(token: "Token", inner: Sequence["Token"], dialect: Dialect) -> str:
    url = str(token.attrGet("href") or "")
    if dialect.plain_labels:
        label = dialect.text(_plain(inner), True)
    else:
        label = _inline(inner, dialect, label=True).strip()
    return dialect.link(label, url) if is_web(url) else label


def _image(token: "Token", dialect: Dialect, label: bool) -> str:
    words, url = dialect.text(_plain(token.children or ()), True), str(token.attrGet("src") or "")
    return words if label or not is_web(url) else dialect.link(words, url)
