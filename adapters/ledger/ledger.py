"""Keeps questions, answers and feedback in SQLite or PostgreSQL."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from adapters.ledger import statements
from adapters.ledger.database import Database
from adapters.ledger.hand_offs import SqlHandOffs
from adapters.ledger.purging import purge
from adapters.ledger.rows import answer_row, entry_of, entry_row, rating_of, rating_row
from bot.channels.forgetting import Purge, Purged
from bot.channels.posts import Entry, Lease, Rating, State
from bot.model import Answer, Place


class SqlLedger:
    """Implements ``bot.channels.ports.Ledger``; several processes may share one database.

    Every method raises LedgerUnavailable. Nothing is opened before the first use, which also brings the
    tables up to date, and a database that was away is used again as soon as it is back.
    """

    def __init__(self, url: str, *, patience: float = 5.0) -> None:
        """``sqlite:///path`` or ``postgresql+psycopg://user:password@host/name``.

        ``patience`` is how long a locked or silent database is waited for, in seconds.
        """
        self._database = Database(url, patience)
        self.hand_offs = SqlHandOffs(self._database)

    async def claim(self, entry: Entry, lease: Lease) -> bool:
        """Write a new entry; False where its message is known already."""
        row = entry_row(entry, lease)
        return bool(await self._database.rows(statements.claiming(self._database.dialect, row)))

    async def reopen(self, ref: str, text: str, lease: Lease, *, revision: int) -> Entry | None:
        """Begin the revision after ``revision``; None where there is one, or the entry is withdrawn."""
        rows = await self._database.rows(statements.reopening(ref, text, lease, revision))
        return entry_of(rows[0]) if rows else None

    async def renew(self, refs: Collection[str], lease: Lease) -> Collection[str]:
        """Let these open entries of the owner be its own for longer, and give them."""
        rows = await self._database.rows(statements.renewing(refs, lease))
        return {row["ref"] for row in rows}

    async def release(self, ref: str, until: float) -> None:
        """Give an open entry up from ``until`` on."""
        await self._database.rows(statements.releasing(ref, until))

    async def take_over(self, platform: str, lease: Lease, now: float) -> Sequence[Entry]:
        """Lease what nobody works on any more, oldest question first."""
        rows = await self._database.rows(statements.taking_over(platform, lease, now))
        return [entry_of(row) for row in sorted(rows, key=lambda row: (row["at"], row["id"]))]

    async def replying(self, ref: str, reply: str) -> None:
        """Note the message that the answer is written into."""
        await self._database.rows(statements.replying(ref, reply))

    async def close(
        self, ref: str, *, revision: int, state: State, answer: Answer | None, now: float
    ) -> bool:
        """End an open entry; False where it is not open or at another revision."""
        values = {"state": state, "closed_at": now, "lease_until": now, **answer_row(answer)}
        return bool(await self._database.rows(statements.closing(ref, revision, values)))

    async def withdraw(self, place: Place, message: str) -> Entry | None:
        """Mark the entry of a deleted message, and give it as it was before."""
        rows = await self._database.rows(statements.withdrawing(place, message))
        return replace(entry_of(rows[0]), state=rows[0]["state_before"]) if rows else None

    async def entry(self, ref: str) -> Entry | None:
        """The entry of that name."""
        rows = await self._database.rows(statements.named(ref))
        return entry_of(rows[0]) if rows else None

    async def asked(self, place: Place, message: str) -> Entry | None:
        """The entry of a message."""
        rows = await self._database.rows(statements.asked(place, message))
        return entry_of(rows[0]) if rows else None

    async def in_thread(self, place: Place, limit: int = 50) -> Sequence[Entry]:
        """The latest entries of a thread, oldest first."""
        rows = await self._database.rows(statements.in_thread(place, max(0, limit)))
        return [entry_of(row) for row in reversed(rows)]

    async def rate(self, rating: Rating) -> None:
        """Keep what a person thinks of an answer; of an unknown entry nothing is kept."""
        statement = statements.rating(self._database.dialect, rating_row(rating))
        await self._database.rows(statement)

    async def ratings(self, ref: str) -> Sequence[Rating]:
        """What people think of an answer, oldest first."""
        return [rating_of(row) for row in await self._database.rows(statements.rated(ref))]

    async def pause(self, place: Place, *, paused: bool, by: str, now: float) -> None:
        """Stop or start answering in a workspace."""
        row = {
            "platform": place.platform,
            "workspace": place.workspace,
            "paused": paused,
            "by": by,
            "at": now,
        }
        await self._database.rows(statements.pausing(self._database.dialect, row))

    async def paused(self, place: Place) -> bool:
        """Whether a workspace is paused."""
        rows = await self._database.rows(statements.paused(place))
        return bool(rows and rows[0]["paused"])

    async def purge(self, what: Purge, *, dry_run: bool = False) -> Purged:
        """Let questions leave with all that belongs to them; with ``dry_run`` only tell what would."""
        return await purge(self._database, what, dry_run=dry_run)

    async def check(self) -> str:
        """Open it and say what it is, such as ``sqlite, 12 questions``."""
        count = (await self._database.rows(statements.counting()))[0]["questions"]
        return f"{self._database.dialect}, {count} question{'' if count == 1 else 's'}"

    async def aclose(self) -> None:
        """Close all connections; ``close`` ends an entry."""
        await self._database.aclose()
