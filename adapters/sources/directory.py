"""A folder on this machine as a source of documentation."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from adapters.sources.git_program import GitError, run_git
from adapters.sources.tree import (
    PAGE_SUFFIXES,
    VARIABLES,
    Reading,
    choose_root,
    decode,
    is_listed,
    is_page,
    is_skipped,
    missing,
    not_listed,
    too_large,
)
from indexer.errors import PageUnreadable, SourceUnavailable
from indexer.ports import Tree

_GIT_SECONDS = 10.0


class DirectorySource:
    """Reads a folder as it is; a clone of a git repository is a folder like any other."""

    def __init__(self, folder: Path, reading: Reading) -> None:
        self._folder = folder
        self._reading = reading

    @contextmanager
    def open(self) -> Iterator[Tree]:
        """The folder's pages. Raises SourceUnavailable."""
        if os.path.isfile(self._folder):
            raise SourceUnavailable(f"'{self._folder}' is a file: give a folder, a .zip or a git address.")
        if not os.path.isdir(self._folder):
            raise missing(self._folder, "folder")
        top = Path(os.path.realpath(self._folder))
        root = choose_root(sorted(list_files(top)), self._reading, f"'{top}'")
        folder = top / root
        most = self._reading.max_page_bytes
        revision = _commit_of(folder) or _contents_of(folder, most)
        yield FileTree(folder, max_page_bytes=most, revision=revision)


class FileTree:
    """The pages of a folder; links that leave it are listed, so that a report names them, but never read."""

    def __init__(self, folder: Path, *, max_page_bytes: int, revision: str) -> None:
        """``folder`` without links in its path. Raises SourceUnavailable where it has no page."""
        self.revision = revision
        self._folder = folder
        self._files = list_files(folder)
        named = dict(_named(folder))
        self._strays = {path for path in named.keys() - self._files.keys() if named[path].is_symlink()}
        self._max_page_bytes = max_page_bytes
        if not any(map(is_page, self._files)):
            raise SourceUnavailable(f"There are no Markdown pages in '{folder}', only links that leave it.")

    def paths(self) -> Sequence[str]:
        """All pages and ``Variables.json``, relative to the folder, sorted."""
        return sorted([*self._files, *self._strays])

    def read(self, path: str) -> str:
        """A listed file's text. Raises PageUnreadable."""
        if path in self._strays:
            raise PageUnreadable(f"'{path}' is a link that leads out of the documentation, or nowhere.")
        if path not in self._files:
            raise not_listed(path)
        try:
            data = self._data(path)
        except FileNotFoundError as error:
            raise PageUnreadable(f"'{path}' vanished while the pages were read.") from error
        except PermissionError as error:
            raise PageUnreadable(
                f"'{path}' may not be read: give this user permission to read it."
            ) from error
        except OSError as error:
            raise PageUnreadable(
                f"'{path}' cannot be read: {error.strerror or 'the disk failed'}."
            ) from error
        return decode(data, path, self._max_page_bytes)

    def size(self) -> int:
        """Bytes of all pages together; one that vanished meanwhile has none."""
        return sum(file.stat().st_size for file in self._files.values() if file.exists())

    def address(self, path: str) -> str:
        """Empty: where the pages are published, a folder does not say."""
        return ""

    def _data(self, path: str) -> bytes:
        real = Path(os.path.realpath(self._files[path], strict=True))
        if not _is_inside(real, self._folder):  # it became a link after it was listed
            raise not_listed(path)
        with open(real, "rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            if size > self._max_page_bytes:
                raise too_large(path, size, self._max_page_bytes)
            return stream.read(self._max_page_bytes + 1)


def list_files(top: Path) -> dict[str, Path]:
    """Pages and ``Variables.json`` below ``top`` (no links in its path), by their relative path.

    Raises SourceUnavailable where any folder cannot be listed, since its pages would otherwise count as
    removed.
    """
    return {path: file for path, file in _named(top) if file.is_file() and _stays_inside(file, top)}


def _named(top: Path) -> Iterator[tuple[str, Path]]:
    """Everything that is called like a page or ``Variables.json``.

    Linked folders are not entered: what they show inside ``top`` is listed under its own name, and a
    loop of links stays harmless.
    """
    for folder, folders, names in os.walk(top, onerror=_unlistable):
        folders[:] = [name for name in folders if not is_skipped(name)]
        for file in (Path(folder, name) for name in names):
            # Names that are not UTF-8 are shown with U+FFFD: they can be read, but never stored.
            path = os.fsencode(file.relative_to(top).as_posix()).decode("utf-8", "replace")
            if is_listed(path):
                yield path, file


def _stays_inside(file: Path, top: Path) -> bool:
    return not file.is_symlink() or _is_inside(file.resolve(), top)


def _is_inside(real: Path, top: Path) -> bool:
    """Whether a file without links in its path is one that could be listed; ``.git/config`` is not."""
    return real.is_relative_to(top) and not any(map(is_skipped, real.relative_to(top).parts))


def _unlistable(error: OSError) -> None:
    reason = (
        "permission is missing" if isinstance(error, PermissionError) else error.strerror or "the disk failed"
    )
    raise SourceUnavailable(f"The folder '{error.filename}' cannot be listed: {reason}.") from error


def _contents_of(folder: Path, max_page_bytes: int) -> str:
    """A checksum of all pages. Times are not asked: reading costs little, and a copy may keep them."""
    digest = hashlib.sha256()
    for path, file in sorted(list_files(folder).items()):
        try:
            size = file.stat().st_size
            data = file.read_bytes() if size <= max_page_bytes else str(size).encode()
        except OSError:
            data = b""  # reading the page says why
        digest.update(f"{path}\0{hashlib.sha256(data).hexdigest()}\0".encode())
    return digest.hexdigest()[:12]


def _commit_of(folder: Path) -> str:
    """The commit that the pages are exactly at; empty outside of git, or where something was changed."""
    if not any((parent / ".git").exists() for parent in (folder, *folder.parents)):
        return ""
    pages = [f":(glob,icase)**/*{suffix}" for suffix in PAGE_SUFFIXES]
    skipped = ":(exclude,glob)**/node_modules/**"
    changes = ["status", "--porcelain", "--ignored", "--", *pages, f":(glob)**/{VARIABLES}", skipped]
    try:
        commit = run_git("rev-parse", "HEAD", cwd=folder, timeout=_GIT_SECONDS).strip()
        changed = run_git("--no-optional-locks", *changes, cwd=folder, timeout=_GIT_SECONDS)
    except (GitError, SourceUnavailable):
        return ""
    return "" if changed else commit
