"""Reads what an address asks for: filters, page and period (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, get_args
from urllib.parse import urlencode

from bot.channels.posts import State, Vote
from bot.insight.records import Filters
from bot.model import Kind
from bot.support.handoffs import Stage
from bot.triage.sorting import Category, Severity

PERIODS = (7, 30, 90, 365)
"""Days that can be chosen."""
USUAL_DAYS = 30
DAY_SECONDS = 86_400.0
PAGE_SIZE = 50
LAST_PAGE = 100_000
LONGEST = 200
GIVEN = ("state", "kind", "vote", "stage", "category", "severity", "owner")
"""Fields that the ledger is asked as they are."""
CHOICES: Mapping[str, tuple[str, ...]] = {
    "state": get_args(State),
    "kind": get_args(Kind),
    "vote": (*get_args(Vote), "any"),
    "stage": ("any", *get_args(Stage)),
    "category": get_args(Category),
    "severity": get_args(Severity),
    "uncertain": ("yes", "no"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a list was asked for, and what was not understood of it."""

    values: Mapping[str, str]
    """By field; those that hold something."""
    page: int
    """From 1."""
    unclear: tuple[str, ...]
    """Sentences about values that were left out."""

    def filters(self) -> Filters:
        """The same as the ledger is asked."""
        given: dict[str, Any] = {name: self.values[name] for name in GIVEN if name in self.values}
        platform, _, channel = self.values.get("where", "").partition("/")
        doubt = self.values.get("uncertain")
        ends = _day(self.values.get("until", ""))
        return Filters(
            **given,
            platform=platform,
            channel=channel,
            uncertain=None if doubt is None else doubt == "yes",
            text=self.values.get("q", ""),
            since=_day(self.values.get("since", "")),
            until=None if ends is None else ends + DAY_SECONDS,
        )

    def query(self, page: int = 1) -> str:
        """The part of an address behind ``?`` that asks for another page of the same."""
        return urlencode(dict(self.values) | ({"page": str(page)} if page > 1 else {}))


def asked(query: Mapping[str, str]) -> Asked:
    """What the ``query`` of an address asks for; never an error."""
    values: dict[str, str] = {}
    unclear = []
    for name in ("q", "where", "owner", "since", "until", *CHOICES):
        value = query.get(name, "").strip()[:LONGEST]
        if not value:
            continue
        if name in CHOICES and value not in CHOICES[name]:
            unclear.append(f"There is no such choice for {name!r}; it was left out.")
        elif name in {"since", "until"} and _day(value) is None:
            unclear.append("A date looks like 2026-11-21; what was given was left out.")
        else:
            values[name] = value
    return Asked(values=values, page=_page(query.get("page", "")), unclear=tuple(unclear))


def period(query: Mapping[str, str]) -> int:
    """How many days are looked at: one of ``PERIODS``."""
    wanted = query.get("days", "")
    return int(wanted) if wanted in {str(days) for days in PERIODS} else USUAL_DAYS


def local(path: str) -> str:
    """``path`` where it leads to one of our pages; the first page otherwise.

    >>> local("/t/1"), local("//elsewhere.example"), local("https://elsewhere.example")
    ('/t/1', '/', '/')
    """
    plain = path.isascii() and path.isprintable() and "\\" not in path and len(path) <= 2000
    return path if plain and path.startswith("/") and not path.startswith("//") else "/"


def _page(text: str) -> int:
    return min(max(int(text), 1), LAST_PAGE) if text.isascii() and text.isdigit() and len(text) < 8 else 1


def _day(text: str) -> float | None:
    """Its beginning in UTC, in seconds since the epoch."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).timestamp()
    except (ValueError, OverflowError):
        return None
