"""The ledger's contract on a real PostgreSQL server, and what is said when that is away."""

import itertools
import os
import signal
import traceback
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import psutil
import pytest

from adapters.ledger.ledger import SqlLedger
from bot.errors import LedgerUnavailable, sentence
from ledger_processes import *  # noqa: F403
from ledger_suite import *  # noqa: F403
from ledger_suite import MINE, question
from postgres import PASSWORD, Postgres, running_postgres
from purging_suite import *  # noqa: F403

pytestmark = [pytest.mark.peers, pytest.mark.timeout(300)]
NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with running_postgres() as running:
        yield running


@pytest.fixture
def url(server: Postgres) -> str:
    return server.database(f"ledger{next(NUMBERS)}")


@pytest.fixture
async def ledger(url: str) -> AsyncIterator[SqlLedger]:
    made = SqlLedger(url)
    yield made
    await made.aclose()


@contextmanager
def frozen(server: Postgres) -> Iterator[None]:
    """The server keeps its connections and says nothing."""
    main = psutil.Process(server.pid())
    everyone = [main, *main.children(recursive=True)]
    for process in everyone:
        process.suspend()
    try:
        yield
    finally:
        for process in everyone:
            os.kill(process.pid, signal.SIGCONT)


async def refused(ledger: SqlLedger) -> str:
    with pytest.raises(LedgerUnavailable) as caught:
        await ledger.claim(question(text="what a person asks"), MINE)
    told = "".join(traceback.format_exception(caught.value))
    assert PASSWORD not in told
    assert caught.value.advice
    return sentence(caught.value)


async def test_a_server_that_went_away_is_said_and_used_again_once_it_is_back(
    server: Postgres, url: str, ledger: SqlLedger
) -> None:
    await ledger.claim(question(1), MINE)
    server.stop()
    assert "No PostgreSQL server answers" in await refused(ledger)
    server.start()
    assert await ledger.claim(question(2), MINE) is True
    assert await ledger.check() == "postgresql, 2 questions"


async def test_a_server_that_restarts_between_two_questions_is_not_noticed(
    server: Postgres, ledger: SqlLedger
) -> None:
    await ledger.claim(question(1), MINE)
    server.stop()
    server.start()
    assert await ledger.claim(question(2), MINE) is True


async def test_a_server_that_says_nothing_is_not_waited_for_without_end(server: Postgres, url: str) -> None:
    ledger = SqlLedger(url, patience=1.0)
    await ledger.claim(question(1), MINE)
    with frozen(server):
        assert "does not answer in time" in await refused(ledger)
    assert await ledger.claim(question(2), MINE) is True
    await ledger.aclose()


async def test_a_wrong_password_is_said_without_showing_it(server: Postgres) -> None:
    ledger = SqlLedger(server.url.replace(PASSWORD, "hunter2"))
    told = await refused(ledger)
    assert "refused the user" in told
    assert "hunter2" not in told
    await ledger.aclose()


async def test_a_database_that_does_not_exist_is_said(server: Postgres) -> None:
    ledger = SqlLedger(server.url.replace("/postgres", "/nowhere"))
    assert "does not know the database" in await refused(ledger)
    await ledger.aclose()


async def test_a_replica_that_takes_no_changes_is_said(server: Postgres, url: str, ledger: SqlLedger) -> None:
    await ledger.check()
    reading = SqlLedger(f"{url}?options=-c%20default_transaction_read_only%3Don")
    assert "read-only" in await refused(reading)
    await reading.aclose()


async def test_tables_dropped_while_it_runs_are_made_again(
    server: Postgres, url: str, ledger: SqlLedger
) -> None:
    await ledger.claim(question(1), MINE)
    statement = "DROP SCHEMA public CASCADE; CREATE SCHEMA public"
    server.run("psql", "-q", "-h", "127.0.0.1", "-p", str(server.port), "-U", "docent", "-c", statement,
               url.rsplit("/", 1)[1])  # fmt: skip
    assert "could not do what was asked" in await refused(ledger)
    assert await ledger.claim(question(1), MINE) is True
