"""Sets what people wrote into Markdown so that it stays text, whatever it holds."""

import re

_MARKUP = re.compile(r"([\\`*_{}\[\]<>()#+!|~@&$])")
_NUMBERED = re.compile(r"^(\d{1,9})([.)])")
_RULED = re.compile(r"^(?=[-=])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
_FENCE = re.compile(r"`{3,}")
_ADDRESS = re.compile(r"(?i)\b(https?|ftp|mailto|www)([:.])")
LINE_CHARS = 200


def one_line(text: str, chars: int = LINE_CHARS) -> str:
    """``text`` as one line of Markdown that shows its characters: no markup, link, HTML or mention works.

    Cut to ``chars`` characters of ``text``, with an ellipsis.
    """
    flat = " ".join(_CONTROL.sub(" ", text).split())
    cut = flat if len(flat) <= chars else flat[: chars - 1].rstrip() + "…"
    escaped = _ADDRESS.sub(r"\1\\\2", _MARKUP.sub(r"\\\1", cut))
    return _RULED.sub(r"\\", _NUMBERED.sub(r"\1\\\2", escaped))


def code_block(text: str) -> str:
    """``text`` within a fence that nothing in it can end."""
    longest = max((len(run) for run in _FENCE.findall(text)), default=2)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"
