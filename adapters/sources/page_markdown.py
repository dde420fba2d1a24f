"""Turns a web page into the Markdown of its main part: headings with their anchors, code, tables, links."""

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from adapters.html_tables import table_markdown

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

VERSION = 1
"""Raised when the same page gives other Markdown."""

# Tried in order: the part that holds the page's own text.
_MAIN: tuple[dict[str, Any], ...] = (
    {"attrs": {"role": "main"}},
    {"name": "main"},
    {"name": "article"},
    {"id": ["main-content", "content"]},
    {"class_": "markdown-body"},
    {"name": "body"},
)
# What stands around a page's own text, by tag, role and class as the common generators write them.
_DROPPED_TAGS = frozenset(
    ("script", "style", "template", "noscript", "svg", "iframe", "object", "video", "audio", "canvas", "form",
     "button", "nav", "footer", "dialog")
)  # fmt: skip
_DROPPED_ROLES = frozenset(("navigation", "search", "contentinfo", "banner"))
_DROPPED_CLASSES = frozenset(
    ("headerlink", "hash-link", "heading-link", "anchorjs-link", "heading-anchor", "header-anchor", "linenos",
     "lineno", "linenodiv", "breadcrumbs", "toc", "table-of-contents", "skip-link", "visually-hidden",
     "sr-only", "edit-this-page", "md-source-file", "md-content__button", "md-feedback", "prev-next-area")
)  # fmt: skip
_NOTES = frozenset(
    ("admonition", "admonitionblock", "alert", "callout", "theme-admonition", "starlight-aside")
)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_LANGUAGE = re.compile(r"(?:language|lang|highlight|brush|sourceCode)[-: ]\s?([\w+#.-]{1,30})")
_NO_LANGUAGES = {"default", "none", "text", "plaintext", "notranslate", "source"}
_BAD_ANCHOR = re.compile(r"[\s{}]")
_TICKS = re.compile(r"`{3,}")
_BLANKS = re.compile(r"\n{3,}")
_DEEPEST = 150
"""Of tags in one another: the conversion goes three calls deeper with each, and Python 1,000."""


class Unreadable(Exception):
    """The page cannot be turned into Markdown; ``str()`` is the rest of a sentence about it."""


def page_markdown(data: bytes, *, address: str, charset: str = "") -> str:
    """The page's Markdown, its title as front matter; empty where the page has no words.

    ``charset`` is what the server declares; bytes that are UTF-8 are read as such whatever it says.
    Links become whole addresses. Raises Unreadable.
    """
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(_decoded(data, charset), "html.parser")
    main = _main(soup)
    tags = _tags(main)
    title = _title(soup, main)
    _tidy(tags, address)
    text = _BLANKS.sub("\n\n", _converter()(main)).strip()
    return f'---\ntitle: "{_quoted(title)}"\n---\n\n{text}\n' if text else ""


def _decoded(data: bytes, charset: str) -> str:
    from bs4.dammit import UnicodeDammit

    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        found = UnicodeDammit(data, known_definite_encodings=[charset] if charset else [], is_html=True)
        text = found.unicode_markup or ""
    if not text or "\0" in text:
        raise Unreadable("is not text, though it is served as a web page")
    return text


def _main(soup: "BeautifulSoup") -> "Tag":
    for mark in _MAIN:
        found: list[Tag] = list(soup.find_all(**mark))
        # Several articles are a list of them: their common part is the page.
        if found and (len(found) == 1 or mark.get("name") != "article") and found[0].get_text(strip=True):
            return found[0]
    return soup


def _tags(main: "Tag") -> list["Tag"]:
    """The tags that are the page's own text; all others are taken out. Raises Unreadable."""
    kept, level = [], [main]
    for _ in range(_DEEPEST):
        inner = [child for tag in level for child in tag.find_all(True, recursive=False)]
        level = []
        for tag in inner:
            if _is_around(tag):
                tag.decompose()
            else:
                level.append(tag)
        kept.extend(level)
        if not level:
            return kept
    raise Unreadable("is nested too deep to be read")


def _is_around(tag: "Tag") -> bool:
    if tag.name in _DROPPED_TAGS or tag.get("role") in _DROPPED_ROLES or tag.get("aria-hidden") == "true":
        return True
    classes = tag.get("class") or ()
    return not _DROPPED_CLASSES.isdisjoint(classes) or (tag.name == "a" and "anchor" in classes)


