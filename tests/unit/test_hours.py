"""When something is due: quiet hours, days off, and clocks that are put forward and back."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot.support.hours import Hours, Window, due, is_quiet

HOUR = 3600.0
NIGHT = Window(begin=time(18), until=time(8))
WEEKEND = frozenset({5, 6})


def hours(zone="UTC", quiet=NIGHT, days_off=frozenset()):
    return Hours(zone=ZoneInfo(zone), quiet=quiet, days_off=days_off)


def at(text, zone="UTC", fold=0):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp()


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        ("2026-03-04T09:00", "2026-03-04T13:00"),
        ("2026-03-04T13:59", "2026-03-04T17:59"),
        ("2026-03-04T14:00", "2026-03-05T08:00"),  # at six sharp it is quiet
        ("2026-03-04T17:00", "2026-03-05T11:00"),
        ("2026-03-04T18:00", "2026-03-05T12:00"),
        ("2026-03-04T23:30", "2026-03-05T12:00"),
        ("2026-03-05T03:00", "2026-03-05T12:00"),
        ("2026-03-06T17:00", "2026-03-09T11:00"),  # a Friday
        ("2026-03-07T12:00", "2026-03-09T12:00"),
        ("2026-03-08T23:59", "2026-03-09T12:00"),
    ],
)
def test_time_counts_only_while_somebody_works(since, expected):
    agreed = hours(days_off=WEEKEND)
    assert due(at(since), 4 * HOUR, agreed) == at(expected)
    assert not is_quiet(due(at(since), 4 * HOUR, agreed), agreed)


@pytest.mark.parametrize(
    "zone", ["Asia/Kolkata", "America/Los_Angeles", "Pacific/Kiritimati", "Asia/Kathmandu"]
)
def test_the_clock_is_the_teams(zone):
    assert due(at("2026-01-13T17:30", zone), HOUR, hours(zone)) == at("2026-01-14T08:30", zone)
    assert is_quiet(at("2026-01-13T07:59", zone), hours(zone))
    assert not is_quiet(at("2026-01-13T08:00", zone), hours(zone))


@pytest.mark.parametrize(
    ("zone", "since", "seconds", "expected"),
    [
        # 29 March 2026, 02:00 becomes 03:00; 25 October 2026, 03:00 becomes 02:00.
        ("Europe/Berlin", "2026-03-28T17:00", 2 * HOUR, "2026-03-29T09:00"),
        ("Europe/Berlin", "2026-10-24T17:00", 2 * HOUR, "2026-10-25T09:00"),
        ("America/New_York", "2026-03-07T17:00", 2 * HOUR, "2026-03-08T09:00"),
        ("Australia/Lord_Howe", "2026-04-04T17:00", 2 * HOUR, "2026-04-05T09:00"),  # half an hour
    ],
)
def test_the_day_begins_at_eight_when_the_clock_was_changed_in_the_night(zone, since, seconds, expected):
    assert due(at(since, zone), seconds, hours(zone)) == at(expected, zone)


@pytest.mark.parametrize(("day", "real"), [("2026-03-29", 3 * HOUR), ("2026-10-25", 5 * HOUR)])
def test_hours_are_real_hours_where_the_clock_jumps_while_somebody_works(day, real):
    agreed = hours("Europe/Berlin", Window(begin=time(18), until=time(1)))
    begin, noon = at(f"{day}T01:00", "Europe/Berlin"), at(f"{day}T05:00", "Europe/Berlin")
    assert noon - begin == real
    assert due(begin, real, agreed) == noon


def test_an_hour_that_the_clock_shows_twice_is_quiet_once():
    agreed = hours("Europe/Berlin", Window(begin=time(22), until=time(2, 30)))
    first, second = (at("2026-10-25T02:45", "Europe/Berlin", fold) for fold in (0, 1))
    again = at("2026-10-25T02:10", "Europe/Berlin", fold=1)
    assert [is_quiet(moment, agreed) for moment in (first, again, second)] == [False, False, False]
    assert is_quiet(at("2026-10-25T02:29", "Europe/Berlin"), agreed)


def test_a_midnight_that_does_not_exist_ends_a_day_off():
    # In Cairo the clock goes from Thursday, 23:59 to Friday, 01:00 on 24 April 2026.
    agreed = hours("Africa/Cairo", None, frozenset({3}))
    assert due(at("2026-04-23T10:00", "Africa/Cairo"), 0.0, agreed) == at("2026-04-24T01:00", "Africa/Cairo")


def test_without_quiet_hours_every_hour_counts():
    assert due(1_000.0, 4 * HOUR, Hours()) == 1_000.0 + 4 * HOUR
    assert not is_quiet(1_000.0, Hours())


def test_quiet_hours_within_a_day_are_stepped_over():
    siesta = hours(quiet=Window(begin=time(13), until=time(16)))
    assert due(at("2026-03-04T12:30"), HOUR, siesta) == at("2026-03-04T16:30")


def test_a_team_that_works_a_minute_a_week_is_reminded_some_day():
    rarely = hours(quiet=Window(begin=time(0, 1), until=time(0)), days_off=frozenset({1, 2, 3, 4, 5, 6}))
    assert due(at("2026-03-04T09:00"), 120.0, rarely) == at("2026-03-23T00:00")
