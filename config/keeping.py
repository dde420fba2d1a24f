"""What an operator asks of the ledger: to let questions go, and what is approved."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bot.channels.forgetting import Purge, Purged
from bot.support.handoffs import Approved
from config import values
from config.wiring import start

if TYPE_CHECKING:
    from adapters.ledger.ledger import SqlLedger

PLATFORMS = ("slack", "discord")


def wanted(older_than: str, person: str) -> Purge:
    """What shall leave. Raises ValueError with what was expected instead."""
    platform, colon, name = person.strip().partition(":")
    if person and not (colon and name.strip() and platform.lower() in PLATFORMS):
        raise ValueError("--person as platform and id, such as slack:U0123 or discord:1234")
    before = time.time() - values.age(older_than) if older_than else None
    return Purge(before=before, platform=platform.lower(), person=name.strip())


async def purged(config: Path | None, what: Purge, *, dry_run: bool) -> Purged:
    """Raises ConfigurationError, LedgerUnavailable."""
    async with _ledger(config) as ledger:
        return await ledger.purge(what, dry_run=dry_run)


async def approved(config: Path | None) -> Sequence[Approved]:
    """All that is approved, latest first. Raises ConfigurationError, LedgerUnavailable."""
    async with _ledger(config) as ledger:
        return await ledger.hand_offs.approvals()


async def taken_back(config: Path | None, ref: str) -> Approved | None:
    """The answer that is none any more; None where not exactly one ref begins with ``ref``."""
    async with _ledger(config) as ledger:
        found = [one for one in await ledger.hand_offs.approvals() if one.ref.startswith(ref.strip())]
        if len(found) != 1:
            return None
        await ledger.hand_offs.unapprove(found[0].ref)
        return found[0]


@asynccontextmanager
async def _ledger(config: Path | None) -> AsyncIterator["SqlLedger"]:
    from adapters.ledger.ledger import SqlLedger

    ledger = SqlLedger(start(config).ledger.url)
    try:
        yield ledger
    finally:
        await ledger.aclose()
