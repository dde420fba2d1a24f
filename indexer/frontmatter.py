"""The ``key: value`` lines between dashes that many Markdown pages begin with, read leniently."""

import re
from collections.abc import Mapping, Sequence

_KEY = re.compile(r"^([A-Za-z_][\w.-]{0,63})[ \t]*:(?:[ \t]+(.*))?$")
_BODY = re.compile(r"^(#{1,6}[ \t]|`{3}|~{3}|<)")
"""After a blank line these begin a page's text: the end mark was forgotten."""
_BLOCK = re.compile(r"^[>|][+-]?\d?$")


def front_matter(raw: str) -> tuple[Mapping[str, str], str]:
    """A page's flat front-matter values, keys in lower case, and its body.

    Nested values, lists and lines that make no sense are passed over. Without an end mark the body
    begins at the first line that is no ``key: value``; a page that merely starts with a rule keeps it.
    """
    text = raw.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.lstrip("\n").split("\n")
    if lines[0].rstrip() != "---" or len(lines) < 2:
        return {}, text
    end = _end(lines)
    if end is None:
        return {}, text
    marked = end < len(lines) and lines[end].rstrip() in ("---", "...")
    body = lines[end + 1 if marked else end :]
    return _values(lines[1:end]), "\n".join(body)


def _end(lines: Sequence[str]) -> int | None:
    """Index of the end mark, or of the body's first line where the mark is missing; None: no front matter."""
    for index, line in enumerate(lines[1:], start=1):
        if line.rstrip() in ("---", "..."):
            # Two rules around prose are not front matter.
            return index if index == 1 or any(map(_KEY.match, lines[1:index])) else None
        if _BODY.match(line) and not lines[index - 1].strip():
            break
    first = next((n for n, line in enumerate(lines[1:], 1) if not _belongs(line)), len(lines))
    return first if first > 1 else None


def _belongs(line: str) -> bool:
    return bool(_KEY.match(line)) or (line[:1] in (" ", "\t") and bool(line.strip()))


def _values(lines: Sequence[str]) -> Mapping[str, str]:
    values: dict[str, str] = {}
    index = 0
    while index < len(lines):
        found = _KEY.match(lines[index].rstrip())
        index += 1
        if not found:
            continue
        value = (found[2] or "").strip()
        start = index
        while index < len(lines) and lines[index][:1] in (" ", "\t", "") and not _KEY.match(lines[index]):
            index += 1
        below = [line.strip() for line in lines[start:index] if line.strip()]
        if _BLOCK.match(value):
            value = ("\n" if value.startswith("|") else " ").join(below)
        elif value and below:
            value = " ".join([value, *below])
        values[found[1].lower()] = _unquoted(value)
    return values


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        inner = value[1:-1]
        return inner.replace("''", "'") if value[0] == "'" else inner.replace('\\"', '"')
    return value
