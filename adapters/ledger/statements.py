"""The ledger's statements, each atomic by itself (pure)."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    and_,
    cast,
    exists,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningInsert, ReturningUpdate, Update

from adapters.ledger.rows import WITHOUT_ANSWER, Row
from adapters.ledger.tables import entries, is_open, pauses, ratings
from bot.channels.posts import Lease
from bot.model import Place


def insert(dialect: str, table: Table) -> Any:
    """An INSERT that knows ON CONFLICT, which every dialect spells by itself."""
    return (sqlite.insert if dialect == "sqlite" else postgresql.insert)(table)


def claiming(dialect: str, row: Row) -> ReturningInsert[Any]:
    """Gives the id of the new row; nothing where the message or the ref is known."""
    statement: ReturningInsert[Any] = (
        insert(dialect, entries).values(**row).on_conflict_do_nothing().returning(entries.c.id)
    )
    return statement


def reopening(ref: str, text: str, lease: Lease, revision: int) -> ReturningUpdate[Any]:
    """Gives the row as it is then; nothing where somebody else began the next revision already."""
    return (
        update(entries)
        .where(entries.c.ref == ref, entries.c.state != "withdrawn", entries.c.revision == revision)
        .values(
            text=text,
            revision=entries.c.revision + 1,
            state="open",
            attempts=0,
            closed_at=None,
            **_leased(lease),
            **WITHOUT_ANSWER,
        )
        .returning(*entries.c)
    )


def renewing(refs: Collection[str], lease: Lease) -> ReturningUpdate[Any]:
    """Gives the refs of those that are open and their owner's."""
    mine = and_(is_open, entries.c.ref.in_(sorted(refs)), entries.c.lease_owner == lease.owner)
    return update(entries).where(mine).values(lease_until=lease.until).returning(entries.c.ref)


def releasing(ref: str, until: float) -> Update:
    """The lease then is nobody's, so that its former owner does not renew it."""
    mine = and_(is_open, entries.c.ref == ref)
    return update(entries).where(mine).values(lease_owner="", lease_until=until)


def taking_over(platform: str, lease: Lease, now: float) -> ReturningUpdate[Any]:
    """Gives the rows taken, in any order.

    The inner SELECT passes over what another process is just taking (PostgreSQL; SQLite has one writer
    at a time); the outer condition is then looked at again, on the row as it is.
    """
    over = and_(is_open, entries.c.platform == platform, entries.c.lease_until <= now)
    free = select(entries.c.id).where(over).with_for_update(skip_locked=True)
    return (
        update(entries)
        .where(entries.c.id.in_(free), over)
        .values(attempts=entries.c.attempts + 1, **_leased(lease))
        .returning(*entries.c)
    )


def replying(ref: str, reply: str) -> Update:
    """The message that holds the answer."""
    return update(entries).where(entries.c.ref == ref).values(reply=reply)


def closing(ref: str, revision: int, values: Row) -> ReturningUpdate[Any]:
    """Gives the id where the entry was open at that revision."""
    current = and_(is_open, entries.c.ref == ref, entries.c.revision == revision)
    return update(entries).where(current).values(lease_owner="", **values).returning(entries.c.id)


def withdrawing(place: Place, message: str) -> ReturningUpdate[Any]:
    """Gives the row with its former state in ``state_before``."""
    return (
        update(entries)
        .where(_asked(place, message))
        .values(state_before=entries.c.state, state="withdrawn")
        .returning(*entries.c)
    )


def named(ref: str) -> Select[Any]:
    """The entry of that ref."""
    return select(entries).where(entries.c.ref == ref)


def asked(place: Place, message: str) -> Select[Any]:
    """The entry of that message."""
    return select(entries).where(_asked(place, message))


def in_thread(place: Place, limit: int) -> Select[Any]:
    """The latest entries of a thread, latest first."""
    here = and_(
        entries.c.platform == place.platform,
        entries.c.channel == place.channel,
        entries.c.thread == place.thread,
    )
    return select(entries).where(here).order_by(entries.c.at.desc(), entries.c.id.desc()).limit(limit)


def counting() -> Select[Any]:
    """How many entries there are."""
    return select(func.count().label("questions")).select_from(entries)


def rating(dialect: str, row: Row) -> Any:
    """Keeps a person's latest word, whenever it comes; nothing where the entry is unknown."""
    columns = [ratings.c[name] for name in row]
    known = exists().where(entries.c.ref == row["ref"])
    given = select(*(_typed(ratings.c[name], value) for name, value in row.items())).where(known)
    changed = {name: value for name, value in row.items() if name not in {"ref", "person"}}
    statement = insert(dialect, ratings).from_select(columns, given)
    return statement.on_conflict_do_update(
        index_elements=[ratings.c.ref, ratings.c.person],
        set_=changed,
        where=ratings.c.at <= statement.excluded.at,
    )


def rated(ref: str) -> Select[Any]:
    """The ratings of an answer, oldest first."""
    return select(ratings).where(ratings.c.ref == ref).order_by(ratings.c.at, ratings.c.person)


def pausing(dialect: str, row: Row) -> Any:
    """Keeps who stopped or started a workspace last."""
    changed = {name: value for name, value in row.items() if name not in {"platform", "workspace"}}
    keys = [pauses.c.platform, pauses.c.workspace]
    return insert(dialect, pauses).values(**row).on_conflict_do_update(index_elements=keys, set_=changed)


def paused(place: Place) -> Select[Any]:
    """The row of a workspace."""
    return select(pauses.c.paused).where(
        pauses.c.platform == place.platform, pauses.c.workspace == place.workspace
    )


def _asked(place: Place, message: str) -> ColumnElement[bool]:
    return and_(
        entries.c.platform == place.platform,
        entries.c.channel == place.channel,
        entries.c.message == message,
    )


def _leased(lease: Lease) -> dict[str, Any]:
    return {"lease_owner": lease.owner, "lease_until": lease.until}


def _typed(column: Any, value: Any) -> ColumnElement[Any]:
    """A value that PostgreSQL knows the type of, which it does not guess within a SELECT."""
    return cast(literal(value, column.type), column.type)
