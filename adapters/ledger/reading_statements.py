"""The statements by which questions are looked up (pure)."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select

from adapters.ledger.rows import Row
from adapters.ledger.tables import approvals, entries, hand_offs, ratings, team_messages
from bot.insight.records import Filters

HAND_OFF = (
    *(column.label(f"hand_off_{column.name}") for column in hand_offs.c),
    approvals.c.at.label("hand_off_approved_at"),
    approvals.c.answer.label("approved_answer"),
)
LATEST_FIRST = (entries.c.at.desc(), entries.c.id.desc())
MARKED = ("id", "at", "platform", "channel", "state", "kind", "uncertain", "timings")
ESCAPE = "\\"


def finding(filters: Filters, limit: int, offset: int = 0, last: Row | None = None) -> Select[Any]:
    """Questions with their votes and hand-offs, latest first; those behind the row ``last``, if it is given.

    They are chosen by their ids first: to sort or pass over whole rows takes several times as long.
    """
    chosen = _joined(select(entries.c.id), filters).where(*_conditions(filters), *_behind(last))
    ids = chosen.order_by(*LATEST_FIRST).limit(limit).offset(offset)
    return _records().where(entries.c.id.in_(ids)).order_by(*LATEST_FIRST)


def counting(filters: Filters) -> Select[Any]:
    """How many questions fit."""
    return _joined(select(func.count().label("total")), filters).where(*_conditions(filters))


def story(ref: str, limit: int) -> Select[Any]:
    """The latest questions of the thread that a question belongs to, latest first.

    A question that stands in no thread is its own story.
    """
    of = (
        select(entries.c.platform, entries.c.channel, entries.c.thread).where(entries.c.ref == ref).subquery()
    )
    in_thread = and_(
        entries.c.platform == of.c.platform,
        entries.c.channel == of.c.channel,
        entries.c.thread == of.c.thread,
        or_(entries.c.thread != "", entries.c.ref == ref),
    )
    return _records().join(of, in_thread).order_by(*LATEST_FIRST).limit(limit)


def rated(refs: Sequence[str]) -> Select[Any]:
    """The ratings of answers, oldest first."""
    return select(ratings).where(ratings.c.ref.in_(refs)).order_by(ratings.c.at, ratings.c.person)


def written(refs: Sequence[str]) -> Select[Any]:
    """What the team wrote into threads through their cards, oldest first."""
    of_them = select(team_messages).where(team_messages.c.ref.in_(refs))
    return of_them.order_by(team_messages.c.at, team_messages.c.id)


def marking(since: float, until: float, limit: int, last: Row | None = None) -> Select[Any]:
    """What charts are made of, latest first; answers themselves stay where they are."""
    wanted = [entries.c[name] for name in MARKED]
    during = and_(entries.c.at >= since, entries.c.at < until, *_behind(last))
    return select(*wanted, _votes("up"), _votes("down")).where(during).order_by(*LATEST_FIRST).limit(limit)


def channels() -> Select[Any]:
    """Where questions came from."""
    where = (entries.c.platform, entries.c.channel)
    return select(*where).distinct().order_by(*where)


def _joined(statement: Select[Any], filters: Filters) -> Select[Any]:
    handed = filters.stage or filters.category or filters.severity or filters.owner
    joined = entries.outerjoin(hand_offs, hand_offs.c.ref == entries.c.ref) if handed else entries
    return statement.select_from(joined)


def _behind(last: Row | None) -> Sequence[ColumnElement[bool]]:
    if last is None:
        return ()
    same = and_(entries.c.at == last["at"], entries.c.id < last["id"])
    return (or_(entries.c.at < last["at"], same),)


def _records() -> Select[Any]:
    joined = entries.outerjoin(hand_offs, hand_offs.c.ref == entries.c.ref)
    joined = joined.outerjoin(approvals, approvals.c.ref == entries.c.ref)
    return select(*entries.c, *HAND_OFF, _votes("up"), _votes("down")).select_from(joined)


def _votes(vote: str) -> Any:
    """How many people gave that vote; looked up by the primary key, row by row."""
    given = and_(ratings.c.ref == entries.c.ref, ratings.c.vote == vote)
    return select(func.count()).where(given).correlate(entries).scalar_subquery().label(f"{vote}s")


def _conditions(filters: Filters) -> Iterator[ColumnElement[bool]]:
    for name in ("state", "kind", "platform", "channel"):
        if value := getattr(filters, name):
            yield entries.c[name] == value
    if filters.since is not None:
        yield entries.c.at >= filters.since
    if filters.until is not None:
        yield entries.c.at < filters.until
    if filters.uncertain is not None:
        yield func.coalesce(entries.c.uncertain, false()) == filters.uncertain
    if filters.vote:
        yield _voted(filters.vote)
    if filters.unmet:
        yield or_(entries.c.kind == "not_covered", entries.c.uncertain, _voted("down"))
    if filters.stage:
        yield hand_offs.c.ref.is_not(None) if filters.stage == "any" else hand_offs.c.state == filters.stage
    for name in ("category", "severity", "owner"):
        if value := getattr(filters, name):
            yield hand_offs.c[name] == value
    if filters.text:
        # What was deleted is shown to nobody, so it is not found by its words either.
        yield entries.c.state != "withdrawn"
        yield or_(_holds(entries.c.text, filters.text), _holds(entries.c.answer, filters.text))


def _voted(vote: str) -> ColumnElement[bool]:
    given = ratings.c.ref == entries.c.ref
    return exists().where(given if vote == "any" else and_(given, ratings.c.vote == vote)).correlate(entries)


def _holds(column: Any, text: str) -> ColumnElement[bool]:
    """SQLite folds the case of ASCII alone."""
    for sign in (ESCAPE, "%", "_"):
        text = text.replace(sign, ESCAPE + sign)
    found: ColumnElement[bool] = column.ilike(f"%{text}%", escape=ESCAPE)
    return found
