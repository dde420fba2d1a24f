"""A .zip, on disk or on the web, as a source of documentation; nothing of it is unpacked to disk."""

import hashlib
import mmap
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from adapters.sources.address import is_http, masked
from adapters.sources.download import Wish
from adapters.sources.kept_download import KeptDownload
from adapters.sources.tree import (
    Reading,
    choose_root,
    decode,
    in_words,
    is_listed,
    missing,
    not_listed,
    too_large,
)
from indexer.errors import PageUnreadable, SourceUnavailable
from indexer.ports import Tree

# All that zipfile raises on bytes that are not what they claim to be.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    struct.error,
    RuntimeError,
)
_LEAVES = re.compile(r"^/|^[a-zA-Z]:|\\|\0|(^|/)\.\.(/|$)")
_ENTRY = b"PK\x01\x02"
_ENCRYPTED = 0x1


class ArchiveSource:
    """Reads the pages out of a .zip each time it is opened."""

    def __init__(self, location: str, *, cache_dir: Path, reading: Reading) -> None:
        """``location``: a path or an http(s) address; ``cache_dir`` keeps a download between runs."""
        self._location = location
        self._address = masked(location)
        self._reading = reading
        wish = Wish(
            url=location,
            max_bytes=reading.max_total_bytes,
            seconds=reading.timeout_seconds,
            allow_private=reading.allow_private,
        )
        self._kept = KeptDownload(wish, cache_dir) if is_http(location) else None

    @contextmanager
    def open(self) -> Iterator[Tree]:
        """The archive's pages. Raises SourceUnavailable."""
        with self._file() as file:
            if too_many_entries(file, self._reading.max_members):
                raise SourceUnavailable(
                    f"'{self._address}' has more than {self._reading.max_members:,} files. "
                    "Zip the documentation alone."
                )
            revision = hashlib.file_digest(file, "sha256").hexdigest()[:12]  # type: ignore[arg-type]
            with self._unzipped(file) as archive:
                yield ArchiveTree(archive, self._reading, address=self._address, revision=revision)

    @contextmanager
    def _file(self) -> Iterator[IO[bytes]]:
        if self._kept:
            with self._kept.open() as file:
                yield file
            return
        path = Path(self._location)
        if not os.path.exists(path):
            raise missing(path, "file")
        try:
            opened = open(path, "rb")  # noqa: SIM115 - closed by the with below
        except OSError as error:
            raise SourceUnavailable(
                f"'{path}' cannot be opened: {error.strerror or 'the disk failed'}."
            ) from error
        with opened:
            yield opened

    def _unzipped(self, file: IO[bytes]) -> zipfile.ZipFile:
        try:
            return zipfile.ZipFile(file)
        except _BROKEN as error:
            if self._kept:
                self._kept.forget()
            raise SourceUnavailable(
                f"'{self._address}' is not a complete .zip: it is cut off or damaged. Fetch it again."
            ) from error


class ArchiveTree:
    """The pages of an open archive, unpacked one by one when they are read."""

    def __init__(self, archive: zipfile.ZipFile, reading: Reading, *, address: str, revision: str) -> None:
        """Raises SourceUnavailable for an archive that must not or cannot be read."""
        self.revision = revision
        self._archive = archive
        self._reading = reading
        self._address = address
        self._members = self._choose(safe_members(archive, address))

    def paths(self) -> Sequence[str]:
        """All pages and ``Variables.json``, relative to the root, sorted."""
        return sorted(self._members)

    def read(self, path: str) -> str:
        """A listed file's text. Raises PageUnreadable."""
        if path not in self._members:
            raise not_listed(path)
        limit = self._reading.max_page_bytes
        data = self._unpack(path, limit + 1)
        if len(data) > limit:
            raise too_large(path, max(len(data), self._members[path].file_size), limit)
        return decode(data, path, limit)

    def address(self, path: str) -> str:
        """Empty: where the pages are published, an archive does not say."""
        return ""

    def _choose(self, members: dict[str, zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
        root = choose_root(sorted(members), self._reading, f"'{self._address}'")
        prefix = f"{root}/" if root else ""
        chosen = {path.removeprefix(prefix): m for path, m in members.items() if path.startswith(prefix)}
        most = self._reading.max_total_bytes
        # zipfile gives out no byte beyond a declared size, so that a false one cannot get around this.
        if sum(member.file_size for member in chosen.values()) > most:
            raise SourceUnavailable(
                f"'{self._address}' is refused: its pages unpack to more than {in_words(most)}."
            )
        return chosen

    def _unpack(self, path: str, at_most: int) -> bytes:
        member = self._members[path]
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            # Only these two unpack in steps, so that only these can be stopped when they are a bomb.
            raise PageUnreadable(f"'{path}' is compressed in an unusual way: zip the folder anew.")
        try:
            # The sizes that an archive declares are not believed: this stops at real bytes.
            with self._archive.open(member) as stream:
                return stream.read(at_most)
        except _BROKEN as error:
            raise PageUnreadable(f"'{path}' is damaged in its archive. Fetch the .zip again.") from error


def safe_members(archive: zipfile.ZipFile, address: str) -> dict[str, zipfile.ZipInfo]:
    """Pages and ``Variables.json`` by path, once every member proved harmless. Raises SourceUnavailable."""
    for member in archive.infolist():
        # orig_filename: zipfile already shortens names at a NUL, and turns around some separators.
        if _LEAVES.search(member.orig_filename):
            raise SourceUnavailable(
                f"'{address}' is refused: its member {member.orig_filename!r} leaves the archive's folder."
            )
        if stat.S_ISLNK(member.external_attr >> 16):
            raise SourceUnavailable(f"'{address}' is refused: its member {member.orig_filename!r} is a link.")
        if member.flag_bits & _ENCRYPTED:
            raise SourceUnavailable(f"'{address}' is encrypted: give it without a password.")
    return {m.filename: m for m in archive.infolist() if not m.is_dir() and is_listed(m.filename)}


def too_many_entries(file: IO[bytes], most: int) -> bool:
    """Whether a .zip lists more members, counted without building the list; ``file`` is left at its start."""
    file.seek(0, os.SEEK_END)
    if file.tell() < most * len(_ENTRY):
        file.seek(0)
        return False
    file.seek(0)
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        at, count = data.find(_ENTRY), 0
        while at >= 0 and count <= most:
            at, count = data.find(_ENTRY, at + len(_ENTRY)), count + 1
    return count > most
