"""The statements about hand-offs, each atomic by itself (pure)."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    cast,
    delete,
    exists,
    func,
    literal,
    select,
    update,
)
from sqlalchemy import insert as sql_insert
from sqlalchemy.sql.dml import ReturningDelete, ReturningUpdate, Update

from adapters.ledger.rows import Row
from adapters.ledger.statements import insert
from adapters.ledger.tables import approvals, entries, hand_offs, is_unposted, team_messages
from bot.model import Place
from bot.support.handoffs import HELD, OVER, Stage

UNFINISHED: tuple[Stage, ...] = ("open", *sorted(HELD))
WITH_ENTRY = (
    *hand_offs.c,
    approvals.c.at.label("approved_at"),
    *(column.label(f"entry_{column.name}") for column in entries.c),
)
BY_SEVERITY = case({"critical": 0, "high": 1, "normal": 2}, value=hand_offs.c.severity, else_=3)


def beginning(dialect: str, row: Row) -> Any:
    """Gives the ref; nothing where the question was handed over before, or is unknown."""
    known = exists().where(entries.c.ref == row["ref"])
    given = select(*(_typed(hand_offs.c[name], value) for name, value in row.items())).where(known)
    statement = insert(dialect, hand_offs).from_select([hand_offs.c[name] for name in row], given)
    return statement.on_conflict_do_nothing().returning(hand_offs.c.ref)


def cased(*conditions: ColumnElement[bool]) -> Select[Any]:
    """Hand-offs with their questions, whose columns begin with ``entry_``."""
    joined = hand_offs.join(entries, entries.c.ref == hand_offs.c.ref)
    joined = joined.outerjoin(approvals, approvals.c.ref == hand_offs.c.ref)
    return select(*WITH_ENTRY).select_from(joined).where(*conditions)


def one(ref: str) -> Select[Any]:
    """The case of a question."""
    return cased(hand_offs.c.ref == ref)


def several(refs: Collection[str]) -> Select[Any]:
    """The cases of questions."""
    return cased(hand_offs.c.ref.in_(refs))


def in_thread(place: Place) -> Select[Any]:
    """The hand-offs of a thread, oldest first."""
    here = and_(
        entries.c.platform == place.platform,
        entries.c.channel == place.channel,
        entries.c.thread == place.thread,
    )
    joined = select(*hand_offs.c).join(entries, entries.c.ref == hand_offs.c.ref)
    return joined.where(here).order_by(hand_offs.c.asked_at, hand_offs.c.ref)


def moving(ref: str, before: Collection[Stage], values: Row) -> ReturningUpdate[Any]:
    """Gives the row as it is then; nothing where its state is none of ``before``."""
    allowed = and_(hand_offs.c.ref == ref, hand_offs.c.state.in_(before))
    return update(hand_offs).where(allowed).values(**values).returning(*hand_offs.c)


def claiming(ref: str, person: str, now: float, due: float | None) -> ReturningUpdate[Any]:
    """An open one becomes somebody's; reminders begin anew."""
    again = {"due_at": due, "reminded_at": None, "escalated_at": None}
    return moving(ref, ["open"], {"state": "claimed", "owner": person, "claimed_at": now, **again})


def ending(ref: str, stage: Stage, person: str, outcome: str, now: float) -> ReturningUpdate[Any]:
    """Whoever ends it owns it then; a card that is not posted yet is not posted any more."""
    values = {"state": stage, "owner": person, "outcome": outcome, "resolved_at": now, "due_at": None}
    return moving(ref, UNFINISHED, values)


def noting(ref: str, values: Row) -> Update:
    """What is known of one now."""
    return update(hand_offs).where(hand_offs.c.ref == ref).values(**values)


def taking_unposted(platforms: Collection[str], now: float, until: float, limit: int) -> ReturningUpdate[Any]:
    """Gives the refs of the cards taken, in any order."""
    free = and_(_waiting(platforms), hand_offs.c.card_until <= now)
    first = _first(free, limit, BY_SEVERITY, hand_offs.c.asked_at, hand_offs.c.ref)
    taken = update(hand_offs).where(first, free).values(card_until=until)
    return taken.returning(hand_offs.c.ref)


def counting_unposted(platforms: Collection[str]) -> Select[Any]:
    """How many cards wait."""
    return select(func.count().label("waiting")).select_from(hand_offs).where(_waiting(platforms))


