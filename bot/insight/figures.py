"""What many questions come to: rates, times and counts a day, from their few facts."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.insight.records import OUTCOMES, Mark, Outcome

TRIED: tuple[Outcome, ...] = ("answered", "uncertain", "not_covered", "clarify", "declined", "failed")
"""What is over and was not taken back; the answer rate is a share of these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day, in UTC."""

    date: str
    """Such as ``2026-11-21``."""
    outcomes: Mapping[Outcome, int]
    ups: int
    downs: int
    p50_ms: float | None
    """Milliseconds to an answer; None where there was none."""
    p95_ms: float | None

    @property
    def questions(self) -> int:
        """How many were asked."""
        return sum(self.outcomes.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """A number of questions as a whole."""

    questions: int
    outcomes: Mapping[Outcome, int]
    """Of the questions, those that occurred, in the order of ``bot.insight.records.OUTCOMES``."""
    triaged: int
    """Posts beside the questions that were put on the support team's list without an answer."""
    ups: int
    downs: int
    p50_ms: float | None
    p95_ms: float | None

    @property
    def answer_rate(self) -> float | None:
        """0 to 1: certain answers among all that is over; None where nothing is."""
        tried = sum(self.outcomes.get(name, 0) for name in TRIED)
        return self.outcomes.get("answered", 0) / tried if tried else None

    @property
    def helpful_rate(self) -> float | None:
        """0 to 1: thumbs up among all thumbs; None without any."""
        return self.ups / (self.ups + self.downs) if self.ups + self.downs else None


def totals(marks: Iterable[Mark]) -> Totals:
    """All of ``marks`` together."""
    every = list(marks)
    kept = [mark for mark in every if mark.outcome != "triaged"]
    counted = Counter(mark.outcome for mark in kept)
    times = sorted(mark.total_ms for mark in kept if mark.total_ms is not None)
    return Totals(
        questions=len(kept),
        outcomes={name: counted[name] for name in OUTCOMES if counted[name]},
        triaged=len(every) - len(kept),
        ups=sum(mark.ups for mark in kept),
        downs=sum(mark.downs for mark in kept),
        p50_ms=percentile(times, 0.5),
        p95_ms=percentile(times, 0.95),
    )


def days(marks: Iterable[Mark], since: float, until: float) -> Sequence[Day]:
    """Every day from ``since`` until before ``until``, also those without a question."""
    by_date: dict[str, list[Mark]] = {date: [] for date in _dates(since, until)}
    for mark in marks:
        if (date := _date(mark.at)) in by_date:
            by_date[date].append(mark)
    return [_day(date, those) for date, those in by_date.items()]


def by_channel(marks: Iterable[Mark]) -> Sequence[tuple[str, str, Totals]]:
    """Platform, channel and what was asked there, the busiest first."""
    grouped: dict[tuple[str, str], list[Mark]] = {}
    for mark in marks:
        grouped.setdefault((mark.platform, mark.channel), []).append(mark)
    rows = [(platform, channel, totals(those)) for (platform, channel), those in grouped.items()]
    return sorted(rows, key=lambda row: (-row[2].questions, row[0], row[1]))


def percentile(ordered: Sequence[float], share: float) -> float | None:
    """The nearest of ``ordered`` (ascending) below which ``share`` (0 to 1) of them are; None without any."""
    if not ordered:
        return None
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _day(date: str, marks: Sequence[Mark]) -> Day:
    whole = totals(marks)
    return Day(
        date=date,
        outcomes=whole.outcomes,
        ups=whole.ups,
        downs=whole.downs,
        p50_ms=whole.p50_ms,
        p95_ms=whole.p95_ms,
    )


def _dates(since: float, until: float) -> Iterable[str]:
    day = datetime.fromtimestamp(since, UTC).date()
    last = datetime.fromtimestamp(max(since, until - 1e-6), UTC).date()
    while day <= last:
        yield day.isoformat()
        day += timedelta(days=1)


def _date(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).date().isoformat()
