"""The ledger's contract, on the fake and on SQLite, and what holds between processes on SQLite."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.ledger.ledger import SqlLedger
from fake_ledger import FakeLedger
from ledger_processes import *  # noqa: F403
from ledger_suite import *  # noqa: F403
from purging_suite import *  # noqa: F403


@pytest.fixture(params=["fake", "sqlite"])
async def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[FakeLedger | SqlLedger]:
    made = (
        FakeLedger() if request.param == "fake" else SqlLedger(f"sqlite:///{tmp_path}/new folder/ledger.db")
    )
    yield made
    await made.aclose()


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/ledger.db"