def taking_due(platforms: Collection[str], now: float, until: float, limit: int) -> ReturningUpdate[Any]:
    """Gives the refs of those taken, in any order."""
    over = and_(
        hand_offs.c.due_at <= now,
        hand_offs.c.card_platform.in_(platforms),
        hand_offs.c.state.in_(UNFINISHED),
    )
    first = _first(over, limit, hand_offs.c.due_at)
    return update(hand_offs).where(first, over).values(due_at=until).returning(hand_offs.c.ref)


def reminding(ref: str, until: float, values: Row) -> Update:
    """Somebody was reminded; one that ended or was claimed meanwhile keeps its own times."""
    current = and_(hand_offs.c.ref == ref, hand_offs.c.due_at == until)
    return update(hand_offs).where(current).values(**values)


def listing(*, over: bool, limit: int) -> Select[Any]:
    """Those that are over, latest first; or the others, most severe and then oldest first."""
    if over:
        ended = cased(hand_offs.c.state.in_(sorted(OVER)))
        return ended.order_by(hand_offs.c.resolved_at.desc(), hand_offs.c.ref).limit(limit)
    unfinished = cased(hand_offs.c.state.in_(UNFINISHED))
    return unfinished.order_by(BY_SEVERITY, hand_offs.c.asked_at, hand_offs.c.ref).limit(limit)


def counting_unfinished() -> Select[Any]:
    """How many are not over."""
    unfinished = select(func.count().label("unfinished")).select_from(hand_offs)
    return unfinished.where(hand_offs.c.state.in_(UNFINISHED))


def revisions(limit: int) -> Select[Any]:
    """The refs of the latest questions that were handed over and not withdrawn, with their revisions."""
    joined = select(hand_offs.c.ref, entries.c.revision).join(entries, entries.c.ref == hand_offs.c.ref)
    there = and_(entries.c.state != "withdrawn", entries.c.text != "")
    return joined.where(there).order_by(hand_offs.c.asked_at.desc(), hand_offs.c.ref).limit(limit)


def writing(row: Row) -> Any:
    """Keeps what the team wrote; nothing where the hand-off is unknown by now."""
    known = exists().where(hand_offs.c.ref == row["ref"])
    given = select(*(_typed(team_messages.c[name], value) for name, value in row.items())).where(known)
    return sql_insert(team_messages).from_select([team_messages.c[name] for name in row], given)


def messages(ref: str) -> Select[Any]:
    """What the team wrote into the thread of a question, oldest first."""
    of_it = select(team_messages).where(team_messages.c.ref == ref)
    return of_it.order_by(team_messages.c.at, team_messages.c.id)


def approving(dialect: str, row: Row) -> Any:
    """Gives the ref; nothing where the hand-off is not resolved, or is unknown."""
    resolved = exists().where(hand_offs.c.ref == row["ref"], hand_offs.c.state == "resolved")
    given = select(*(_typed(approvals.c[name], value) for name, value in row.items())).where(resolved)
    statement = insert(dialect, approvals).from_select([approvals.c[name] for name in row], given)
    changed = {name: value for name, value in row.items() if name != "ref"}
    kept = statement.on_conflict_do_update(index_elements=[approvals.c.ref], set_=changed)
    return kept.returning(approvals.c.ref)


def unapproving(ref: str) -> ReturningDelete[Any]:
    """Gives the ref where it was approved."""
    return delete(approvals).where(approvals.c.ref == ref).returning(approvals.c.ref)


def approved(ref: str) -> Select[Any]:
    """The answer that came of a hand-off."""
    return select(approvals).where(approvals.c.ref == ref)


def approvals_listed() -> Select[Any]:
    """All answers, latest first."""
    return select(approvals).order_by(approvals.c.at.desc(), approvals.c.ref)


def _first(free: ColumnElement[bool], limit: int, *order: Any) -> ColumnElement[bool]:
    """Those that come first, without what another process is just taking (as ``statements.taking_over``).

    A common table expression, because PostgreSQL runs a subquery anew for each row and so takes more than
    ``limit``.
    """
    rows = select(hand_offs.c.ref).where(free).order_by(*order).limit(limit)
    chosen = rows.with_for_update(skip_locked=True).cte("chosen")
    return hand_offs.c.ref.in_(select(chosen.c.ref))


def _waiting(platforms: Collection[str]) -> ColumnElement[bool]:
    named = hand_offs.c.card_platform.in_(platforms)
    return and_(is_unposted, named, hand_offs.c.state.in_(UNFINISHED))


def _typed(column: Any, value: Any) -> ColumnElement[Any]:
    """A value that PostgreSQL knows the type of, which it does not guess within a SELECT."""
    return cast(literal(value, column.type), column.type)
