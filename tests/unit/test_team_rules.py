"""When the support team is called, who looks, and what resembles what."""

from dataclasses import replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot.channels.posts import Entry
from bot.model import Answer, Place
from bot.support.card_words import kind
from bot.support.handoffs import Case, HandOff
from bot.support.hours import Hours, Window
from bot.support.resembling import alike
from bot.support.team_rules import (
    EVERY_REASON,
    Route,
    TeamRules,
    escalates,
    first_due,
    first_reminder,
    lookers,
    needs_team,
    next_reminder,
)

HERE = Place(platform="slack", workspace="T", channel="C", thread="1")
SURE = Answer(text="x", kind="answered")
UNSURE = replace(SURE, uncertain=True)
NOT_COVERED = Answer(text="x", kind="not_covered")
BERLIN = Hours(zone=ZoneInfo("Europe/Berlin"), quiet=Window(begin=time(18), until=time(8)))


def entry(number=1, text="How is data stored?", answer=None, **fields):
    defaults = {"ref": f"{number:032x}", "place": HERE, "message": str(number), "asker": "ann", "at": 0.0}
    return Entry(**(defaults | {"text": text, "via": "mention", "answer": answer} | fields))


def hand_off(**fields):
    return HandOff(**({"ref": "1", "person": "ann", "reason": "asked", "asked_at": 0.0} | fields))


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN.zone).timestamp()


@pytest.mark.parametrize(
    ("before", "now", "severity", "expected"),
    [
        ([UNSURE], NOT_COVERED, "normal", "uncertain_twice"),
        ([NOT_COVERED, SURE], UNSURE, "low", "uncertain_twice"),
        ([], UNSURE, "high", None),
        ([UNSURE, UNSURE], SURE, "normal", None),
        ([None], UNSURE, "normal", None),
        ([], SURE, "critical", "urgent"),
        ([], None, "critical", "urgent"),
    ],
)
def test_the_team_is_called_for_what_is_critical_or_uncertain_twice(before, now, severity, expected):
    earlier = [entry(number, answer=answer) for number, answer in enumerate(before, start=2)]
    latest = entry(1, answer=now)
    assert needs_team(latest, [*earlier, latest], severity, EVERY_REASON) == expected
    assert needs_team(latest, [*earlier, latest], severity, {"asked"}) is None
    private = replace(latest, via="direct")
    assert needs_team(private, [*earlier, private], severity, EVERY_REASON) is None


def test_the_first_route_that_fits_says_who_looks():
    rules = TeamRules(
        routes=(
            Route(who=("night",), hours=Window(begin=time(18), until=time(8))),
            Route(who=("both",), category="bug", component="Backup"),
            Route(who=("bugs",), category="bug"),
        ),
        hours=replace(BERLIN, quiet=None),
    )
    day, night = at("2026-07-01T12:00"), at("2026-07-01T23:00")
    bug = hand_off(category="bug", component="backup")
    assert lookers(rules, bug, day) == ("both",)
    assert lookers(rules, replace(bug, component="cache"), day) == ("bugs",)
    assert lookers(rules, replace(bug, category="how-to"), day) == ()
    assert lookers(rules, replace(bug, category="how-to"), night) == ("night",)


def test_in_quiet_hours_nobody_is_called_but_for_what_is_critical():
    rules = TeamRules(routes=(Route(who=("ben",)),), hours=BERLIN)
    night = at("2026-07-01T23:00")
    assert lookers(rules, hand_off(), night) == ()
    assert lookers(rules, hand_off(severity="critical"), night) == ("ben",)


def test_what_nobody_claims_is_escalated_and_what_somebody_has_is_not():
    rules = TeamRules(hours=BERLIN, remind_after=4 * 3600, escalate_after=8 * 3600, escalate_to=("boss",))
    asked = at("2026-07-01T09:00")
    first = first_reminder(rules, asked)
    assert first == at("2026-07-01T13:00")
    waiting = hand_off(asked_at=asked)
    assert next_reminder(rules, waiting, first) == at("2026-07-01T17:00")
    late = at("2026-07-02T10:00")
    assert next_reminder(rules, waiting, late) == late
    assert next_reminder(rules, replace(waiting, state="claimed"), first) is None
    assert next_reminder(rules, replace(waiting, escalated_at=late), late) is None
    assert next_reminder(replace(rules, escalate_to=()), waiting, first) is None
    assert first_reminder(TeamRules(), asked) is None


def test_an_escalation_that_comes_before_the_reminder_needs_none():
    rules = TeamRules(hours=BERLIN, remind_after=4 * 3600, escalate_after=3600, escalate_to=("boss",))
    asked, early = at("2026-07-01T17:30"), at("2026-07-02T08:30")
    waiting = hand_off(asked_at=asked)
    for agreed in (rules, replace(rules, remind_after=0.0)):
        assert first_due(agreed, asked) == early
        assert not escalates(agreed, waiting, early - 1)
        assert escalates(agreed, waiting, early)
    assert not escalates(rules, replace(waiting, state="claimed"), early)
    assert not escalates(rules, replace(waiting, escalated_at=early), early)
    assert not escalates(replace(rules, escalate_to=()), waiting, early)
    assert first_due(replace(rules, escalate_after=0.0), asked) == first_reminder(rules, asked)
    assert first_due(TeamRules(), asked) is None


def test_one_channel_serves_every_platform_and_two_serve_their_own():
    both = TeamRules(channels={"slack": "C", "discord": "D"})
    assert [both.room_for(name) for name in ("slack", "discord")] == [("slack", "C"), ("discord", "D")]
    one = TeamRules(channels={"slack": "C", "discord": ""})
    assert one.room_for("discord") == ("slack", "C")
    assert TeamRules(channels={"slack": ""}).room_for("slack") == ("", "")


def case(number, text, thread=""):
    place = replace(HERE, thread=thread or str(number))
    return Case(hand_off=hand_off(ref=str(number)), entry=entry(number, text, place=place))


def test_earlier_threads_are_found_by_the_words_they_share():
    earlier = [
        case(2, "Backup to S3 fails with access denied"),
        case(3, "How do I create an index on a JSON field?"),
        case(4, "S3 backup: access was denied after the upgrade"),
        case(5, "Why does my backup to the S3 bucket fail?"),
        case(6, "The backup to S3 is denied access"),
    ]
    asked = case(1, "My backup to S3 fails: access denied")
    found = [other.entry.message for other in alike(asked, earlier)]
    assert len(found) == 3
    assert found[0] == "2"
    assert "3" not in found


@pytest.mark.parametrize("text", ["", "?!", "the of and", "x" * 100_000, "全く違う質問です"])
def test_a_question_that_shares_nothing_resembles_nothing(text):
    assert list(alike(case(1, text), [case(2, "Backup to S3 fails"), case(3, "")])) == []


def test_the_same_thread_is_no_earlier_one():
    assert list(alike(case(1, "Backup to S3 fails", "t"), [case(2, "Backup to S3 fails", "t")])) == []


def test_a_category_that_is_hardly_known_says_so():
    sure = hand_off(category="bug", severity="high", component="backup", confidence=0.6)
    assert kind(sure) == "bug · high · backup"
    assert kind(replace(sure, confidence=0.59)) == "bug · high · backup · category unsure"
    assert kind(hand_off()) == "not sorted · normal"
