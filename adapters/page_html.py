"""Turns the HTML that Markdown pages carry into Markdown, and leaves code as it is."""

import re
from collections.abc import Iterator

from adapters.html_lines import CONTROLS, Lines
from adapters.html_tags import Tags

_FENCE = re.compile(r"^[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(`{3,}|~{3,})(.*)$")


def without_html(markdown: str) -> str:
    """The same page as Markdown alone.

    Tables become Markdown tables, note boxes quotes, HTML headings ``## Words {#id}``; bars of tabs,
    styles, scripts, comments and pictures go, every other known tag leaves what it holds. Unknown tags
    such as ``<your-token>`` are text. Fenced code and code spans are not touched.
    """
    tags, lines = Tags(), Lines()
    for is_code, text in _segments(markdown.translate(CONTROLS)):
        if is_code:
            lines.add_code(text)
        else:
            lines.add_text(tags.converted(text))
    return "\n".join(lines.done)


def _segments(markdown: str) -> Iterator[tuple[bool, str]]:
    """Alternating runs of lines: whether they are a fenced code block, and the lines."""
    run: list[str] = []
    fence = ""
    for line in markdown.split("\n"):
        mark = _FENCE.match(line)
        if mark and not fence and "`" not in mark[2]:
            yield False, "\n".join(run)
            fence, run = mark[1], [line]
        elif mark and fence and mark[1].startswith(fence) and not mark[2].strip():
            yield True, "\n".join([*run, line])
            fence, run = "", []
        else:
            run.append(line)
    yield bool(fence), "\n".join(run)
