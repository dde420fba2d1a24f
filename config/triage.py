"""The table of the configuration for the support team."""

import json
import re
from collections.abc import Callable, Collection
from datetime import time
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from bot.insight.posting import Weekly
from bot.support.handoffs import Reason
from bot.support.hours import Hours, Window
from bot.support.team_rules import Route as TeamRoute
from bot.support.team_rules import TeamRules
from bot.triage.component import COMPONENTS, OTHER
from bot.triage.sorting import CATEGORIES
from config import values
from config.sections import Count, Section
from config.surfaces import Names

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ROUTES = 'a list of tables, such as [{"category": "bug", "who": ["U0123"]}]'
SLACK_CHANNEL = re.compile(r"[CG][A-Z0-9_]+")
DISCORD_CHANNEL = re.compile(r"[0-9]+")


def window(text: str) -> str:
    """A part of the day such as ``18:00-08:00``; empty where none is wanted."""
    if text.strip():
        read_window(text)
    return text.strip()


def read_window(text: str) -> Window | None:
    """The same as a value; None where ``text`` is empty. Raises ValueError."""
    if not text:
        return None
    begin, _, until = (part.strip() for part in text.partition("-"))
    try:
        found = Window(begin=time.fromisoformat(begin), until=time.fromisoformat(until))
    except ValueError:
        found = None
    if found is None or found.begin == found.until or found.begin.tzinfo or found.until.tzinfo:
        raise ValueError('two different times of the day, such as "18:00-08:00"')
    return found


def weekly(text: str) -> str:
    """A time of the week such as ``mon 09:00``; empty where none is wanted."""
    if text.strip():
        read_weekly(text, ZoneInfo("UTC"))
    return " ".join(text.lower().split())


def read_weekly(text: str, zone: ZoneInfo) -> Weekly | None:
    """The same as a value; None where ``text`` is empty. Raises ValueError."""
    if not text:
        return None
    day, _, clock = text.strip().lower().partition(" ")
    try:
        at = time.fromisoformat(clock.strip())
        if day in DAYS and at.tzinfo is None:
            return Weekly(day=DAYS.index(day), at=at, zone=zone)
    except ValueError:
        pass
    raise ValueError('a day and a time, such as "mon 09:00"')


def zone_name(text: str) -> str:
    """The name of a time zone."""
    try:
        ZoneInfo(text)
    except (ValueError, OSError, KeyError) as error:
        raise ValueError('a time zone such as "Europe/Berlin" or "UTC"') from error
    return text


def listed(value: object) -> object:
    """A list of tables; from the environment as JSON."""
    if not isinstance(value, str):
        return value
    if not value.strip():
        return ()
    try:
        return json.loads(value)
    except ValueError as error:
        raise ValueError(ROUTES) from error


def some_days(days: tuple[Day, ...]) -> tuple[Day, ...]:
    """Days off; a team that never works would never be reminded."""
    if len({*days}) == len(DAYS):
        raise ValueError("six days at most")
    return days


def slack_id(text: str) -> str:
    """A channel of Slack by its id; empty where there is none."""
    if text and not SLACK_CHANNEL.fullmatch(text):
        raise ValueError(
            "an id such as C0123ABCD, not a name (in Slack: the channel's name, About, at the bottom)"
        )
    return text


def discord_id(text: str) -> str:
    """A channel of Discord by its id; empty where there is none."""
    if text and not DISCORD_CHANNEL.fullmatch(text):
        raise ValueError(
            "an id of digits, not a name (in Discord: Copy Channel ID, once Developer Mode is switched on)"
        )
    return text


def channel_ids(ids: tuple[str, ...]) -> tuple[str, ...]:
    """Channels of either platform by their ids."""
    if not all(SLACK_CHANNEL.fullmatch(id) or DISCORD_CHANNEL.fullmatch(id) for id in ids):
        raise ValueError("ids such as C0123ABCD (Slack) or digits (Discord), not names")
    return ids


