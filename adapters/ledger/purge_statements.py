"""The statements by which questions leave the ledger, each atomic by itself and harmless twice (pure)."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, exists, false, func, or_, select, true, update
from sqlalchemy.sql.dml import ReturningDelete, ReturningUpdate, Update

from adapters.ledger.hand_off_statements import UNFINISHED
from adapters.ledger.rows import WITHOUT_ANSWER
from adapters.ledger.tables import approvals, entries, hand_offs, pauses, ratings, team_messages
from bot.channels.forgetting import Purge
from bot.support.handoffs import OVER


def counting(what: Purge) -> Select[Any]:
    """How many questions, ratings and hand-offs would leave."""
    chosen = select(entries.c.ref).where(_gone(what) if not what.person else _of_person(what))
    of_them = ratings.c.ref.in_(chosen)
    rated = or_(of_them, _given(what)) if what.person else of_them
    handed = hand_offs.c.ref.in_(chosen)
    return select(
        select(func.count()).select_from(chosen.subquery()).scalar_subquery().label("questions"),
        select(func.count()).select_from(ratings).where(rated).scalar_subquery().label("ratings"),
        select(func.count()).select_from(hand_offs).where(handed).scalar_subquery().label("hand_offs"),
    )


def under_way(what: Purge) -> Select[Any]:
    """The refs of a person's questions that are not done."""
    return select(entries.c.ref).where(_of_person(what), _unfinished())


def emptying(what: Purge) -> ReturningUpdate[Any]:
    """A person's questions that are not done are withdrawn, without a word of them; gives the refs."""
    emptied = {"text": "", "asker": "", "state_before": entries.c.state, "state": "withdrawn"}
    mine = and_(_of_person(what), _unfinished())
    return update(entries).where(mine).values(**emptied, **WITHOUT_ANSWER).returning(entries.c.ref)


def unnaming(refs: Any) -> Update:
    """The hand-offs of these questions say nothing of who asked and what."""
    nothing = {"person": "", "summary": ""}
    return update(hand_offs).where(hand_offs.c.ref.in_(refs)).values(**nothing)


def unsaying(refs: Any) -> ReturningDelete[Any]:
    """What the team wrote to who asked these questions may tell of them; gives its ids."""
    return delete(team_messages).where(team_messages.c.ref.in_(refs)).returning(team_messages.c.id)


def deleting(what: Purge, limit: int) -> ReturningDelete[Any]:
    """At most ``limit`` questions, with all that is kept of them but approved answers; gives their refs."""
    chosen = select(entries.c.id).where(_gone(what)).limit(limit)
    return delete(entries).where(entries.c.id.in_(chosen)).returning(entries.c.ref)


def unrating(what: Purge) -> ReturningDelete[Any]:
    """What a person thought of answers to others; gives the refs of these."""
    return delete(ratings).where(_given(what)).returning(ratings.c.ref)


def anonymising(what: Purge) -> list[Update]:
    """Where else a person is named: who called the team, closed a card, wrote, approved, paused."""
    here = entries.c.platform == what.platform
    called = and_(hand_offs.c.person == what.person, hand_offs.c.ref.in_(select(entries.c.ref).where(here)))
    owned = and_(hand_offs.c.owner == what.person, hand_offs.c.card_platform == what.platform)
    approved = and_(approvals.c.person == what.person, approvals.c.platform == what.platform)
    wrote = and_(team_messages.c.person == what.person, team_messages.c.platform == what.platform)
    paused = and_(pauses.c.by == what.person, pauses.c.platform == what.platform)
    return [
        update(hand_offs).where(called).values(person=""),
        # Who has a card that is not closed yet is still needed there.
        update(hand_offs).where(owned, hand_offs.c.state.in_(sorted(OVER))).values(owner=""),
        update(approvals).where(approved).values(person=""),
        update(team_messages).where(wrote).values(person=""),
        update(pauses).where(paused).values(by=""),
    ]


def _gone(what: Purge) -> ColumnElement[bool]:
    """What is deleted: nothing that somebody still works on."""
    mine = _of_person(what) if what.person else _older(entries.c.at, what)
    return and_(mine, ~_unfinished())


def _of_person(what: Purge) -> ColumnElement[bool]:
    asked = and_(entries.c.platform == what.platform, entries.c.asker == what.person)
    return and_(asked, _older(entries.c.at, what))


def _given(what: Purge) -> ColumnElement[bool]:
    here = select(entries.c.ref).where(entries.c.platform == what.platform)
    mine = and_(ratings.c.person == what.person, ratings.c.ref.in_(here))
    return and_(mine, _older(ratings.c.at, what))


def _older(column: Any, what: Purge) -> ColumnElement[bool]:
    if what.before is None:
        return true() if what.person else false()
    found: ColumnElement[bool] = column < what.before
    return found


def _unfinished() -> ColumnElement[bool]:
    waiting = exists().where(hand_offs.c.ref == entries.c.ref, hand_offs.c.state.in_(UNFINISHED))
    return or_(entries.c.state == "open", waiting.correlate(entries))
