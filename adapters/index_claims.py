"""Who writes an index now: how a claim is kept alive, and how a dead one is known."""

import logging
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Event, Thread
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from adapters.index_history_tables import CLAIMS, IndexDatabase
from indexer.errors import HistoryUnavailable, IndexBusy

log = logging.getLogger(__name__)
BEAT_SECONDS = 10.0
STALE_SECONDS = 60.0


def owner() -> str:
    """This process, as another one names it to people: machine and process number."""
    return f"{socket.gethostname()}:{os.getpid()}"


def claim(connection: Connection, target: str, run_id: str, now: float) -> None:
    """Take the index ``target`` for a run. Raises IndexBusy where a living process has it."""
    held = connection.execute(select(CLAIMS).where(CLAIMS.c.target == target)).first()
    mine = {"run_id": run_id, "owner": owner(), "since": now, "beat": now}
    if held is None:
        with _taken_meanwhile():
            connection.execute(insert(CLAIMS).values(target=target, **mine))
        return
    # Compare and set: of two that find a dead claim, one gets it.
    same = (CLAIMS.c.target == target, CLAIMS.c.run_id == held.run_id)
    if lives(held, now) or connection.execute(update(CLAIMS).where(*same).values(mine)).rowcount != 1:
        raise IndexBusy(_busy(held))


def lives(held: Row[Any], now: float) -> bool:
    """Whether the process that has a claim can still be at work."""
    host, _, number = held.owner.rpartition(":")
    if host == socket.gethostname() and not _runs_here(int(number)):
        return False
    # Either way: a clock that was set back would keep a dead claim alive for as long.
    return bool(abs(now - held.beat) < STALE_SECONDS)


def beating(database: IndexDatabase, run_id: str) -> Event:
    """Renew a run's claim in the background until the event that is given back is set."""
    ended = Event()

    def beat() -> None:
        while not ended.wait(BEAT_SECONDS):
            try:
                with database.begin() as connection:
                    mine = update(CLAIMS).where(CLAIMS.c.run_id == run_id)
                    connection.execute(mine.values(beat=time.time()))
            except HistoryUnavailable as error:
                log.warning("the run's claim is not renewed: %s", error)

    Thread(target=beat, name="index claim", daemon=True).start()
    return ended


@contextmanager
def _taken_meanwhile() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        raise IndexBusy("Another indexing run has just begun. Try again when it has ended.") from error


def _busy(held: Row[Any]) -> str:
    host, _, number = held.owner.rpartition(":")
    place = "" if host == socket.gethostname() else f" on {host}"
    since = datetime.fromtimestamp(held.since).strftime("%H:%M:%S")
    return (
        f"Process {number}{place} has been indexing since {since}, and two at once would do the work twice. "
        "Try again when it has ended; `docent index history` shows it."
    )


def _runs_here(number: int) -> bool:
    if number == os.getpid():
        return True
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