def one_of(names: Collection[str]) -> Callable[[str], str]:
    """Checks that a text is one of the names that triage gives; empty for every."""

    def named(text: str) -> str:
        if text and text not in names:
            raise ValueError(f"one of {', '.join(names)}")
        return text

    return named


class Route(Section):
    """One ``[[triage.routes]]`` table: who should look at what."""

    who: Annotated[Names, Field(min_length=1)]
    """People and groups by their ids."""
    category: Annotated[str, BeforeValidator(values.lowered), AfterValidator(one_of(CATEGORIES))] = ""
    """Empty for every."""
    component: Annotated[
        str, BeforeValidator(values.lowered), AfterValidator(one_of((*COMPONENTS, OTHER)))
    ] = ""
    """Empty for every."""
    hours: Annotated[str, AfterValidator(window)] = ""
    """Empty for always."""


class Triage(Section):
    """``[triage]``: where the support team is, when it is called, and when it is left in peace."""

    slack_channel: Annotated[str, AfterValidator(slack_id)] = ""
    """The team's channel in Slack, by its id."""
    discord_channel: Annotated[str, AfterValidator(discord_id)] = ""
    """The team's channel in Discord, by its id."""
    hand_over_on: Annotated[
        tuple[Literal["asked", "uncertain_twice", "thumbs_down", "urgent"], ...],
        BeforeValidator(values.names),
    ] = ("asked", "uncertain_twice", "thumbs_down", "urgent")
    team: Names = ()
    """Who may press a card's buttons beside the members of the channel."""
    watch: Annotated[Names, AfterValidator(channel_ids)] = ()
    """Channels whose posts are triaged and not answered."""
    routes: Annotated[tuple[Route, ...], BeforeValidator(listed)] = ()
    remind_after: Annotated[str, AfterValidator(values.optional_interval)] = "4h"
    """Empty for never."""
    escalate_after: Annotated[str, AfterValidator(values.optional_interval)] = "8h"
    """Empty for never."""
    escalate_to: Names = ()
    quiet_hours: Annotated[str, AfterValidator(window)] = ""
    quiet_days: Annotated[tuple[Day, ...], BeforeValidator(values.names), AfterValidator(some_days)] = ()
    timezone: Annotated[str, AfterValidator(zone_name)] = "UTC"
    cards_per_minute: Annotated[Count, Field(ge=1, le=60)] = 20
    digest: Annotated[str, AfterValidator(weekly)] = ""
    """When the week's digest is posted; empty for never."""

    @model_validator(mode="after")
    def _somewhere_to_go(self) -> Self:
        if self.watch and not (self.slack_channel or self.discord_channel):
            raise ValueError(
                "has watch, but no team's channel where their posts could go: set slack_channel or "
                "discord_channel"
            )
        return self

    @property
    def digest_time(self) -> Weekly | None:
        """When the week's digest is posted; None for never."""
        return read_weekly(self.digest, ZoneInfo(self.timezone))

    def rules(self) -> TeamRules:
        """The same in the core's words."""
        reasons: tuple[Reason, ...] = self.hand_over_on
        return TeamRules(
            channels={"slack": self.slack_channel, "discord": self.discord_channel},
            on=frozenset(reasons),
            members=frozenset(self.team),
            routes=tuple(_route(route) for route in self.routes),
            hours=Hours(
                zone=ZoneInfo(self.timezone),
                quiet=read_window(self.quiet_hours),
                days_off=frozenset(DAYS.index(day) for day in self.quiet_days),
            ),
            remind_after=_seconds(self.remind_after),
            escalate_after=_seconds(self.escalate_after),
            escalate_to=tuple(self.escalate_to),
            cards_per_minute=self.cards_per_minute,
        )


def _route(route: Route) -> TeamRoute:
    return TeamRoute(
        who=route.who, category=route.category, component=route.component, hours=read_window(route.hours)
    )


def _seconds(interval: str) -> float:
    return float(values.seconds(interval)) if interval.strip() else 0.0
