"""The contract of hand-offs on SQLite, and the way there from an older ledger."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.ledger.ledger import SqlLedger
from hand_off_suite import *  # noqa: F403
from hand_off_suite import hand_off, handed, kept
from ledger_suite import question


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[SqlLedger]:
    made = SqlLedger(f"sqlite:///{tmp_path}/ledger.db")
    yield made
    await made.aclose()


async def test_two_processes_that_claim_at_once_give_one_owner(ledger: SqlLedger, tmp_path: Path) -> None:
    made = await handed(ledger)
    other = SqlLedger(f"sqlite:///{tmp_path}/ledger.db")
    both = [one.hand_offs.claim(made.ref, f"U{n}", 5.0, None) for n, one in enumerate([ledger, other] * 10)]
    won = [found.owner for found in await asyncio.gather(*both) if found]
    await other.aclose()
    assert won == [(await kept(ledger, made.ref)).owner]


async def test_what_an_older_version_handed_over_stays_on_the_list(tmp_path: Path) -> None:
    from alembic import command
    from sqlalchemy import create_engine

    from adapters.ledger import migrating

    engine = create_engine(f"sqlite:///{tmp_path}/ledger.db")
    with engine.begin() as connection:
        config = migrating._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
    engine.dispose()
    with sqlite3.connect(tmp_path / "ledger.db") as old:
        old.execute(
            "INSERT INTO docent_entries (ref, platform, workspace, channel, thread, message, asker, text,"
            " via, at, state, revision, attempts, reply, lease_owner, lease_until) VALUES"
            " (?, 'slack', 'T1', 'C1', '100.1', '1.5', 'U1', 'How is data stored?', 'mention',"
            " 1.0, 'answered', 0, 0, '', '', 0)",
            [question().ref],
        )
        old.execute("INSERT INTO docent_hand_overs VALUES (?, 'U1', 1.0)", [question().ref])
    old.close()
    ledger = SqlLedger(f"sqlite:///{tmp_path}/ledger.db")
    (case,) = await ledger.hand_offs.listed(over=False, limit=5)
    assert case.hand_off == hand_off(card_platform="", card_channel="")
    assert await ledger.hand_offs.waiting(["slack"]) == 0
    await ledger.aclose()
