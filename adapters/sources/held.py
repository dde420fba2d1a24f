"""Keeps two runs from working on the same kept files."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from adapters.sources.tree import unwritable
from indexer.errors import SourceUnavailable


@contextmanager
def held(lock: Path, what: str) -> Iterator[None]:
    """Keeps other processes out; the system lets go of it even if this one is killed.

    ``what`` names the source in sentences (``The git repository 'x'``). Raises SourceUnavailable.
    """
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise unwritable(lock.parent, error) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise SourceUnavailable(
                f"{what} is in use by another run. Try again when that one is done."
            ) from error
        yield
    finally:
        os.close(handle)
