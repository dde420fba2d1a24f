"""Approved answers read from a real PostgreSQL server."""

from collections.abc import Iterator

import pytest

from adapters.ledger.ledger import SqlLedger
from adapters.sources.approved import ApprovedSource
from hand_off_suite import answer, handed
from postgres import Postgres, running_postgres

pytestmark = [pytest.mark.peers, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with running_postgres() as running:
        yield running


async def test_what_is_approved_there_is_a_source_and_before_that_there_is_none(server: Postgres) -> None:
    url = server.database("approved")
    source = ApprovedSource(url)
    assert not source.needed(), "the database has no tables yet"
    ledger = SqlLedger(url)
    made = await handed(ledger)
    await ledger.hand_offs.end(made.ref, "resolved", "U2", "done", 1.0)
    assert not source.needed()
    assert await ledger.hand_offs.approve(answer())
    with source.open() as tree:
        (path,) = tree.paths()
        assert (path, tree.address(path)) == (f"{made.ref}.md", answer().url)
        assert "How is it stored?" in tree.read(path)
    await ledger.aclose()
