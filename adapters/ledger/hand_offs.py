"""Keeps hand-offs in the ledger's database."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from adapters.ledger import hand_off_statements as statements
from adapters.ledger.database import Database
from adapters.ledger.rows import Row, entry_of
from adapters.ledger.tables import hand_offs
from bot.model import Place
from bot.support.handoffs import Approved, Case, HandOff, Stage, TeamMessage

NAMES = tuple(column.name for column in hand_offs.c if column.name != "card_until")
TIMES = ("asked_at", "claimed_at", "resolved_at", "due_at", "reminded_at", "escalated_at")


class SqlHandOffs:
    """Implements ``bot.support.handoff_ports.HandOffs``; every method raises LedgerUnavailable."""

    def __init__(self, database: Database) -> None:
        """The ledger's own database, which closes it."""
        self._database = database

    async def begin(self, hand_off: HandOff, until: float) -> bool:
        """Keep a new one; False where its question was handed over before, or is unknown."""
        row = {name: getattr(hand_off, name) for name in NAMES} | {"card_until": until}
        return bool(await self._database.rows(statements.beginning(self._database.dialect, row)))

    async def case(self, ref: str) -> Case | None:
        """The hand-off of a question, with the question."""
        rows = await self._database.rows(statements.one(ref))
        return case_of(rows[0]) if rows else None

    async def in_thread(self, place: Place) -> Sequence[HandOff]:
        """The hand-offs of a thread, oldest first."""
        return [hand_off_of(row) for row in await self._database.rows(statements.in_thread(place))]

    async def claim(self, ref: str, person: str, now: float, due: float | None) -> HandOff | None:
        """Let ``person`` own an open one; None where it is not open."""
        return _first(await self._database.rows(statements.claiming(ref, person, now, due)))

    async def pass_on(
        self, ref: str, before: Collection[Stage], after: Stage, due: float | None
    ) -> HandOff | None:
        """From one of the states ``before`` to ``after``; None where its state is another."""
        values = {"state": after, "due_at": due}
        return _first(await self._database.rows(statements.moving(ref, before, values)))

    async def end(self, ref: str, stage: Stage, person: str, outcome: str, now: float) -> HandOff | None:
        """End one that is not over; None where it is."""
        return _first(await self._database.rows(statements.ending(ref, stage, person, outcome, now)))

    async def posted(self, ref: str, message: str) -> None:
        """Note the card's message."""
        await self._database.rows(statements.noting(ref, {"card_message": message}))

    async def put_off(self, ref: str, until: float) -> None:
        """Let nobody post the card before ``until``."""
        await self._database.rows(statements.noting(ref, {"card_until": until}))

    async def unposted(
        self, platforms: Collection[str], now: float, until: float, limit: int
    ) -> Sequence[Case]:
        """Take cards that wait to be posted, each to one caller only."""
        taken = await self._database.rows(statements.taking_unposted(platforms, now, until, limit))
        found = await self._cases(taken)
        return sorted(found, key=lambda case: (case.hand_off.severity != "critical", case.hand_off.asked_at))

    async def waiting(self, platforms: Collection[str]) -> int:
        """How many cards wait to be posted."""
        return int((await self._database.rows(statements.counting_unposted(platforms)))[0]["waiting"])

    async def due(self, platforms: Collection[str], now: float, until: float, limit: int) -> Sequence[Case]:
        """Take those of which somebody is to be reminded, each to one caller only."""
        taken = await self._database.rows(statements.taking_due(platforms, now, until, limit))
        return sorted(await self._cases(taken), key=lambda case: case.hand_off.asked_at)

    async def reminded(
        self, ref: str, until: float, *, now: float, due: float | None, escalated: bool
    ) -> None:
        """Note that somebody was reminded, or that it was escalated."""
        values = {"escalated_at" if escalated else "reminded_at": now, "due_at": due}
        await self._database.rows(statements.reminding(ref, until, values))

    async def listed(self, *, over: bool, limit: int) -> Sequence[Case]:
        """Those that are not over, most severe first; or those that are, latest first."""
        return [case_of(row) for row in await self._database.rows(statements.listing(over=over, limit=limit))]

    async def unfinished(self) -> int:
        """How many are not over."""
        return int((await self._database.rows(statements.counting_unfinished()))[0]["unfinished"])

    async def cases(self, refs: Collection[str]) -> Sequence[Case]:
        """The hand-offs of these questions that are known, in any order."""
        rows = await self._database.rows(statements.several(refs)) if refs else ()
        return [case_of(row) for row in rows]

    async def revisions(self, limit: int) -> Mapping[str, int]:
        """The latest questions that were handed over and not withdrawn, with how often each was edited."""
        rows = await self._database.rows(statements.revisions(limit))
        return {row["ref"]: int(row["revision"]) for row in rows}

    async def wrote(self, message: TeamMessage) -> None:
        """Keep what the team wrote into a thread, as long as its hand-off is kept."""
        await self._database.rows(statements.writing(asdict(message)))

    async def messages(self, ref: str) -> Sequence[TeamMessage]:
        """What the team wrote into the thread of a question, oldest first."""
        return [message_of(row) for row in await self._database.rows(statements.messages(ref))]

    async def approve(self, approved: Approved) -> bool:
        """Keep an answer; False where its hand-off is not resolved, or is unknown."""
        statement = statements.approving(self._database.dialect, asdict(approved))
        return bool(await self._database.rows(statement))

    async def unapprove(self, ref: str) -> bool:
        """Let an answer be none any more; False where it was none."""
        return bool(await self._database.rows(statements.unapproving(ref)))

    async def approved(self, ref: str) -> Approved | None:
        """The answer that came of a hand-off."""
        rows = await self._database.rows(statements.approved(ref))
        return Approved(**rows[0]) if rows else None

    async def approvals(self) -> Sequence[Approved]:
        """All that is approved, latest first."""
        return [Approved(**row) for row in await self._database.rows(statements.approvals_listed())]

    async def _cases(self, taken: Sequence[Row]) -> Sequence[Case]:
        return await self.cases([row["ref"] for row in taken])


def case_of(row: Row) -> Case:
    """The hand-off and its question, whose columns begin with ``entry_``."""
    entry = {name.removeprefix("entry_"): value for name, value in row.items() if name.startswith("entry_")}
    return Case(hand_off=hand_off_of(row), entry=entry_of(entry))


def hand_off_of(row: Row) -> HandOff:
    """The hand-off that a row keeps."""
    values: dict[str, Any] = {name: row[name] for name in NAMES}
    values["approved_at"] = row.get("approved_at")  # a changed row comes without: it was not resolved then
    return HandOff(**(values | _times(row) | {"confidence": float(row["confidence"])}))


def message_of(row: Row) -> TeamMessage:
    """The team's message that a row keeps."""
    values: dict[str, Any] = {field.name: row[field.name] for field in fields(TeamMessage)}
    return TeamMessage(**(values | {"at": float(row["at"])}))


def _times(row: Mapping[str, Any]) -> dict[str, float | None]:
    # RETURNING of SQLite gives whole numbers as int.
    return {name: None if row[name] is None else float(row[name]) for name in TIMES}


def _first(rows: Sequence[Row]) -> HandOff | None:
    return hand_off_of(rows[0]) if rows else None
