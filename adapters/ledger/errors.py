"""Says in words why the ledger's database cannot be used."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from alembic.util import CommandError
from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from adapters.ledger.connection import SQLITE, file_of, shown
from bot.errors import LedgerUnavailable

log = logging.getLogger(__name__)

Words = tuple[str, str]
"""What is wrong and what to do next, each a sentence."""

NOT_WRITABLE = ("The ledger {} cannot be changed: this user may not write to it.", "Check its permissions.")
CODES = {
    sqlite3.SQLITE_BUSY: (
        "The ledger {} is locked by another process.",
        "Find out what holds it, or try again.",
    ),
    sqlite3.SQLITE_FULL: ("The disk that holds the ledger {} is full.", "Free some space."),
    sqlite3.SQLITE_READONLY: NOT_WRITABLE,
    sqlite3.SQLITE_PERM: NOT_WRITABLE,
    sqlite3.SQLITE_CANTOPEN: (
        "The ledger {} cannot be opened.",
        "Check that it is a file, its folder, and the permissions of both.",
    ),
    sqlite3.SQLITE_NOTADB: ("{} is no SQLite database.", "Move it away, or set ledger.url to another file."),
    sqlite3.SQLITE_CORRUPT: (
        "The ledger {} is damaged.",
        "Restore it from a copy, or move it away to begin anew.",
    ),
    sqlite3.SQLITE_IOERR: (
        "The disk that holds the ledger {} does not work.",
        "Check it and its free space.",
    ),
}
"""What SQLite's primary result codes mean for people."""
OTHERWISE = (
    "The ledger {} could not do what was asked.",
    "If it happens again, restore it from a copy, or move it away to begin anew.",
)

SQLSTATES = {
    "53100": ("has no room left on its disk.", "Free some space there."),
    "53300": ("has no connection left.", "Raise its max_connections, or stop what holds them."),
    "25006": ("does not take changes: it is read-only.", "Set ledger.url to the primary server."),
    "42501": ("does not allow this user to change tables.", "Give the user of ledger.url that right."),
    "57P03": ("is starting or stopping.", "Try again in a minute."),
}
"""What PostgreSQL reports while it answers."""
PHRASES = (
    (
        ("password", "authentication", "pg_hba"),
        "refused the user.",
        "Check the user and password in ledger.url.",
    ),
    (("does not exist",), "does not know the database or user.", "Create it, or correct ledger.url."),
    (("too many", "remaining connection"), *SQLSTATES["53300"]),
    (("starting up", "shutting down", "recovery mode"), *SQLSTATES["57P03"]),
    (
        ("translate host", "name or service", "resolve"),
        "has a name that nobody knows.",
        "Correct ledger.url.",
    ),
    (("ssl",), "cannot be reached over TLS.", "Check sslmode in ledger.url."),
    (("timeout", "timed out"), "does not answer.", "Check that it runs and that ledger.url is right."),
)
"""What psycopg says where no connection came about; there it gives no SQLSTATE."""


@contextmanager
def translated(address: URL) -> Iterator[None]:
    """Turns every error of the database within into LedgerUnavailable."""
    try:
        yield
    except (SQLAlchemyError, CommandError, OSError, sqlite3.Error) as error:
        log.debug("the ledger failed", exc_info=error)
        raise LedgerUnavailable(*_explained(address, error)) from error


def _explained(address: URL, error: Exception) -> Words:
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    # SQLAlchemy's driver for SQLite passes on the error of the standard library.
    if address.drivername == SQLITE:
        return _of_sqlite(str(file_of(address)), cause)
    if isinstance(error, (TimeoutError, PoolTimeout)):
        return f"The ledger at {shown(address)} does not answer in time.", "Check that its server is well."
    return _of_postgresql(shown(address), cause)


def _of_sqlite(path: str, cause: BaseException) -> Words:
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF  # the rest of the bits tell where it happened
    if isinstance(cause, (TimeoutError, PoolTimeout)):
        code = sqlite3.SQLITE_BUSY
    elif isinstance(cause, OSError):
        code = sqlite3.SQLITE_CANTOPEN
    what, advice = CODES.get(code, OTHERWISE)
    return what.format(path), advice


def _of_postgresql(place: str, cause: BaseException) -> Words:
    state, text = getattr(cause, "sqlstate", None), str(cause).lower()
    if state in SQLSTATES:
        what, advice = SQLSTATES[state]
        return f"The ledger at {place} {what}", advice
    if state is None:
        for words, what, advice in PHRASES:
            if any(word in text for word in words):
                return f"The ledger at {place} {what}", advice
        return f"No PostgreSQL server answers at {place}.", "Start it, or correct ledger.url."
    return f"The ledger at {place} could not do what was asked.", "The server's log says more."
