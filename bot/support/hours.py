"""Tells the team's quiet hours and when something is due outside of them, in any time zone (pure)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

Spell = tuple[float, float]
"""From, until: seconds since the epoch."""

FURTHEST_SPELLS = 5_000
"""Quiet spells that are stepped over at most: many years even where the team works an hour a week."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A part of the day by the clock on the wall; over midnight where ``until`` is not after ``begin``."""

    begin: time
    until: time

    def holds(self, clock: time) -> bool:
        """Whether ``clock`` is within."""
        if self.begin < self.until:
            return self.begin <= clock < self.until
        return clock >= self.begin or clock < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When nobody of the team is to be disturbed."""

    zone: tzinfo = UTC
    quiet: Window | None = None
    days_off: frozenset[int] = frozenset()
    """Whole days, Monday is 0."""


def is_quiet(at: float, hours: Hours) -> bool:
    """Whether ``at`` falls into the quiet hours."""
    return _ends(at, hours) is not None


def due(since: float, seconds: float, hours: Hours) -> float:
    """When ``seconds`` outside the quiet hours have gone by since ``since``; itself never in quiet hours."""
    now, left = since, seconds
    for _ in range(FURTHEST_SPELLS):
        if (end := _ends(now, hours)) is not None:
            now = end
            continue
        begins = _begins(now, hours)
        if begins is None or now + left < begins:
            return now + left
        now, left = begins, left - (begins - now)
    return now


def local(at: float, hours: Hours) -> datetime:
    """``at`` by the team's clock."""
    return datetime.fromtimestamp(at, hours.zone)


def _ends(at: float, hours: Hours) -> float | None:
    """The end of the quiet spell that holds ``at``."""
    today = local(at, hours).date()
    spells = (spell for shift in (-1, 0, 1) for spell in _spells(today + timedelta(days=shift), hours))
    return max((until for begin, until in spells if begin <= at < until), default=None)


def _begins(at: float, hours: Hours) -> float | None:
    """When the next quiet spell begins."""
    today = local(at, hours).date()
    spells = (spell for shift in range(9) for spell in _spells(today + timedelta(days=shift), hours))
    return min((begin for begin, _ in spells if begin > at), default=None)


def _spells(day: date, hours: Hours) -> Iterator[Spell]:
    """The quiet spells that begin on ``day``.

    They are moments and not times of the clock, so that an hour which the clock shows twice, or never,
    neither repeats nor loses a spell.
    """
    tomorrow = day + timedelta(days=1)
    if day.weekday() in hours.days_off:
        yield _moment(day, time(), hours), _moment(tomorrow, time(), hours)
    if hours.quiet is not None:
        over_midnight = hours.quiet.until <= hours.quiet.begin
        ends = tomorrow if over_midnight else day
        yield _moment(day, hours.quiet.begin, hours), _moment(ends, hours.quiet.until, hours)


def _moment(day: date, clock: time, hours: Hours) -> float:
    return datetime.combine(day, clock, hours.zone).timestamp()
