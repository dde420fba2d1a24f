"""Looks a period up in the ledger and makes its digest, beside the event loop."""

import asyncio

from bot.insight.clustering import Embed
from bot.insight.digest import DAY_SECONDS, Digest, digest
from bot.insight.records import Filters, Records

MOST_RECORDS = 20_000
MOST_MARKS = 100_000


async def digest_of(
    records: Records, days: int, now: float, *, embed: Embed | None = None, discreet: bool = False
) -> Digest:
    """Of the ``days`` before ``now``, in seconds since the epoch. Raises LedgerUnavailable.

    ``discreet``: what was asked in private, or deleted since, is counted and not quoted.
    """
    since = now - days * DAY_SECONDS
    found = await records.all(Filters(since=since, until=now), limit=MOST_RECORDS)
    before = await records.marks(since - days * DAY_SECONDS, since, limit=MOST_MARKS)
    return await asyncio.to_thread(digest, found, before, since, now, embed=embed, discreet=discreet)
