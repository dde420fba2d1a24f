"""The tag pass over a Markdown page: each HTML tag becomes Markdown, or a mark for the line pass."""

import html
import re
from collections.abc import Sequence

from adapters.html_lines import ANCHOR, CLOSE, CODE, CONTROLS, END_ANCHOR, END_NOTE, NOTE, OPEN
from adapters.html_tables import table_markdown

_TAG = re.compile(r"<!--|<(/?)([A-Za-z][A-Za-z0-9]*)((?:\s[^<>]{0,2000})?)/?>")
_TAG_START = re.compile(r"</?([A-Za-z][\w.:-]*)")
_ATTRIBUTE = re.compile(r"""\b(class|id|name|href|alt)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_IMAGE = re.compile(r"!\[([^\]\n]{0,500})\](?:\([^)\n]{0,2000}\)|\[[^\]\n]{0,200}\])")
_EMPTY_LINK = re.compile(r"\[\s{0,20}\]\([^)\n]{0,2000}\)")
_TICKS = re.compile(r"`+")
_MASKED = re.compile(f"{CODE}(\\d+){CODE}")

_DROPPED = {"style", "script", "svg", "iframe", "video", "audio", "noscript", "template", "object"}
_TAB_BARS = {"multipleCode", "filter"}
_NOTES = {"warning": "Warning", "caution": "Caution", "danger": "Danger", "tip": "Tip",
          "important": "Important", "note": "Note", "notes": "Note", "admonition": "Note",
          "alert": "Note"}  # fmt: skip
_MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "code": "`", "kbd": "`", "tt": "`"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_CONTAINERS = {"section", "article", "details", "center", "figure", "main", "aside", "ul", "ol", "blockquote",
               "dl", "table"}  # fmt: skip
_LINES = {"p", "dt", "dd", "figcaption", "header", "footer", "nav", "tr", "thead", "tbody",
          "tfoot", "caption", "colgroup", "col"}  # fmt: skip
_BETWEEN = {"br": " ", "td": " ", "th": " ", "hr": "\n\n---\n\n"}
_BARE = {"a", "img", "span", "font", "u", "s", "small", "big", "sub", "sup", "del", "ins", "mark", "abbr",
         "cite", "samp", "wbr", "picture", "button", "label", "summary", "div", "pre", "li", "tabs",
         "tabitem"}  # fmt: skip
_KNOWN = _DROPPED | _HEADINGS | _CONTAINERS | _LINES | _BARE | set(_BETWEEN) | set(_MARKS)


class Tags:
    """Remembers what is open from one piece of a page to the next."""

    def __init__(self) -> None:
        self._divs: list[bool] = []  # of each open div: is it a note
        self._lists = 0
        self._in_summary = False
        self._indent = ""
        self._spans: Sequence[str] = ()

    def converted(self, text: str) -> str:
        """``text`` holds whole lines outside fenced code."""
        if "<" not in text and "&" not in text and "![" not in text:
            return text
        masked, self._spans = _masked(text)
        return _MASKED.sub(lambda found: self._spans[int(found[1])], self._convert(masked))

    def _convert(self, text: str) -> str:
        out, position = [], 0
        closings = _Closings(text)
        while tag := _TAG.search(text, position):
            before = text[position : tag.start()]
            if "\n" in before:
                line = before[before.rfind("\n") + 1 :]
                self._indent = line[: len(line) - len(line.lstrip())][:3]
            out.append(_plain(before))
            replacement, position = self._replaced(tag, closings)
            out.append(replacement)
        out.append(_plain(text[position:]))
        return "".join(out)

    def _replaced(self, tag: re.Match[str], closings: "_Closings") -> tuple[str, int]:
        """What the tag becomes, and where to read on."""
        if tag[0] == "<!--":
            return "", closings.find("-->", tag.end())[1] or tag.end()
        name, opens = tag[2].lower(), not tag[1]
        if name not in _KNOWN:
            return tag[0], tag.end()
        found = _ATTRIBUTE.findall(tag[3])
        attributes = {key: double or single or bare for key, double, single, bare in found}
        is_bar = name == "div" and not _TAB_BARS.isdisjoint(attributes.get("class", "").split())
        if opens and (is_bar or name in _DROPPED or name in _HEADINGS or name in ("a", "table", "pre")):
            start, end = closings.find(f"</{name}", tag.end())
            if end:
                inner = "" if is_bar or name in _DROPPED else closings.text[tag.end() : start]
                return self._whole(name, attributes, inner), end
        return self._single(name, opens, attributes), tag.end()

    def _whole(self, name: str, attributes: dict[str, str], inner: str) -> str:
        """An element that is read from its opening to its closing tag."""
        if not inner.strip() and name != "a":
            return ""
        if name == "table":
            return f"\n\n{table_markdown(f'<table>{self._as_html(inner)}</table>')}\n\n"
        if name == "pre":
            bare = _TAG.sub(lambda tag: tag[0] if tag[2] and tag[2].lower() not in _KNOWN else "", inner)
            return f"\n\n```\n{html.unescape(bare).strip(chr(10))}\n```\n\n"
        within = Tags()
        within._spans = self._spans
        words = " ".join(within._convert(inner).split()).strip(OPEN + CLOSE + " ")
        anchor = attributes.get("id") or attributes.get("name") or ""
        if name == "a":
            href = attributes.get("href", "")
            mark = f"{ANCHOR}{anchor}{END_ANCHOR}" if anchor else ""
            return mark + (f"[{words}]({href})" if words and href else words)
        return f"\n\n{'#' * int(name[1])} {words}{f' {{#{anchor}}}' if anchor else ''}\n\n"

    def _single(self, name: str, opens: bool, attributes: dict[str, str]) -> str:
        if name == "div":
            return self._div(opens, attributes.get("class", ""))
        if name in ("summary", *_MARKS):
            return self._mark(name, opens)
        if name in ("ul", "ol"):
            self._lists = max(0, self._lists + (1 if opens else -1))
        if name == "li":
            return f"\n{self._indent[:2]}{'  ' * min(self._lists - 1, 6)}- " if opens else ""
        if name in _CONTAINERS:
            return OPEN if opens else f"{CLOSE}\n\n{self._indent}"
        if name in _LINES:
            return "" if opens else f"\n\n{self._indent}"
        return _phrase(attributes.get("alt", "")) if name == "img" else _BETWEEN.get(name, "")

    def _mark(self, name: str, opens: bool) -> str:
        if name == "summary":
            self._in_summary = opens
            return f"\n\n{self._indent}**" if opens else f"**\n\n{self._indent}"
        # A summary is bold as a whole.
        return "" if self._in_summary and _MARKS[name] != "`" else _MARKS[name]

    def _div(self, opens: bool, classes: str) -> str:
        if opens:
            label = next((_NOTES[word] for word in _NOTES if word in classes.split()), "")
            self._divs.append(bool(label))
            return f"\n\n{NOTE}{label}\n{self._indent}" if label else OPEN
        is_note = self._divs.pop() if self._divs else False
        return f"\n{END_NOTE}\n\n{self._indent}" if is_note else f"{CLOSE}\n"

    def _as_html(self, inner: str) -> str:
        """A table's inside for an HTML parser: code spans and tags that are not HTML are text."""
        known = _TAG_START.sub(lambda tag: tag[0] if tag[1].lower() in _KNOWN else html.escape(tag[0]), inner)
        return _MASKED.sub(lambda found: html.escape(self._spans[int(found[1])]), known)


class _Closings:
    """Finds closing tags; what was once not found is not looked for again, or bad pages took forever."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._missing: set[str] = set()

    def find(self, closing: str, start: int) -> tuple[int, int]:
        """Where the next ``closing`` begins, and where it is over; zeros where there is none."""
        pattern = re.escape(closing) + (r"\s*>" if closing.startswith("<") else "")
        found = None
        if closing not in self._missing:
            found = re.compile(pattern, re.IGNORECASE).search(self.text, start)
        if not found:
            self._missing.add(closing)
            return 0, 0
        return found.span()


def _masked(text: str) -> tuple[str, Sequence[str]]:
    """The text with its code spans (within one line) replaced by marks, and the spans."""
    spans: list[str] = []
    return "\n".join(_masked_line(line, spans) if "`" in line else line for line in text.split("\n")), spans


def _masked_line(line: str, spans: list[str]) -> str:
    runs = [found.span() for found in _TICKS.finditer(line)]
    closes: dict[int, int] = {}  # opening run -> where the next run of its length ends
    seen: dict[int, int] = {}
    for start, end in reversed(runs):
        if end - start in seen:
            closes[start] = seen[end - start]
        seen[end - start] = end
    out, position = [], 0
    for start, _ in runs:
        if start >= position and start in closes:
            out.append(f"{line[position:start]}{CODE}{len(spans)}{CODE}")
            position = closes[start]
            spans.append(line[start:position])
    return "".join([*out, line[position:]])


def _plain(text: str) -> str:
    if "![" in text:
        text = _EMPTY_LINK.sub("", _IMAGE.sub(lambda found: _phrase(found[1]), text))
    return _ENTITY.sub(_decoded, text) if "&" in text else text


def _decoded(entity: re.Match[str]) -> str:
    return html.unescape(entity[0]).replace("\xa0", " ").translate(CONTROLS)


def _phrase(alt: str) -> str:
    """A picture's description; a mere file name says nothing."""
    return alt if len(alt.split()) > 1 else ""
