"""Cuts a code block into the parts an answer can show: whole where it is short, never torn in the middle."""

import re
from collections.abc import Sequence

from bot.extract.blocks import FENCE

_PART_CHARS = 420
_LONGEST = 700
_BRACKETS = (("(", ")"), ("[", "]"), ("{", "}"))


def snippets(lines: Sequence[str]) -> tuple[str, Sequence[str]]:
    """The language at the fence, and the parts of the code between the fences."""
    opened = FENCE.match(lines[0])
    inner = [line for line in lines[1:] if not FENCE.match(line)]
    indent = min((len(line) - len(line.lstrip()) for line in inner if line.strip()), default=0)
    code = "\n".join(line[indent:].rstrip() for line in inner).strip("\n")
    parts = [code] if len(code) <= _LONGEST else _packed(_stanzas(code))
    kept = [part for part in parts if part.strip() and (part is code or _stands_alone(part))]
    return opened[2] if opened else "", kept


def _stanzas(text: str) -> Sequence[str]:
    """``text`` cut at its blank lines; an indented line goes on with what is above it."""
    found: list[str] = []
    for stanza in re.split(r"\n\s*\n", text):
        if found and stanza[:1].isspace():
            found[-1] += "\n\n" + stanza
        else:
            found.append(stanza)
    return found


def _packed(stanzas: Sequence[str]) -> Sequence[str]:
    """Neighbouring stanzas together while they fit into one piece."""
    found: list[str] = []
    for stanza in stanzas:
        if found and len(found[-1]) + len(stanza) + 2 <= _PART_CHARS:
            found[-1] += "\n\n" + stanza
        else:
            found.append(stanza)
    return found


def _stands_alone(code: str) -> bool:
    """Whether ``code`` is short enough and closes what it opens."""
    balanced = all(code.count(opening) == code.count(closing) for opening, closing in _BRACKETS)
    return balanced and len(code) <= _LONGEST
