"""The support team's table of the configuration."""

from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.insight.posting import Weekly
from bot.support.hours import Hours, Window
from bot.support.team_rules import EVERY_REASON, Route, TeamRules
from config.errors import ConfigurationError
from config.settings import Settings, load_settings

TABLE = """
[triage]
slack_channel = "C1"
hand_over_on = ["asked", "urgent"]
team = ["U1"]
remind_after = ""
escalate_after = "2h"
escalate_to = ["U9"]
quiet_hours = "18:00-08:00"
quiet_days = ["sat", "sun"]
timezone = "Europe/Berlin"

[[triage.routes]]
category = "Bug"
component = "storage"
hours = "08:00-18:00"
who = ["U1", "S2"]

[[triage.routes]]
who = ["U3"]
"""


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def loaded(text: str, **environ: str) -> Settings:
    Path("docent.toml").write_text(text)
    return load_settings(environ=environ)


def test_the_table_becomes_the_teams_rules():
    day = Window(begin=time(8), until=time(18))
    assert loaded(TABLE).triage.rules() == TeamRules(
        channels={"slack": "C1", "discord": ""},
        on=frozenset({"asked", "urgent"}),
        members=frozenset({"U1"}),
        routes=(Route(who=("U1", "S2"), category="bug", component="storage", hours=day), Route(who=("U3",))),
        hours=Hours(
            zone=ZoneInfo("Europe/Berlin"),
            quiet=Window(begin=time(18), until=time(8)),
            days_off=frozenset({5, 6}),
        ),
        remind_after=0.0,
        escalate_after=7200.0,
        escalate_to=("U9",),
    )


def test_without_the_table_all_reasons_count_and_nobody_is_called():
    rules = loaded("").triage.rules()
    assert rules.on == EVERY_REASON
    assert rules.room_for("slack") == ("", "")


def test_routes_come_from_the_environment_as_json():
    found = loaded("", DOCENT_TRIAGE__ROUTES='[{"who": ["U1"], "category": "bug"}]')
    assert found.triage.rules().routes == (Route(who=("U1",), category="bug"),)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('timezone = "Europe/Atlantis"', "a time zone such as"),
        ('timezone = "../../etc/passwd"', "a time zone such as"),
        ('timezone = ""', "a time zone such as"),
        ('quiet_hours = "18-8"', "two different times of the day"),
        ('quiet_hours = "08:00-08:00"', "two different times of the day"),
        ('quiet_hours = "night"', "two different times of the day"),
        ('quiet_days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]', "six days at most"),
        ('quiet_days = ["Sunday"]', "quiet_days"),
        ('hand_over_on = ["always"]', "hand_over_on"),
        ('remind_after = "soon"', "remind_after"),
        ("cards_per_minute = 0", "cards_per_minute"),
        ('routes = [{ category = "bug" }]', "who"),
        ("routes = [{ who = [] }]", "who"),
        (
            'routes = [{ who = ["U1"], categroy = "bug" }]',
            "number 1: categroy is not a known key. Did you mean category?",
        ),
        ("routes = [{}]", "[[triage.routes]] number 1 has no who; every route needs one"),
        (
            'routes = [{ who = ["U1"], category = "bugs" }]',
            'number 1: category is "bugs"; expected one of bug, how-to',
        ),
        (
            'routes = [{ who = ["U1"], component = "nosuch" }]',
            'component is "nosuch"; expected one of search',
        ),
        ("routes = 5", "each headed [[triage.routes]]"),
        ('slack_channel = "#support"', "an id such as C0123ABCD, not a name"),
        ('slack_channel = "support"', "an id such as C0123ABCD, not a name"),
        ('discord_channel = "support"', "an id of digits, not a name"),
        ('watch = ["#help"]\nslack_channel = "C1"', "watch is a list; expected ids such as C0123ABCD"),
        ('watch = ["C2"]', "has watch, but no team's channel"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_was_expected(line, said):
    with pytest.raises(ConfigurationError) as caught:
        loaded(f"[triage]\n{line}")
    assert said in str(caught.value)


def test_the_digests_time_is_of_the_teams_clock_and_empty_is_never():
    found = loaded('[triage]\ndigest = " MON  09:30 "\ntimezone = "Europe/Berlin"\n').triage
    assert found.digest == "mon 09:30"
    assert found.digest_time == Weekly(day=0, at=time(9, 30), zone=ZoneInfo("Europe/Berlin"))
    assert loaded("").triage.digest_time is None


@pytest.mark.parametrize("text", ["monday", "09:00", "mon", "mon 25:00", "mon 09:00+02:00", "day 09:00"])
def test_no_time_of_the_week_is_refused(text):
    with pytest.raises(ConfigurationError, match="a day and a time"):
        loaded(f'[triage]\ndigest = "{text}"\n')


def test_how_long_the_ledger_keeps_is_an_age_or_for_ever():
    assert loaded("").ledger.keep_seconds == 400 * 86_400
    assert loaded("", DOCENT_LEDGER__KEEP="").ledger.keep_seconds is None
    with pytest.raises(ConfigurationError, match="up to a hundred years"):
        loaded('[ledger]\nkeep = "for ever"\n')
