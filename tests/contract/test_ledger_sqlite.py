"""A ledger in a SQLite file when something is wrong with the file, its disk or its address."""

import asyncio
import gc
import sqlite3
import traceback
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, pool
from sqlalchemy.dialects import sqlite

from adapters.ledger import statements
from adapters.ledger.ledger import SqlLedger
from bot.errors import LedgerUnavailable, sentence
from ledger_suite import HERE, MINE, question

WORDS = "what a person asks "


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
async def ledger(path: Path) -> AsyncIterator[SqlLedger]:
    made = SqlLedger(f"sqlite:///{path}", patience=0.2)
    yield made
    await made.aclose()


@contextmanager
def locked(path: Path) -> Iterator[sqlite3.Connection]:
    """Another program that holds the file for itself."""
    holder = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    try:
        yield holder
    finally:
        holder.close()


@contextmanager
def every_connection(pragma: str) -> Iterator[None]:
    """Lets SQLite itself refuse, as a disk does that is full or read-only."""

    def limit(connection: Any, _: Any) -> None:
        connection.execute(pragma)

    event.listen(pool.Pool, "connect", limit)
    try:
        yield
    finally:
        event.remove(pool.Pool, "connect", limit)


async def refused(ledger: SqlLedger) -> str:
    """What people read when a claim fails; nothing else may be in the error."""
    with pytest.raises(LedgerUnavailable) as caught:
        await ledger.claim(question(text=WORDS * 4000), MINE)
    assert caught.value.advice
    assert WORDS not in "".join(traceback.format_exception(caught.value))
    return sentence(caught.value)


async def test_a_file_locked_for_long_is_said_and_used_again_once_it_is_free(
    ledger: SqlLedger, path: Path
) -> None:
    await ledger.check()
    with locked(path):
        assert "locked by another process" in await refused(ledger)
        assert await ledger.entry("0" * 32) is None, "reading does not wait for a writer"
    assert await ledger.claim(question(), MINE) is True


async def test_a_file_locked_before_it_was_ever_opened_is_said_too(ledger: SqlLedger, path: Path) -> None:
    with locked(path):
        assert "locked by another process" in await refused(ledger)
    assert await ledger.claim(question(), MINE) is True


async def test_a_short_lock_is_waited_for(path: Path) -> None:
    ledger = SqlLedger(f"sqlite:///{path}", patience=30.0)
    await ledger.check()
    with locked(path) as holder:
        asyncio.get_running_loop().call_later(0.2, holder.rollback)
        assert await ledger.claim(question(), MINE) is True
    await ledger.aclose()


async def test_claims_given_up_half_way_are_carried_out_and_no_connection_is_lost(
    ledger: SqlLedger, path: Path
) -> None:
    await ledger.check()
    with locked(path):
        waiting = [asyncio.create_task(ledger.claim(question(n), MINE)) for n in range(5)]
        await asyncio.wait(waiting, timeout=0.05)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    assert await ledger.claim(question(9), MINE) is True
    await ledger.aclose()
    gc.collect()  # a lost connection warns here, and a warning fails the test
    assert await ledger.check() == "sqlite, 6 questions"


@pytest.mark.parametrize(
    ("pragma", "said"),
    [("PRAGMA max_page_count = 1", "is full"), ("PRAGMA query_only = ON", "may not write to it")],
)
async def test_a_disk_that_takes_no_more_is_said_and_used_again_later(
    ledger: SqlLedger, pragma: str, said: str
) -> None:
    await ledger.check()
    await ledger.aclose()
    with every_connection(pragma):
        assert said in await refused(ledger)
        await ledger.aclose()
    assert await ledger.claim(question(), MINE) is True


@pytest.fixture
def photos(path: Path) -> Iterator[None]:
    """A file that is somebody else's, and still the same afterwards."""
    path.write_bytes(b"my holiday photos " * 400)
    yield
    assert path.read_bytes() == b"my holiday photos " * 400


