"""Looking back at questions on a real PostgreSQL server: the same as on SQLite, row for row."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from adapters.ledger.database import Database
from adapters.ledger.reading import LedgerReader
from bot.insight.records import Filters
from bot.insight.reporting import digest_of
from postgres import Postgres, running_postgres
from simulated import DAY, END, Past, keep, past
from web_pages import ledger_at

pytestmark = [pytest.mark.peers, pytest.mark.timeout(300)]
THESE: tuple[Past, ...] = tuple(past(150))
FILTERS = (
    Filters(),
    Filters(state="failed"),
    Filters(kind="not_covered", vote="down"),
    Filters(uncertain=True),
    Filters(uncertain=False, platform="slack", channel="C_DEV"),
    Filters(stage="any"),
    Filters(stage="resolved"),
    Filters(unmet=True),
    Filters(text="KERBEROS"),
    Filters(text="100%_\\"),
    Filters(since=END - 10 * DAY, until=END - 5 * DAY, vote="any"),
)


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with running_postgres() as running:
        yield running


@pytest.fixture
async def readers(server: Postgres, tmp_path: Path) -> AsyncIterator[tuple[LedgerReader, LedgerReader]]:
    made = []
    for url in (server.database("reading"), f"sqlite:///{tmp_path}/ledger.db"):
        async with ledger_at(url) as ledger:
            await keep(ledger, THESE)
        made.append(LedgerReader(Database(url, 5.0)))
    yield made[0], made[1]
    for reader in made:
        await reader.aclose()


async def test_both_databases_tell_the_same(readers: tuple[LedgerReader, LedgerReader]) -> None:
    postgres, sqlite = readers
    for filters in FILTERS:
        page = await postgres.page(filters, limit=20, offset=3)
        assert page == await sqlite.page(filters, limit=20, offset=3)
        assert await postgres.all(filters, limit=1000) == await sqlite.all(filters, limit=1000)
    assert len(await postgres.all(Filters(), limit=1000)) == len(THESE)
    assert await postgres.marks(0.0, END, limit=1000) == await sqlite.marks(0.0, END, limit=1000)
    assert await postgres.channels() == await sqlite.channels()
    ref = THESE[0].entry.ref
    assert await postgres.story(ref) == await sqlite.story(ref)
    assert await postgres.story("unknown") is None
    assert await digest_of(postgres, 30, END) == await digest_of(sqlite, 30, END)
