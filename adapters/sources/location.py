"""Decides what kind of source a location is, and makes it."""

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

from adapters.sources.address import is_git, is_sitemap, is_zip
from adapters.sources.archive import ArchiveSource
from adapters.sources.directory import DirectorySource
from adapters.sources.git import GitSource
from adapters.sources.tree import Reading
from adapters.sources.website import WebsiteSource
from indexer.errors import SourceUnavailable
from indexer.ports import Source

KINDS = ("directory", "archive", "git", "website")


def source_at(  # noqa: PLR0913 - one keyword for each key of a [[docs]] table
    location: str,
    *,
    cache_dir: Path,
    kind: str = "",
    root: str = "",
    root_optional: bool = False,
    ref: str = "",
    max_page_bytes: int = 5_000_000,
    max_total_bytes: int = 1_000_000_000,
    timeout_seconds: float = 300.0,
    allow_private: bool = False,
    max_pages: int = 2_000,
) -> Source:
    """The source at a path or address; ``kind`` empty: found out from what is there, then from its name.

    Nothing is read or fetched before the source is opened: a location that is not there says so
    then, each time anew. Sizes in bytes. Raises SourceUnavailable where no location or an unknown
    kind is given.
    """
    if not location.strip() or "\0" in location:
        raise SourceUnavailable("No location is given: name a folder, a .zip, a git address or a sitemap.")
    reading = Reading(
        root=root,
        root_optional=root_optional,
        max_page_bytes=max_page_bytes,
        max_total_bytes=max_total_bytes,
        timeout_seconds=timeout_seconds,
        allow_private=allow_private,
        max_pages=max_pages,
    )
    return _made(os.path.expanduser(location.strip()), kind, ref, cache_dir, reading)


def _made(location: str, kind: str, ref: str, cache_dir: Path, reading: Reading) -> Source:
    make: dict[str, Callable[[], Source]] = {
        "directory": lambda: DirectorySource(Path(location), reading),
        "archive": lambda: ArchiveSource(location, cache_dir=cache_dir, reading=reading),
        "git": lambda: GitSource(location, ref=ref, cache_dir=cache_dir, reading=reading),
        "website": lambda: WebsiteSource(location, cache_dir=cache_dir, reading=reading),
    }
    kind = kind or kind_of(location)
    if kind not in make:
        raise SourceUnavailable(f"'{kind}' is no kind of source: use {', '.join(KINDS[:-1])} or {KINDS[-1]}.")
    return make[kind]()


def kind_of(location: str) -> str:
    """One of KINDS; what exists on this machine goes before what a name says."""
    if os.path.isdir(location):
        return "git" if _is_bare_repository(location) else "directory"
    if is_sitemap(location):
        return "website"
    if is_git(location):
        return "git"
    if is_zip(location) or zipfile.is_zipfile(location):
        return "archive"
    return "directory"


def _is_bare_repository(folder: str) -> bool:
    # os.path, since Path raises where the folder may not be entered.
    head, *folders = (os.path.join(folder, name) for name in ("HEAD", "objects", "refs"))
    return os.path.isfile(head) and all(map(os.path.isdir, folders))
