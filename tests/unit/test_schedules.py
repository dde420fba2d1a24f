"""When sources are due."""

from datetime import UTC, datetime, timedelta

import pytest

from adapters.schedules import Schedule, last_due, next_due, period_seconds, trigger_of
from indexer.errors import ScheduleUnusable

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)  # a Wednesday


def every(seconds: int) -> Schedule:
    return Schedule(sources=("docs",), every_seconds=seconds)


def cron(line: str) -> Schedule:
    return Schedule(sources=("docs",), cron=line)


def weekdays(line: str) -> set[str]:
    trigger, found, now = trigger_of(cron(line)), set(), NOON
    for _ in range(14):
        now = trigger.get_next_fire_time(None, now) + timedelta(seconds=1)
        found.add(now.astimezone().strftime("%a").lower())
    return found


def test_an_interval_is_due_at_the_same_moments_wherever_it_is_asked() -> None:
    later = NOON + timedelta(minutes=17)
    assert next_due(every(3600), later) == NOON + timedelta(hours=1)
    assert last_due(every(3600), later) == NOON
    assert period_seconds(trigger_of(every(3600)), later) == 3600


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("0", {"sun"}),
        ("7", {"sun"}),
        ("1-5", {"mon", "tue", "wed", "thu", "fri"}),
        ("mon-fri", {"mon", "tue", "wed", "thu", "fri"}),
        ("fri-mon", {"fri", "sat", "sun", "mon"}),
        ("sun,WED", {"sun", "wed"}),
        ("*/2", {"sun", "tue", "thu", "sat"}),
        ("1/2", {"mon", "wed", "fri"}),
        ("*", {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}),
    ],
)
def test_weekdays_count_from_sunday_as_cron_does(field: str, expected: set[str]) -> None:
    assert weekdays(f"0 4 * * {field}") == expected


@pytest.mark.parametrize("line", ["0 4 * * xyz", "61 * * * *", "* * * *", "", "0 4 * * 1-", "a b c d e"])
def test_a_line_that_is_no_cron_line_says_what_one_looks_like(line: str) -> None:
    with pytest.raises(ScheduleUnusable, match=r"cannot be read: write five fields.*0 4 \* \* mon-fri"):
        trigger_of(cron(line))


def test_a_day_that_never_comes_is_refused() -> None:
    with pytest.raises(ScheduleUnusable, match="never comes"):
        trigger_of(cron("0 0 31 2 *"))


@pytest.mark.parametrize(
    ("seconds", "words"), [(3600, "every 1h"), (86_400, "every 1d"), (90, "every 90s"), (1800, "every 30m")]
)
def test_a_schedule_is_told_in_the_words_it_was_configured_with(seconds: int, words: str) -> None:
    assert every(seconds).words == words
    assert cron("0 4 * * *").words == "0 4 * * *"
