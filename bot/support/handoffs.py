"""The words for a question that people take over: the hand-off, and what its card shows."""

from dataclasses import dataclass
from typing import Literal, Protocol

from bot.channels.posts import Entry

Reason = Literal["asked", "uncertain_twice", "thumbs_down", "urgent", "triage_only"]
"""Somebody pressed "Get a human"; two answers of a thread were uncertain; an answer was voted down; the
message is critical; nobody asked for an answer, only for triage."""

Stage = Literal["open", "claimed", "details_asked", "resolved", "not_support"]
"""The last two are final."""

HELD: frozenset[Stage] = frozenset({"claimed", "details_asked"})
"""A person has it: Docent keeps silent in its thread."""
OVER: frozenset[Stage] = frozenset({"resolved", "not_support"})


class Triaged(Protocol):
    """What triage says of a message."""

    @property
    def category(self) -> str:
        """Such as ``bug`` or ``how-to``."""
        ...

    @property
    def severity(self) -> str:
        """``critical``, ``high``, ``normal`` or ``low``."""
        ...

    @property
    def component(self) -> str:
        """The part of the product; empty where it is not known."""
        ...

    @property
    def confidence(self) -> float:
        """0 to 1."""
        ...

    @property
    def summary(self) -> str:
        """One line."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOff:
    """One question that the support team has on its list. Times are seconds since the epoch."""

    ref: str
    """The question's, ``Entry.ref``: one hand-off a question."""
    person: str
    """Who wants a person; for ``triage_only`` who wrote the message."""
    reason: Reason
    asked_at: float
    category: str = ""
    """This and the next four are of triage; empty where it was not done."""
    severity: str = "normal"
    component: str = ""
    summary: str = ""
    confidence: float = 0.0
    state: Stage = "open"
    owner: str = ""
    """Who of the team has it, by the id of the card's platform."""
    outcome: str = ""
    """What came of it, in a line."""
    card_platform: str = ""
    card_channel: str = ""
    """The team's channel; empty where there was none when it was handed over."""
    card_message: str = ""
    """Empty until the card is posted."""
    claimed_at: float | None = None
    resolved_at: float | None = None
    due_at: float | None = None
    """When somebody is reminded next."""
    reminded_at: float | None = None
    escalated_at: float | None = None
    approved_at: float | None = None
    """When its outcome became an answer for others; None where it is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """An answer of the support team's that later questions find."""

    ref: str
    """Of the hand-off it came of."""
    question: str
    """In one line."""
    answer: str
    """Markdown."""
    url: str = ""
    """The address of the thread; empty where others cannot read it."""
    platform: str = ""
    person: str = ""
    """Who approved it, by the id of ``platform``."""
    at: float = 0.0
    """Seconds since the epoch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamMessage:
    """What somebody of the team wrote into the thread through the card."""

    ref: str
    """Of the hand-off."""
    kind: Literal["reply", "details"]
    """An answer, or a question for details."""
    platform: str
    """Of the card."""
    person: str
    """Who wrote it, by the id of ``platform``; empty where that is forgotten."""
    text: str
    """Without secrets."""
    at: float
    """Seconds since the epoch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenList:
    """What is open, as far as it is shown."""

    cards: tuple["Card", ...]
    """The most severe, and then the oldest, first."""
    total: int
    """How many are open."""
    inbox: str = ""
    """The address of the page that lists all; empty where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A hand-off with its question."""

    hand_off: HandOff
    entry: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    """Another thread that resembles this one; it may be open still."""

    case: Case
    link: str
    """Empty where it is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What the support team reads of a case."""

    case: Case
    link: str = ""
    """The address of the question's message; empty where it is not known."""
    story: str = ""
    """The address of the page that tells all of it; empty where there is none."""
    lookers: tuple[str, ...] = ()
    """Who should look: people and groups by the ids of the card's platform."""
    similar: tuple[Similar, ...] = ()
