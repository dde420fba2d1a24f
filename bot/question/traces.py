"""Finds the lines that say what is wrong in a log or a stack trace (pure)."""

import re
from collections.abc import Sequence

LINES = 12
"""A text of more lines is looked through; a shorter one is a question as it is."""
_LONGEST_LINE = 300
_FRAME = re.compile(
    r"\s*(?:at\s+\S+|\.{3}\s*\d+ more|goroutine \d+|created by |\^+~*\s*$|#\d+\s|"
    r"\d+:\s+0x|0x[0-9a-f]+|[\w./-]+\.(?:go|py|cc|cpp|java|rs|js|ts):\d+)",
    re.IGNORECASE,
)
_PYTHON_FRAME = re.compile(r"^\s*File \".*\", line \d+.*(?:\n {4,}.*)*", re.MULTILINE)
_STAMP = re.compile(r"^\W*(?:\d{4}[-/]\d\d[-/]\d\d[T ])?\d\d:\d\d:\d\d[\d.,]*(?:Z| ?[+-]\d\d:?\d\d)?[\s\]]*")
_NAMED = re.compile(
    r"^\s*(?:Caused by:\s*)?[\w.$]*(?:Error|Exception|Panic|Fault|Failure)\b\s*[:(<]|^panic:|^Caused by:"
)
_WRONG = re.compile(
    r"\b(?:error|exception|fatal|panic\w*|fail\w*|refused|denied|invalid|unable|cannot|can't|unsupported|"
    r"timed? ?out|not found|no such|missing|exceed\w*|unexpected|illegal|killed|crash\w*|unavailable)\b",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"\?\s*$|^\s*(?:how|what|why|when|where|which|who|can|could|does|do|is|are|i|we|my|please|help)\b",
    re.IGNORECASE,
)


def telling(text: str, limit: int = 700) -> str:
    """Of a long text with many lines, those that are asked or name an error; any other text as it is.

    At most ``limit`` characters where lines are chosen, in the order in which they stand; a line that
    comes many times counts once.
    """
    if text.count("\n") < LINES or len(text) <= limit:
        return text
    rest = _PYTHON_FRAME.sub("", text).splitlines()
    lines = list(dict.fromkeys(_STAMP.sub("", line).strip() for line in rest if line.strip()))
    ranked = sorted(range(len(lines)), key=lambda place: -_weight(lines, place))
    chosen: list[int] = []
    for place in ranked:
        size = min(len(lines[place]), _LONGEST_LINE) + 1
        if size <= limit and _weight(lines, place) > 0:
            chosen.append(place)
            limit -= size
    return "\n".join(lines[place][:_LONGEST_LINE] for place in sorted(chosen)) or text


def _weight(lines: Sequence[str], place: int) -> float:
    """How much a line says; the later of two alike says more, for causes come last."""
    line = lines[place]
    later = place / len(lines)
    if _FRAME.match(line):
        return 0.0
    edge = place == 0 or place == len(lines) - 1
    if _NAMED.search(line):
        return 4 + later
    if edge and _ASKED.search(line):
        return 6.0
    if _WRONG.search(line):
        return 2 + later
    return 1.0 if edge or _ASKED.search(line) else 0.0
