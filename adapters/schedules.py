"""When sources are due: intervals and cron lines, as APScheduler's triggers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from indexer.errors import ScheduleUnusable

DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Sources that are read at the same times."""

    sources: tuple[str, ...]
    every_seconds: int | None = None
    """Seconds from one run to the next; None where ``cron`` decides."""
    cron: str = ""
    """Five fields, local time; Sunday is 0 or 7."""

    @property
    def job(self) -> str:
        """Names the schedule for all replicas: the same times, the same name."""
        return f"cron {self.cron}" if self.every_seconds is None else f"every {self.every_seconds} s"

    @property
    def words(self) -> str:
        """The schedule for people."""
        return self.cron if self.every_seconds is None else f"every {spoken(self.every_seconds)}"


def trigger_of(schedule: Schedule) -> Any:
    """The APScheduler trigger. Raises ScheduleUnusable where the times never come."""
    from apscheduler.triggers.interval import IntervalTrigger

    if schedule.every_seconds is not None:
        # Counted from 1970, so that all replicas are due at the same moments, restarted or not.
        return IntervalTrigger(seconds=schedule.every_seconds, start_date=EPOCH, timezone=UTC)
    try:
        trigger = _cron(schedule.cron)
    except ValueError as error:
        raise ScheduleUnusable(
            f'cron = "{schedule.cron}" cannot be read: write five fields (minute hour day month weekday), '
            'such as "0 4 * * mon-fri".'
        ) from error
    if trigger.get_next_fire_time(None, datetime.now(UTC)) is None:
        raise ScheduleUnusable(f'cron = "{schedule.cron}" never comes: there is no such day.')
    return trigger


def last_due(schedule: Schedule, now: datetime) -> datetime:
    """The latest moment of an interval up to ``now``; with cron lines, ``now`` itself."""
    if schedule.every_seconds is None:
        return now
    return EPOCH + timedelta(seconds=now.timestamp() // schedule.every_seconds * schedule.every_seconds)


def period_seconds(trigger: Any, now: datetime) -> float:
    """How far the next two firings lie apart."""
    first = trigger.get_next_fire_time(None, now)
    second = trigger.get_next_fire_time(first, first + timedelta(microseconds=1))
    return float((second - first).total_seconds()) if second else 0.0


def next_due(schedule: Schedule, now: datetime) -> datetime:
    """When the sources are read next. Raises ScheduleUnusable."""
    due: datetime = trigger_of(schedule).get_next_fire_time(None, now)
    return due


def spoken(seconds: int) -> str:
    """Seconds as people configure them: ``90s``, ``30m``, ``1h``, ``1d``."""
    for unit, length in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds % length == 0:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"


def _cron(line: str) -> Any:
    from apscheduler.triggers.cron import CronTrigger

    minute, hour, day, month, weekday = line.lower().split()
    return CronTrigger(minute=minute, hour=hour, day=day, month=month, day_of_week=_weekdays(weekday))


def _weekdays(field: str) -> str:
    """By name, one by one: APScheduler counts from Monday, cron lines from Sunday."""
    if field == "*":
        return field
    names = [name for part in field.split(",") for name in _weekday_part(part)]
    return ",".join(dict.fromkeys(names))


def _weekday_part(part: str) -> Iterator[str]:
    span, _, step = part.partition("/")
    first, dash, last = ("0-6" if span == "*" else span).partition("-")
    start = _weekday(first)
    end = _weekday(last) if dash else (6 if step else start)
    # "fri-mon" goes over the end of the week.
    length = (end - start) % 7 + 1
    return (DAYS[(start + number) % 7] for number in range(0, length, int(step or 1)))


def _weekday(name: str) -> int:
    return DAYS.index(name) if name in DAYS else int(name) % 7
