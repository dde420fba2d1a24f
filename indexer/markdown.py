"""Raw Markdown files to resolved pages: front matter, variables and fragments put in, fingerprint taken."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from indexer.addresses import address
from indexer.anchors import AnchorStyle, split_explicit
from indexer.errors import PageUnreadable
from indexer.frontmatter import front_matter
from indexer.model import Failure, Page, PageKey
from indexer.ports import Tree

VARIABLES = "Variables.json"

FragmentReader = Callable[[str], str | None]
"""A path relative to the source's root -> the file's text, None where there is no such file."""

_VARIABLE = re.compile(r"\{\{\s*var\.([\w.-]{1,200})\s*\}\}")
_FRAGMENT = re.compile(r"\{\{\s*(fragments/[\w./-]{1,200})\s*\}\}")
_TAB = re.compile(r"\{\{\s*tab\s*\}\}")
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.+?)[ \t]*#*[ \t]*$")
_HTML_HEADING = re.compile(r"<h[1-6]\b[^>]{0,300}>(.{1,500}?)</h[1-6]>", re.DOTALL | re.IGNORECASE)
_DEPTH = 8
_INCLUSIONS = 200
_PATH_BYTES = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A page as its readers see it."""

    title: str
    meta: Mapping[str, str]
    """The front matter's flat values."""
    text: str
    """Markdown without front matter, variables and fragments put in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variables:
    """The values of ``{{var.name}}``, by the folder whose pages they serve."""

    by_folder: Mapping[str, Mapping[str, str]]
    failures: tuple[Failure, ...] = ()

    def of(self, path: str) -> Mapping[str, str]:
        """What a page sees: its own folder's values before those of the folders above."""
        seen: dict[str, str] = {}
        for folder in reversed(_folders(path)):
            seen.update(self.by_folder.get(folder, {}))
        return seen


def load_variables(tree: Tree, source: str) -> Variables:
    """Read every ``Variables.json``; one that cannot be read is a failure and gives no values."""
    by_folder: dict[str, Mapping[str, str]] = {}
    failures = []
    for path in tree.paths():
        if PurePosixPath(path).name != VARIABLES:
            continue
        try:
            values = _flattened(json.loads(tree.read(path)))
            by_folder[_folder(path)] = {name: _whole(value) for name, value in values}
        except PageUnreadable as error:
            failures.append(Failure(key=PageKey(source=source, path=path), reason=str(error)))
        except (ValueError, RecursionError):
            reason = "is not valid JSON, so the pages keep {{var...}} as it is written"
            failures.append(Failure(key=PageKey(source=source, path=path), reason=reason))
    return Variables(by_folder=by_folder, failures=tuple(failures))


def resolve(path: str, raw: str, variables: Mapping[str, str], fragment_reader: FragmentReader) -> Resolved:
    """Take a page's front matter off and put its variables and fragments in.

    A variable without a value and every other ``{{...}}`` (templates in code) stay as they are;
    a fragment that is missing, or includes itself, leaves nothing.
    """
    meta, body = front_matter(raw)
    reader = _Inclusions(fragment_reader)
    text = _with_variables(_TAB.sub("", reader.expand(path, body, ())), variables)
    values = {key: _with_variables(value, variables) for key, value in meta.items()}
    title = values.get("title", "").strip() or first_heading(text) or PurePosixPath(path).stem
    return Resolved(title=title, meta=values, text=text.strip("\n"))


def first_heading(text: str) -> str:
    """The words of a text's first heading outside code fences, empty where it has none."""
    fence = ""
    html = _HTML_HEADING.search(text)
    position = 0
    for line in text.splitlines(keepends=True):
        if html and html.start() < position + len(line) and not fence:
            return _plain(html[1])
        position += len(line)
        mark = _FENCE.match(line)
        if mark:
            fence = mark[1][:3] if not fence else "" if mark[1].startswith(fence) else fence
        elif not fence and (heading := _HEADING.match(line.rstrip("\r\n"))):
            return _plain(heading[1])
    return ""


def included_only(paths: Iterable[str], raw_texts: Mapping[str, str]) -> set[str]:
    """The fragments that another page includes: they are read there, not as pages of their own."""
    known = set(paths)
    included: set[str] = set()
    for path, raw in raw_texts.items():
        for name in _FRAGMENT.findall(raw):
            target = next((place for place in _places(path, name) if place in known), path)
            if target != path:
                included.add(target)
    return included