def _title(soup: "BeautifulSoup", main: "Tag") -> str:
    heading = main.find("h1")
    named = soup.find("meta", property="og:title")
    candidates = (
        heading and heading.get_text(),
        named and named.get("content"),
        soup.title and soup.title.get_text(),
    )
    return next((words for text in candidates if (words := " ".join(str(text or "").split()))), "")


def _tidy(tags: Sequence["Tag"], address: str) -> None:
    """Names what stays by what it means: headings by their anchors, notes as quotes, links in full."""
    for tag in tags:
        if tag.name in _HEADINGS:
            tag["id"] = _anchor(tag)
        elif tag.name == "img":
            tag.replace_with(_phrase(str(tag.get("alt") or "")))
        elif tag.name == "a" and tag.get("href"):
            _point(tag, address)
        elif not _NOTES.isdisjoint(tag.get("class") or ()):
            tag.name = "blockquote"


def _point(link: "Tag", address: str) -> None:
    target = str(link["href"])
    if not link.get_text(strip=True):
        link.unwrap()
    elif not target.startswith("#"):
        link["href"] = _joined(address, target)


def _anchor(heading: "Tag") -> str:
    """The heading's own id, or that of the section it opens, or of a mark within it."""
    own = str(heading.get("id") or "")
    parent = heading.parent
    if not own and parent is not None and parent.name == "section" and parent.find(_HEADINGS) is heading:
        own = str(parent.get("id") or "")
    if not own and (mark := heading.find(["a", "span"], id=True)):
        own = str(mark["id"])
    if not own and (mark := heading.find("a", attrs={"name": True})):
        own = str(mark["name"])
    return "" if _BAD_ANCHOR.search(own) else own


def _joined(address: str, link: str) -> str:
    try:
        return urljoin(address, link)
    except ValueError:
        return link


def _phrase(alt: str) -> str:
    """A picture's description; a mere file name says nothing."""
    return alt if len(alt.split()) > 1 else ""


def _quoted(title: str) -> str:
    return title.replace('"', '\\"')


def _converter() -> Callable[["Tag"], str]:
    from markdownify import ATX, MarkdownConverter

    class Converter(MarkdownConverter):
        """Inheritance is how markdownify takes other rules for single tags."""

        def escape(self, text: str, parent_tags: Any) -> str:
            # Names such as rootCoord_dml must be found as people type them; only what would become a tag
            # or an entity later is kept from it.
            return text.replace("&", "&amp;").replace("<", "&lt;")

        def convert_hN(self, n: int, el: "Tag", text: str, parent_tags: Any) -> str:  # noqa: N802
            words, anchor = " ".join(text.split()), str(el.get("id") or "")
            return f"\n\n{'#' * min(n, 6)} {words}{f' {{#{anchor}}}' if anchor else ''}\n\n" if words else ""

        def convert_pre(self, el: "Tag", text: str, parent_tags: Any) -> str:
            return _fenced(el)

        def convert_table(self, el: "Tag", text: str, parent_tags: Any) -> str:
            return f"\n\n{table_markdown(str(el))}\n\n"

        def convert_blockquote(self, el: "Tag", text: str, parent_tags: Any) -> str:
            lines = [f"> {line}".rstrip() for line in _BLANKS.sub("\n\n", text).strip().split("\n")]
            return "\n\n" + "\n".join(lines) + "\n\n"

    converter = Converter(heading_style=ATX, bullets="-", autolinks=False)
    return lambda main: str(converter.convert_soup(main))


def _fenced(code: "Tag") -> str:
    for mark in code.find_all("br"):
        mark.replace_with("\n")
    text = code.get_text().strip("\n").rstrip()
    if not text:
        return ""
    longest = max((len(run) for run in _TICKS.findall(text)), default=2)
    fence = "`" * (longest + 1)
    return f"\n\n{fence}{_language(code)}\n{text}\n{fence}\n\n"


def _language(code: "Tag") -> str:
    inner = code.find("code")
    around = [code, *([inner] if inner else []), *[tag for tag in code.parents if tag.name == "div"][:2]]
    for tag in around:
        classes = " ".join(map(str, tag.get_attribute_list("class")))
        found = _LANGUAGE.search(classes)
        if found and found[1] not in _NO_LANGUAGES:
            return found[1]
    return ""
