"""Opens the ledger's database: SQLite in a file, or a PostgreSQL server."""

import os
from pathlib import Path
from typing import Any

from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.errors import LedgerUnavailable

EXAMPLES = 'Set ledger.url to "sqlite:///data/ledger.db" or "postgresql+psycopg://user:password@host/name".'
SQLITE = "sqlite+aiosqlite"
POSTGRESQL = "postgresql+psycopg"
DRIVERS = {
    "sqlite": SQLITE,
    SQLITE: SQLITE,
    "postgresql": POSTGRESQL,
    "postgres": POSTGRESQL,
    POSTGRESQL: POSTGRESQL,
}
POOL = 5


def parsed(url: str) -> URL:
    """``url`` with its asynchronous driver. Raises LedgerUnavailable where it names no database of ours."""
    try:
        address = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise LedgerUnavailable("ledger.url is no database address.", EXAMPLES) from error
    driver = DRIVERS.get(address.drivername)
    if driver is None:
        raise LedgerUnavailable("The ledger can be kept in SQLite or PostgreSQL alone.", EXAMPLES)
    if driver == SQLITE and address.database in {None, "", ":memory:"}:
        raise LedgerUnavailable("ledger.url names no file to keep the ledger in.", EXAMPLES)
    address = address.set(drivername=driver)
    return address.set(database=str(file_of(address))) if driver == SQLITE else address


def file_of(address: URL) -> Path:
    """The file of a SQLite address; ``~`` is the user's home."""
    return Path(os.path.expanduser(address.database or ""))


def shown(address: URL) -> str:
    """``address`` as it may be shown: a path, or a server without user, password and options."""
    if address.drivername == SQLITE:
        return str(file_of(address))
    port = f":{address.port}" if address.port else ""
    return f"postgresql://{address.host or ''}{port}/{address.database or ''}"


def engine(address: URL, patience: float) -> AsyncEngine:
    """Connections to the database, each opened at its first use.

    ``patience`` is how long a locked or silent database is waited for, in seconds. Raises OSError where
    the folder of a file cannot be made. Each statement is a transaction of its own (AUTOCOMMIT), which
    saves two round trips; errors do not carry the values of a statement, which are people's words.
    """
    common: dict[str, Any] = {"isolation_level": "AUTOCOMMIT", "hide_parameters": True}
    if address.drivername == SQLITE:
        return _sqlite(address, patience, common)
    defaults = {
        "connect_timeout": max(2, int(patience)),  # libpq takes whole seconds, from 2 on
        "keepalives_idle": 30,
        "application_name": "docent",
    }
    return create_async_engine(
        address,
        pool_size=POOL,
        max_overflow=POOL,
        pool_timeout=patience,
        pool_pre_ping=True,
        connect_args={name: value for name, value in defaults.items() if name not in address.query},
        **common,
    )


def _sqlite(address: URL, patience: float, common: dict[str, Any]) -> AsyncEngine:
    file_of(address).parent.mkdir(parents=True, exist_ok=True)
    # One connection: writers of this process queue up in order instead of polling for the file's lock.
    made = create_async_engine(
        address,
        pool_size=1,
        max_overflow=0,
        pool_timeout=2 * patience,
        connect_args={"timeout": patience},
        **common,
    )
    event.listen(made.sync_engine, "connect", _prepare)
    return made


def _prepare(connection: Any, _: Any) -> None:
    """FULL: what was claimed and acknowledged survives a power cut as well."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()
