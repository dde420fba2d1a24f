"""Turns what the pages show into HTML: templates that escape everything, and answers from their Markdown."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

FOLDER = Path(__file__).parent / "templates"
STYLE = FOLDER / "style.css"
WORDS: Mapping[str, str] = {
    "not_covered": "not in the docs",
    "uncertain": "doubtful",
    "clarify": "asked back",
    "extract": "quoted",
    "not_support": "not support",
    "details_asked": "details asked",
    "follow_up": "follow-up",
    "uncertain_twice": "two doubtful answers",
    "thumbs_down": "thumbs down",
    "triage_only": "triage only",
    "down_voted": "voted down",
}
"""What a value is called on a page, where it is not called by itself."""


def page(name: str, **values: Any) -> str:
    """The HTML of a template. Whatever ``values`` hold is shown as text, but for what is ``Markup``."""
    return _environment().get_template(name).render(values)


@lru_cache(maxsize=1)
def style() -> tuple[str, str]:
    """The style sheet, and a name for its content."""
    text = STYLE.read_text(encoding="utf-8")
    return text, hashlib.sha256(text.encode()).hexdigest()[:12]


def prose(markdown: str, *, own: bool = False) -> Markup:
    """Markdown as HTML: HTML in it is shown as text, a picture is none, and links lead to the web alone.

    What is our ``own`` may link to these pages as well.
    """
    return Markup(_parser(own).render(markdown))


def safe(svg: str) -> Markup:
    """A picture of our own drawing, whose words are escaped already."""
    return Markup(svg)


def is_web(url: str) -> bool:
    """Whether an address may be a link."""
    return url.startswith(("https://", "http://"))


def moment(at: float | datetime | None) -> str:
    """A time in UTC, to the minute; empty for None."""
    if at is None:
        return ""
    return _utc(at).strftime("%Y-%m-%d %H:%M")


def machine_time(at: float | datetime) -> str:
    """The same for the ``datetime`` attribute."""
    return _utc(at).isoformat(timespec="seconds")


def seconds(milliseconds: float | None) -> str:
    """A duration, such as ``1.4 s``; a dash for None."""
    return "–" if milliseconds is None else f"{milliseconds / 1000:.1f} s"


def percent(share: float | None) -> str:
    """A share from 0 to 1, such as ``73%``; a dash for None."""
    return "–" if share is None else f"{share:.0%}"


def word(value: str) -> str:
    """What a value of ours is called on a page."""
    return WORDS.get(value, value.replace("_", " "))


def _utc(at: float | datetime) -> datetime:
    return at.astimezone(UTC) if isinstance(at, datetime) else datetime.fromtimestamp(at, UTC)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for shown in (moment, machine_time, seconds, percent, word, prose):
        made.filters[shown.__name__] = shown
    made.tests["web"] = is_web
    made.globals["style_name"] = style()[1]
    return made


def _is_ours(url: str) -> bool:
    return url.startswith(("/t/", "/gaps/")) or is_web(url)


@lru_cache(maxsize=2)
def _parser(own: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False})
    parser.enable("table")
    parser.validateLink = _is_ours if own else is_web  # type: ignore[method-assign]
    parser.add_render_rule("image", _words_of_picture)
    return parser


def _words_of_picture(renderer: Any, tokens: Sequence[Any], index: int, options: Any, env: Any) -> str:
    """A picture from elsewhere would tell its server who reads this page."""
    del renderer, options, env
    return str(escape(tokens[index].content))
