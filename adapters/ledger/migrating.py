"""Brings a ledger's tables up to date, one process at a time."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.ledger.tables import VERSION_TABLE
from bot.errors import LedgerUnavailable

FOLDER = Path(__file__).parent / "migrations"
POSTGRES_LOCK = 0x446F63656E74
"""Names the advisory lock: "Docent" in ASCII."""


async def migrate(engine: AsyncEngine) -> None:
    """Make the tables what this version of Docent expects.

    Raises LedgerUnavailable where a newer version wrote them. A migration that is cut off leaves nothing
    behind: both databases take back changes of tables with their transaction.
    """
    async with engine.connect() as connection:
        if await connection.run_sync(_current):
            return
    sqlite = engine.dialect.name == "sqlite"
    if sqlite:
        await _write_ahead(engine)
    # Not SERIALIZABLE on PostgreSQL: its snapshot would be older than the lock it has waited for.
    level = "SERIALIZABLE" if sqlite else "READ COMMITTED"
    async with engine.execution_options(isolation_level=level).begin() as connection:
        lock = "BEGIN IMMEDIATE" if sqlite else f"SELECT pg_advisory_xact_lock({POSTGRES_LOCK})"
        await connection.exec_driver_sql(lock)
        if not await connection.run_sync(_current):
            await connection.run_sync(_upgrade)


async def _write_ahead(engine: AsyncEngine) -> None:
    """Readers and the writer then do not wait for each other; the file remembers it."""
    async with engine.connect() as connection:
        await connection.exec_driver_sql("PRAGMA journal_mode = WAL")


def _config() -> Any:
    from alembic.config import Config

    config = Config()
    # "%" would be read as the beginning of a substitution.
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _current(connection: Connection) -> bool:
    """Whether nothing is left to do. Raises LedgerUnavailable where the tables are from a newer version."""
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    written = MigrationContext.configure(
        connection, opts={"version_table": VERSION_TABLE}
    ).get_current_revision()
    script = ScriptDirectory.from_config(_config())
    known = {step.revision for step in script.walk_revisions()}
    if written and written not in known:
        raise LedgerUnavailable(
            "The ledger was written by a newer version of Docent.",
            "Update this one, or set ledger.url to another database.",
        )
    return written == script.get_current_head()


def _upgrade(connection: Connection) -> None:
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
