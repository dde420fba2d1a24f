"""Which files of a source are its pages, where its root is, and how bytes become a page's text."""

import errno
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

from indexer.errors import PageUnreadable, SourceUnavailable

PAGE_SUFFIXES = (".md", ".mdx", ".markdown")
VARIABLES = "Variables.json"

# Files about a repository that stand beside its documentation, their translations (README_zh.md) included.
_ABOUT_THE_REPOSITORY = re.compile(
    r"(readme|licen[cs]e|contributing|changelog|code_of_conduct|security|notice|authors|maintainers|governance)"
    r"([._-][a-z]{2}([_-][a-z]{2,4})?)?\.(md|mdx|markdown)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a source is read: which part of it, and how much at most."""

    root: str = ""
    """Folder inside the source (``site/en``); ``.`` is its top; empty: found by :func:`find_root`."""
    root_optional: bool = False
    """A root that does not exist is found instead of being an error."""
    max_page_bytes: int = 5_000_000
    max_total_bytes: int = 1_000_000_000
    """Of a download, of all that is unpacked from an archive, and of the pages of a git repository."""
    max_members: int = 100_000
    """Files and folders in an archive."""
    timeout_seconds: float = 300.0
    """Of a download, of each call of git, and of each page of a website."""
    allow_private: bool = False
    """Whether what is fetched from the web may come from an address of an internal network."""
    max_pages: int = 2_000
    """Of a website."""


def is_page(path: str) -> bool:
    """Whether ``path`` names a Markdown page."""
    return path.lower().endswith(PAGE_SUFFIXES)


def is_skipped(name: str) -> bool:
    """Whether a folder or file of this name is never part of the documentation."""
    return name.startswith(".") or name == "node_modules"


def is_listed(path: str) -> bool:
    """Whether a file belongs to the tree: a page or ``Variables.json``, outside of skipped folders."""
    parts = path.split("/")
    return (is_page(path) or parts[-1] == VARIABLES) and not any(is_skipped(part) for part in parts)


def below(root: str, paths: Iterable[str]) -> list[str]:
    """The paths inside ``root``, relative to it, sorted; ``root`` empty: all of them."""
    prefix = f"{root}/" if root else ""
    return sorted(path.removeprefix(prefix) for path in paths if path.startswith(prefix))


def find_root(paths: Sequence[str]) -> str:
    """The deepest folder that holds all pages and ``Variables.json``; empty for the top.

    A README and its like are passed over on one level, where there are pages in a folder below.
    """
    root, passed_over = "", False
    while True:
        inside = below(root, paths)
        content = [p for p in inside if passed_over or "/" in p or not _ABOUT_THE_REPOSITORY.fullmatch(p)]
        tops = {path.partition("/")[0] for path in content}
        if len(tops) != 1 or not all("/" in path for path in content) or not any(map(is_page, content)):
            return root
        passed_over = passed_over or len(content) < len(inside)
        root = f"{root}/{tops.pop()}".strip("/")


def choose_root(paths: Sequence[str], reading: Reading, place: str) -> str:
    """The folder whose pages are read, as a prefix without ``/`` at its end; empty for the top.

    ``place`` names the source in sentences. Raises SourceUnavailable where no page is left, or the
    configured root holds none; it names folders that do.
    """
    if not any(map(is_page, paths)):
        raise SourceUnavailable(f"There are no Markdown pages (.md, .mdx, .markdown) in {place}.")
    if not reading.root:
        return find_root(paths)
    root = normal_root(reading.root)
    if any(map(is_page, below(root, paths))):
        return root
    if reading.root_optional:
        return find_root(paths)
    raise SourceUnavailable(
        f"There is no folder '{root}' with Markdown pages in {place}. {_folders_sentence(root, paths)}"
    )


def decode(data: bytes, path: str, max_bytes: int) -> str:
    """A page's text without byte order mark, line ends as ``\\n``. Raises PageUnreadable."""
    if len(data) > max_bytes:
        raise too_large(path, len(data), max_bytes)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise PageUnreadable(f"'{path}' looks like UTF-16 text: save it as UTF-8.")
    if (at := data.find(b"\0")) >= 0:
        raise PageUnreadable(f"'{path}' is not a text file: it has a NUL byte at byte {at}.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise PageUnreadable(
            f"'{path}' is not UTF-8 text: byte {error.start} is 0x{data[error.start]:02x}. Save it as UTF-8."
        ) from error
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def too_large(path: str, size: int, max_bytes: int) -> PageUnreadable:
    """The refusal of a page of ``size`` bytes."""
    return PageUnreadable(
        f"'{path}' is too large for a page: {in_words(size)}, and at most {in_words(max_bytes)} are read."
    )


def not_listed(path: str) -> PageUnreadable:
    """The refusal to read a file that is not one of the tree's."""
    return PageUnreadable(f"'{path}' is not among the pages of this source.")


def in_words(size: int) -> str:
    """A number of bytes for people: ``512 bytes``, ``4.9 MB``."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size} bytes"


def missing(path: Path, what: str) -> SourceUnavailable:
    """Says that there is no such ``what`` (folder, file), with the nearest that is there as a hint."""
    absolute = Path(os.path.abspath(str(path).replace("\0", "")))
    parent = next(folder for folder in absolute.parents if os.path.isdir(folder))
    sentence = f"There is no {what} '{absolute}'."
    try:
        names = os.listdir(parent)
    except OSError:
        names = []
    wanted = absolute.relative_to(parent).parts[0] if absolute != parent else ""
    if close := get_close_matches(wanted, names, n=1):
        return SourceUnavailable(f"{sentence} Did you mean '{parent / close[0]}'?")
    return SourceUnavailable(f"{sentence} The nearest folder that exists is '{parent}'.")


def unwritable(cache_dir: Path, error: OSError) -> SourceUnavailable:
    """Says why nothing can be kept in ``cache_dir``."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return SourceUnavailable(f"The disk is full: make room where '{cache_dir}' is.")
    reason = error.strerror or "the disk failed"
    return SourceUnavailable(f"The folder '{cache_dir}' cannot be written: {reason}. Choose another one.")


def normal_root(root: str) -> str:
    """A configured root without needless parts. Raises SourceUnavailable where it leaves its source."""
    parts = [part for part in root.replace("\\", "/").split("/") if part not in {"", "."}]
    if ".." in parts:
        raise SourceUnavailable(
            f"The root '{root}' leaves its source: give a folder inside it, like 'site/en'."
        )
    return "/".join(parts)


def _folders_sentence(wanted: str, paths: Sequence[str]) -> str:
    parents = {str(parent) for path in paths if is_page(path) for parent in PurePosixPath(path).parents}
    folders = sorted(parents - {"."}, key=lambda folder: (folder.count("/"), folder))
    if not folders:
        return "All its pages stand at its top: leave the root empty."
    named = get_close_matches(wanted, folders, n=3, cutoff=0.5) or folders[:5]
    return "Folders with pages are: " + ", ".join(f"'{folder}'" for folder in named) + "."
