"""Makes what the pages show of many questions at once, and keeps it for a minute."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.insight.digest import DAY_SECONDS, Digest, quotable
from bot.insight.figures import Day, Totals, by_channel, days, totals
from bot.insight.gaps import Gap, gaps
from bot.insight.records import Filters, Mark, Records
from bot.insight.reporting import MOST_MARKS, MOST_RECORDS, digest_of

KEPT_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Charted:
    """The figures of a period."""

    totals: Totals
    before: Totals
    """Of the period before."""
    days: Sequence[Day]
    channels: Sequence[tuple[str, str, Totals]]
    complete: bool
    """False where there were more questions than are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GapsFound:
    """The gaps of a period."""

    gaps: Sequence[Gap]
    complete: bool


class Reports:
    """Each is worked out once a minute at most, beside the event loop. Methods raise LedgerUnavailable."""

    def __init__(self, records: Records, clock: Callable[[], float]) -> None:
        """``clock`` gives seconds since the epoch."""
        self._records, self._clock = records, clock
        self._kept: dict[tuple[str, int], tuple[float, Any]] = {}
        self._working = asyncio.Lock()

    async def charted(self, period: int) -> Charted:
        """The figures of the last ``period`` days, today included."""
        made: Charted = await self._once(("charted", period), lambda: self._charted(period))
        return made

    async def gaps(self, period: int) -> GapsFound:
        """The gaps of the last ``period`` days, today included."""
        made: GapsFound = await self._once(("gaps", period), lambda: self._gaps(period))
        return made

    async def digest(self, period: int) -> Digest:
        """The digest of the last ``period`` days, today included; discreet, as it is posted."""
        made: Digest = await self._once(("digest", period), lambda: self._digest(period))
        return made

    async def _once(self, name: tuple[str, int], work: Callable[[], Awaitable[Any]]) -> Any:
        # One at a time: many who ask at once must not each set two cores to work.
        async with self._working:
            made_at, made = self._kept.get(name, (float("-inf"), None))
            if not 0 <= self._clock() - made_at < KEPT_SECONDS:
                made = await work()
                self._kept[name] = (self._clock(), made)
            return made

    async def _charted(self, period: int) -> Charted:
        since, until = self._period(period)
        earlier = since - (until - since)
        marks = await self._records.marks(earlier, until, limit=MOST_MARKS)
        return await asyncio.to_thread(_charted, marks, earlier, since, until)

    async def _gaps(self, period: int) -> GapsFound:
        since, until = self._period(period)
        found = await self._records.all(Filters(unmet=True, since=since, until=until), limit=MOST_RECORDS)
        # As in the digest, whose links lead to these gaps.
        made = await asyncio.to_thread(gaps, [record for record in found if quotable(record.entry)])
        return GapsFound(gaps=made, complete=len(found) < MOST_RECORDS)

    async def _digest(self, period: int) -> Digest:
        return await digest_of(self._records, period, self._period(period)[1], discreet=True)

    def _period(self, period: int) -> tuple[float, float]:
        """Whole days in UTC, the last one being today."""
        until = (self._clock() // DAY_SECONDS + 1) * DAY_SECONDS
        return until - period * DAY_SECONDS, until


def _charted(marks: Sequence[Mark], earlier: float, since: float, until: float) -> Charted:
    within = [mark for mark in marks if mark.at >= since]
    return Charted(
        totals=totals(within),
        before=totals(mark for mark in marks if earlier <= mark.at < since),
        days=days(within, since, until),
        channels=by_channel(within),
        complete=len(marks) < MOST_MARKS,
    )
