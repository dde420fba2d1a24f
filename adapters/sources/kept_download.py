"""The last download of a file, kept between runs, so that one that did not change costs one question."""

import hashlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from adapters.sources.address import masked
from adapters.sources.download import State, Wish, download
from adapters.sources.held import held
from adapters.sources.tree import unwritable

_TRUSTED_SECONDS = 86_400.0
"""How long "not modified" is believed: a server that lies is found out within a day."""


class KeptDownload:
    """The file of ``wish`` in ``folder``: its bytes, and beside them what its server said of them."""

    def __init__(self, wish: Wish, folder: Path) -> None:
        key = hashlib.sha256(wish.url.encode("utf-8", "surrogateescape")).hexdigest()[:16]
        self._wish = wish
        self._folder = folder
        self._file, self._note, self._part, self._lock = (
            folder / f"{key}.{ending}" for ending in ("download", "json", "part", "lock")
        )

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """The file as it is upstream now. Raises SourceUnavailable."""
        with held(self._lock, f"The archive '{masked(self._wish.url)}'"):
            try:
                self._refresh()
                file = open(self._file, "rb")  # noqa: SIM115 - closed by the with below
            except OSError as error:
                raise unwritable(self._folder, error) from error
            with file:
                yield file

    def forget(self) -> None:
        """Let the next run fetch all of it, whatever the server says: what came is no good."""
        with suppress(OSError):
            self._note.unlink(missing_ok=True)

    def _refresh(self) -> None:
        known = self._known()
        try:
            with open(self._part, "wb") as part:
                state = download(self._wish, part, known)
            if state is not None:
                self._keep(state)
        finally:
            self._part.unlink(missing_ok=True)

    def _known(self) -> State:
        """What the server said of the file that is here; nothing where that is gone, damaged or too old."""
        try:
            note = json.loads(self._note.read_text(encoding="utf-8"))
            state = State(etag=str(note["etag"]), modified=str(note["modified"]))
            age = time.time() - float(note["fetched"])
            return state if 0 <= age < _TRUSTED_SECONDS and note["sha256"] == _digest(self._file) else State()
        except (OSError, ValueError, KeyError, TypeError):
            return State()

    def _keep(self, state: State) -> None:
        # The note goes first and comes last: cut off in between, the next run fetches all of it again.
        self._note.unlink(missing_ok=True)
        digest = _digest(self._part)
        os.replace(self._part, self._file)
        note: dict[str, Any] = {"etag": state.etag, "modified": state.modified, "fetched": time.time()}
        self._note.write_text(json.dumps(note | {"sha256": digest}), encoding="utf-8")


def _digest(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
