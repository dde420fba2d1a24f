"""The anchors that a site's headings get, so that a citation opens at its section."""

import re
from collections.abc import Iterable, Sequence
from typing import Literal
from urllib.parse import quote

AnchorStyle = Literal["milvus", "github"]

_EXPLICIT = re.compile(r"\s*\{#([^\s{}]{1,200})\}\s*$")
_BREAKS_LINKS = re.compile(r"[\s()<>\"'\[\]\\`%]")
_DROPPED = {
    # Read off the corpus's own links: `rootCoord.maxPartitionNum` is #rootCoordmaxPartitionNum,
    # "Load & Release Collection" is #Load--Release-Collection, "SASL/PLAIN" is SASLPLAIN; `_` and `+` stay.
    "milvus": re.compile(r"[^\w\s+-]"),
    "github": re.compile(r"[^\w\s-]"),
}


def split_explicit(heading: str) -> tuple[str, str]:
    """A heading's words and the anchor its author gave it (``Syntax {#clear}``), empty where none."""
    found = _EXPLICIT.search(heading)
    return (heading[: found.start()].strip(), found[1]) if found else (heading.strip(), "")


def slug(words: str, style: AnchorStyle) -> str:
    """The anchor a site makes of a heading's words, regardless of the page's other headings."""
    kept = _DROPPED[style].sub("", words.strip())
    # Each blank becomes a dash of its own: a dropped "&" leaves two.
    dashed = re.sub(r"\s", "-", kept)
    return dashed.lower() if style == "github" else dashed


def anchors_of(headings: Iterable[str], style: AnchorStyle) -> Sequence[str]:
    """One anchor a heading, in page order, ready for a URL; empty for a heading without words.

    ``headings`` may end in ``{#anchor}``, which wins. A repeated anchor gets ``-1``, ``-2``, ...
    """
    taken: set[str] = set()
    counts: dict[str, int] = {}
    result = []
    for heading in headings:
        words, explicit = split_explicit(heading)
        anchor = explicit or _unused(slug(words, style), taken, counts)
        taken.add(anchor)
        result.append(_readable(anchor))
    return result


def _unused(wanted: str, taken: set[str], counts: dict[str, int]) -> str:
    anchor = wanted
    while anchor and anchor in taken:
        counts[wanted] = counts.get(wanted, 0) + 1
        anchor = f"{wanted}-{counts[wanted]}"
    return anchor


def _readable(anchor: str) -> str:
    # Browsers take letters of any script as they are; only what would end a Markdown link is encoded.
    return _BREAKS_LINKS.sub(lambda match: quote(match[0], safe=""), anchor)