def pages(
    tree: Tree, *, source: str, url: str, anchors: AnchorStyle, recipe: str
) -> tuple[list[Page], list[Failure]]:
    """All pages of a source, in path order, and those that could not be read.

    ``url`` is the template of a page's address (``{id}``, ``{path}``, ``{stem}``); empty: its own.
    ``recipe`` names what else decides what is kept of a page (chunker, the product's version) and enters
    every fingerprint. One bad page never stops the others.
    """
    variables = load_variables(tree, source)
    raw_texts, failures = _read_all(tree, source)
    failures = [*variables.failures, *failures]
    skipped = included_only(raw_texts, raw_texts)
    found = []
    for path, raw in raw_texts.items():
        if path in skipped:
            continue
        key = PageKey(source=source, path=path)
        resolved = resolve(path, raw, variables.of(path), raw_texts.get)
        if not resolved.text.strip():
            failures.append(Failure(key=key, reason="is empty", gone=True))
            continue
        where = address(url, path, resolved.meta.get("id", "")) if url else tree.address(path)
        mark = fingerprint(resolved.text, resolved.title, where, anchors, recipe)
        found.append(
            Page(
                key=key,
                title=resolved.title,
                url=where,
                text=resolved.text,
                fingerprint=mark,
                anchors=anchors,
            )
        )
    return found, failures


def fingerprint(*parts: str) -> str:
    """Hexadecimal SHA-256 of the parts, which cannot run into one another."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


class _Inclusions:
    """Puts fragments in, recursively, within a budget, so that no page can grow without end."""

    def __init__(self, read: FragmentReader) -> None:
        self._read = read
        self._left = _INCLUSIONS

    def expand(self, path: str, body: str, above: tuple[str, ...]) -> str:
        return _FRAGMENT.sub(lambda found: self._fragment(path, found[1], (*above, path)), body)

    def _fragment(self, path: str, name: str, above: tuple[str, ...]) -> str:
        self._left -= 1
        if self._left < 0 or len(above) > _DEPTH:
            return ""
        for place in _places(path, name):
            raw = None if place in above else self._read(place)
            if raw is not None:
                return self.expand(place, front_matter(raw)[1], above).strip("\n")
        return ""


def _read_all(tree: Tree, source: str) -> tuple[dict[str, str], list[Failure]]:
    texts, failures = {}, []
    for path in sorted(tree.paths()):
        if PurePosixPath(path).name == VARIABLES:
            continue
        if len(path.encode()) > _PATH_BYTES:
            reason = f"its path is longer than {_PATH_BYTES:,} bytes: shorten the names of its folders"
            failures.append(Failure(key=PageKey(source=source, path=path), reason=reason))
            continue
        try:
            texts[path] = tree.read(path)
        except PageUnreadable as error:
            failures.append(Failure(key=PageKey(source=source, path=path), reason=str(error)))
    return texts, failures


def _with_variables(text: str, variables: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda found: variables.get(found[1], found[0]), text)


def _flattened(value: object, prefix: str = "") -> Iterable[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flattened(inner, f"{prefix}.{key}" if prefix else str(key))
    elif prefix and isinstance(value, str | int | float):
        yield prefix, value if isinstance(value, str) else json.dumps(value)


def _whole(value: str) -> str:
    # JSON can write half a character ("\\ud800"), which no encoding can.
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _places(path: str, name: str) -> Sequence[str]:
    if ".." in name.split("/"):
        return ()
    # A fragment may be written relative to a language's folder, wherever the source's root is.
    places = [f"{folder}/{name}" if folder else name for folder in _folders(path)]
    return [place for place in places if place != path]


def _folders(path: str) -> Sequence[str]:
    """The page's folder and those above it, nearest first; the root is the empty string."""
    return ["" if str(folder) == "." else str(folder) for folder in PurePosixPath(path).parents]


def _folder(path: str) -> str:
    return _folders(path)[0]


def _plain(heading: str) -> str:
    words = split_explicit(re.sub(r"<[^>]{0,300}>", "", heading))[0]
    words = re.sub(r"!?\[([^\]]{0,300})\]\([^)]{0,500}\)", r"\1", words)
    return " ".join(re.sub(r"[`]|\*\*|__(?=\S)|(?<=\S)__", "", words).split())
