"""Looks questions up in the ledger, for its pages, exports and digests; changes nothing."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Executable

from adapters.ledger import reading_statements as statements
from adapters.ledger.database import Database
from adapters.ledger.hand_offs import hand_off_of, message_of
from adapters.ledger.rows import Row, entry_of, rating_of
from bot.insight.records import Filters, Mark, Record, RecordPage, Story, outcome

MOST_IN_THREAD = 200
PART = 500


class LedgerReader:
    """Implements ``bot.insight.records.Records``; every method raises LedgerUnavailable."""

    def __init__(self, database: Database) -> None:
        """Best a database object of its own: a long look must not hold up a question that comes in."""
        self._database = database

    async def page(self, filters: Filters, *, limit: int, offset: int = 0) -> RecordPage:
        """At most ``limit`` of what was found, latest first, behind the first ``offset``."""
        total = (await self._database.rows(statements.counting(filters)))[0]["total"]
        found = statements.finding(filters, limit, offset)
        rows = await self._database.rows(found) if total > offset else ()
        return RecordPage(records=[record_of(row) for row in rows], total=total)

    async def all(self, filters: Filters, *, limit: int) -> Sequence[Record]:
        """At most the latest ``limit`` of what was found, latest first."""
        return [
            record_of(row)
            async for row in self._parts(
                limit, lambda part, last: statements.finding(filters, part, last=last)
            )
        ]

    async def story(self, ref: str) -> Story | None:
        """The thread of that question; None where it is unknown."""
        rows = await self._database.rows(statements.story(ref, MOST_IN_THREAD))
        if not rows:
            return None
        refs = [row["ref"] for row in rows]
        rated = await self._database.rows(statements.rated(refs))
        written = await self._database.rows(statements.written(refs))
        return Story(
            records=[record_of(row) for row in reversed(rows)],
            ratings=[rating_of(row) for row in rated],
            messages=[message_of(row) for row in written],
        )

    async def marks(self, since: float, until: float, *, limit: int) -> Sequence[Mark]:
        """The facts of the latest ``limit`` questions of that time, latest first."""
        return [
            mark_of(row)
            async for row in self._parts(
                limit, lambda part, last: statements.marking(since, until, part, last=last)
            )
        ]

    async def channels(self) -> Sequence[tuple[str, str]]:
        """Every platform and channel that questions came from, in order."""
        rows = await self._database.rows(statements.channels())
        return [(row["platform"], row["channel"]) for row in rows]

    async def _parts(
        self, limit: int, part_of: Callable[[int, Row | None], Executable]
    ) -> AsyncIterator[Row]:
        """Rows a part at a time, since to read very many at once would hold up all that goes on beside."""
        last: Row | None = None
        while limit > 0:
            rows = await self._database.rows(part_of(min(PART, limit), last))
            for row in rows:
                yield row
            if len(rows) < PART:
                return
            last, limit = rows[-1], limit - len(rows)

    async def aclose(self) -> None:
        """Close all connections; a later look opens them again."""
        await self._database.aclose()


def record_of(row: Row) -> Record:
    """The record of a row, in which the columns of its hand-off begin with ``hand_off_``.

    Of a question that was deleted nothing is told but that it was there.
    """
    handed = {
        name.removeprefix("hand_off_"): value for name, value in row.items() if name.startswith("hand_off_")
    }
    entry, hand_off = entry_of(row), hand_off_of(handed) if handed["ref"] is not None else None
    if entry.state == "withdrawn":
        entry = replace(entry, text="", answer=None)
        hand_off = replace(hand_off, summary="") if hand_off else None
    return Record(
        entry=entry,
        ups=row["ups"],
        downs=row["downs"],
        hand_off=hand_off,
        approved=row["approved_answer"] or "",
    )


def mark_of(row: Row) -> Mark:
    """The mark of a row."""
    return Mark(
        at=float(row["at"]),
        platform=row["platform"],
        channel=row["channel"],
        outcome=outcome(row["state"], row["kind"], uncertain=bool(row["uncertain"])),
        ups=row["ups"],
        downs=row["downs"],
        total_ms=_milliseconds(row["timings"]),
    )


def _milliseconds(timings: Any) -> float | None:
    value = (timings or {}).get("total_ms")
    return float(value) if isinstance(value, int | float) else None
