"""The tables that remember indexing runs, and the database that holds them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    Double,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
)
from sqlalchemy.exc import SQLAlchemyError

from adapters.ledger.connection import SQLITE, file_of, parsed
from bot.errors import LedgerUnavailable
from indexer.errors import HistoryUnavailable

PATIENCE_SECONDS = 10
LOCK = 0x496E646578
"""Names PostgreSQL's advisory lock: "Index" in ASCII."""
METADATA = MetaData()

RUNS = Table(
    "index_runs",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("target", String(512), nullable=False, index=True),
    Column("started", Double, nullable=False, index=True),
    Column("seconds", Double, nullable=False),
    Column("cause", String(64), nullable=False),
    Column("owner", String(256), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("message", Text, nullable=False),
    Column("chunks_total", Integer, nullable=False),
)
COUNTS = ("added", "changed", "removed", "unchanged", "chunks_written", "chunks_embedded")
SOURCES = Table(
    "index_run_sources",
    METADATA,
    Column("run_id", String(32), primary_key=True),
    Column("source", String(256), primary_key=True),
    Column("outcome", String(16), nullable=False),
    Column("message", Text, nullable=False),
    Column("revision", String(256), nullable=False),
    Column("before", String(256), nullable=False),
    *(Column(name, Integer, nullable=False) for name in COUNTS),
    Column("seconds", Double, nullable=False),
    Column("failed", JSON, nullable=False),
)
CLAIMS = Table(
    "index_claims",
    METADATA,
    Column("target", String(512), primary_key=True),
    Column("run_id", String(32), nullable=False),
    Column("owner", String(256), nullable=False),
    Column("since", Double, nullable=False),
    Column("beat", Double, nullable=False),
)
"""Who writes an index now; ``beat`` is renewed while that process lives."""
FIRINGS = Table(
    "index_firings",
    METADATA,
    Column("job", String(191), primary_key=True),
    Column("due", BigInteger, primary_key=True),
    Column("claimed", Double, nullable=False),
)
"""Which firings of a schedule somebody has taken; ``due`` in seconds since 1970."""


class IndexDatabase:
    """The ledger's database, for the tables above; opened at first use."""

    def __init__(self, url: str) -> None:
        """``url`` as in ``[ledger]``."""
        self._url = url
        self._engine: Engine | None = None
        self._opening = Lock()

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction. Raises HistoryUnavailable, also for what fails within."""
        try:
            with self.engine().begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            reason = "The ledger's database cannot be used; `docent doctor` checks it."
            raise HistoryUnavailable(reason) from error

    def engine(self) -> Engine:
        """Connections to a database that has the tables. Raises HistoryUnavailable."""
        with self._opening:
            if self._engine is None:
                try:
                    made = opened(self._url)
                    _create_tables(made)
                except (SQLAlchemyError, LedgerUnavailable, OSError) as error:
                    reason = str(error) if isinstance(error, LedgerUnavailable) else _unusable()
                    raise HistoryUnavailable(reason) from error
                self._engine = made
            return self._engine

    def close(self) -> None:
        """Close all connections; the next use opens them again."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None


def opened(url: str) -> Engine:
    """An engine for blocking use. Raises LedgerUnavailable for a bad address, OSError."""
    address = parsed(url)
    if address.drivername == SQLITE:
        file_of(address).parent.mkdir(parents=True, exist_ok=True)
        file = address.set(drivername="sqlite")
        return create_engine(file, connect_args={"timeout": PATIENCE_SECONDS}, hide_parameters=True)
    options = {"connect_timeout": PATIENCE_SECONDS, "application_name": f"docent-index-{os.getpid()}"}
    return create_engine(address, pool_pre_ping=True, connect_args=options, hide_parameters=True)


def _unusable() -> str:
    return "The ledger's database cannot be opened; `docent doctor` checks it."


def _create_tables(engine: Engine) -> None:
    """One process at a time: each looks first at what is there."""
    lock = "BEGIN IMMEDIATE" if engine.dialect.name == "sqlite" else f"SELECT pg_advisory_xact_lock({LOCK})"
    with engine.begin() as connection:
        connection.exec_driver_sql(lock)
        METADATA.create_all(connection)
