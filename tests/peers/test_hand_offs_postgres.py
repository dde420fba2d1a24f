"""The contract of hand-offs on a real PostgreSQL server."""

import itertools
from collections.abc import AsyncIterator, Iterator

import pytest

from adapters.ledger.ledger import SqlLedger
from hand_off_suite import *  # noqa: F403
from postgres import Postgres, running_postgres

pytestmark = [pytest.mark.peers, pytest.mark.timeout(300)]
NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with running_postgres() as running:
        yield running


@pytest.fixture
async def ledger(server: Postgres) -> AsyncIterator[SqlLedger]:
    made = SqlLedger(server.database(f"handoffs{next(NUMBERS)}"))
    yield made
    await made.aclose()
