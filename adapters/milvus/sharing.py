"""Lets the commands of this machine use a Milvus Lite file that a service has open."""

import json
import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

from adapters.milvus.connection import MilvusUnavailable, is_file, served_address
from adapters.milvus.lock import held_by

log = logging.getLogger(__name__)
# Never anything but this machine, whatever the file says.
_LOOPBACK = re.compile(r"http://127\.0\.0\.1:\d{1,5}")


def offer(uri: str) -> str:
    """The address at which this process serves ``uri`` from now on, noted beside the file, too.

    A server's is its own. Raises MilvusUnavailable.
    """
    address = served_address(uri)
    if is_file(uri):
        try:
            fresh = _note(uri).with_suffix(f".{os.getpid()}")
            fresh.touch(mode=0o600)
            fresh.write_text(json.dumps({"pid": os.getpid(), "address": address}))
            fresh.replace(_note(uri))
        except OSError as error:
            log.warning("commands cannot use the index while this service runs: %s", error)
    return address


@contextmanager
def offered(uri: str) -> Iterator[None]:
    """Opens the file ``uri`` and notes beside it where it is served, until the end of the context.

    It is opened meanwhile: nobody waits for it. A server needs no such note.
    """
    if not is_file(uri):
        yield
        return
    opening = Thread(target=_offer, args=(uri,), name="offer index", daemon=True)
    opening.start()
    try:
        yield
    finally:
        opening.join()
        _withdraw(uri)


def reachable(uri: str) -> str:
    """Where to open the index: ``uri`` itself, or the address of the living service that has it open."""
    if not is_file(uri):
        return uri
    note = _read(uri)
    return note[1] if note and held_by(_file(uri) / "LOCK", note[0]) else uri


def _offer(uri: str) -> None:
    try:
        offer(uri)
    except MilvusUnavailable as error:
        # Said to whoever asks; the next run of the service's own offers it again.
        log.debug("the index is not offered to other processes: %s", error)


def _withdraw(uri: str) -> None:
    note = _read(uri)
    if note and note[0] == os.getpid():
        with suppress(OSError):
            _note(uri).unlink()


def _read(uri: str) -> tuple[int, str] | None:
    """Process number and address, as the file beside the index has them; None where it has none."""
    try:
        with _note(uri).open("rb") as file:
            note = json.loads(file.read(1_000))
        pid, address = int(note["pid"]), str(note["address"])
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return (pid, address) if pid > 0 and _LOOPBACK.fullmatch(address) else None


def _note(uri: str) -> Path:
    return _file(uri).with_suffix(".db.service")


def _file(uri: str) -> Path:
    return Path(os.path.expanduser(uri))
