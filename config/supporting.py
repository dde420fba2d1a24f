"""Wires the support team, and tends to its list while the service runs."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from adapters.ledger.ledger import SqlLedger
from bot.model import Passage
from bot.ports import LanguageModel
from bot.support.handoffs import Triaged
from bot.support.team import Support, support
from bot.triage.sorting import triage
from config.settings import Settings


def support_of(settings: Settings, ledger: SqlLedger, model: LanguageModel | None) -> Support:
    """The team as it is configured; without a ``model`` words alone decide what a message is."""

    async def triager(message: str, passages: Sequence[Passage]) -> Triaged:
        return await triage(message, passages, model)

    return support(
        ledger=ledger,
        hand_offs=ledger.hand_offs,
        rules=settings.triage.rules(),
        clock=time.time,
        triager=triager,
    )


@asynccontextmanager
async def tended(parts: Support) -> AsyncIterator[None]:
    """Within, cards that wait are posted and people are reminded."""
    keeping = asyncio.create_task(parts.reminders.keep())
    try:
        yield
    finally:
        keeping.cancel()
        await asyncio.wait([keeping])