@pytest.mark.usefixtures("photos")
async def test_a_file_of_another_kind_is_left_alone(ledger: SqlLedger) -> None:
    assert "is no SQLite database" in await refused(ledger)


def damage(path: Path) -> None:
    """Overwrite all but the first page."""
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))


async def test_a_damaged_file_is_said(ledger: SqlLedger, path: Path) -> None:
    await ledger.claim(question(text="x" * 100_000), MINE)
    await ledger.aclose()
    damage(path)
    assert "damaged" in await refused(ledger)


async def test_a_folder_in_place_of_the_file_is_said(tmp_path: Path) -> None:
    ledger = SqlLedger(f"sqlite:///{tmp_path}")
    assert "cannot be opened" in await refused(ledger)
    await ledger.aclose()


async def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ledger = SqlLedger(f"sqlite:///{tmp_path}/file/below/ledger.db")
    assert "cannot be opened" in await refused(ledger)
    await ledger.aclose()


async def test_a_migration_cut_off_half_way_leaves_nothing_behind(ledger: SqlLedger, path: Path) -> None:
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE docent_pauses (mine TEXT)")  # the last table that the migration makes
    assert "could not do what was asked" in await refused(ledger)
    assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("docent_pauses",)]
    other.execute("DROP TABLE docent_pauses")
    other.close()
    assert await ledger.claim(question(), MINE) is True


async def test_a_ledger_of_a_newer_version_is_refused_and_not_touched(ledger: SqlLedger, path: Path) -> None:
    await ledger.claim(question(), MINE)
    await ledger.aclose()
    with sqlite3.connect(path) as newer:
        newer.execute("UPDATE docent_ledger_version SET version_num = '9999'")
    newer.close()
    assert "newer version of Docent" in await refused(ledger)
    with sqlite3.connect(path) as newer:
        assert newer.execute("SELECT version_num FROM docent_ledger_version").fetchall() == [("9999",)]
    newer.close()


@pytest.mark.parametrize(
    "url",
    [
        "mysql://root:hunter2@db/x",
        "sqlite://",
        "sqlite:///:memory:",
        "no address hunter2",
        "postgresql://u:hunter2@h:port/x",
    ],
)
async def test_an_address_of_no_use_is_said_without_its_password(url: str) -> None:
    ledger = SqlLedger(url)
    assert "hunter2" not in await refused(ledger)
    with pytest.raises(LedgerUnavailable) as caught:
        await ledger.check()
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))
    await ledger.aclose()


async def test_a_closed_ledger_opens_again(ledger: SqlLedger) -> None:
    await ledger.claim(question(), MINE)
    await ledger.aclose()
    await ledger.aclose()
    assert await ledger.check() == "sqlite, 1 question"


async def test_the_migrations_make_the_tables_that_the_code_expects(ledger: SqlLedger, path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from sqlalchemy import create_engine

    from adapters.ledger.tables import VERSION_TABLE, metadata

    await ledger.check()
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (statements.in_thread(HERE, 50), "docent_entries_thread"),
        (statements.taking_over("slack", MINE, 1.0), "docent_entries_open"),
        (statements.renewing(["r"], MINE), "sqlite_autoindex_docent_entries_1"),
        (statements.asked(HERE, "1"), "sqlite_autoindex_docent_entries_2"),
    ],
)
async def test_no_question_that_is_asked_often_reads_the_whole_table(
    ledger: SqlLedger, path: Path, statement: Any, index: str
) -> None:
    await ledger.check()
    compiled = statement.compile(
        dialect=sqlite.dialect(), compile_kwargs={"render_postcompile": True}
    )  # parameters stay parameters, as in the real query
    connection = sqlite3.connect(path)
    names = [None] * len(compiled.positiontup)
    plan = "\n".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {compiled}", names))
    connection.close()
    assert index in plan
