"""The words in which people look back at questions: a record, what to look for, the light figures of many."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from bot.channels.posts import Entry, Rating, State, Vote
from bot.model import Kind
from bot.support.handoffs import HandOff, Stage, TeamMessage

Outcome = Literal[
    "answered", "uncertain", "not_covered", "clarify", "declined", "failed", "open", "withdrawn", "triaged"
]
"""What became of a question, in one word: a text that quotes the pages counts as an answer, one that may
not answer as uncertain. ``triaged`` is a post that nobody wanted answered, so it is no question."""

OUTCOMES: tuple[Outcome, ...] = (
    "answered", "uncertain", "not_covered", "clarify", "declined", "failed", "open", "withdrawn", "triaged",
)  # fmt: skip
ANSWERED_KINDS = ("answered", "extract")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which questions are looked for; what is empty or None does not matter."""

    state: State | Literal[""] = ""
    kind: Kind | Literal[""] = ""
    platform: str = ""
    channel: str = ""
    vote: Vote | Literal["any", ""] = ""
    """Somebody gave that vote; ``any``: either."""
    uncertain: bool | None = None
    """Whether the answer may not answer."""
    stage: Stage | Literal["any", ""] = ""
    """Of the hand-off to people; ``any``: handed over at all."""
    category: str = ""
    """Of the hand-off, as triage sorted it."""
    severity: str = ""
    owner: str = ""
    """Who has taken it on, by the platform's id."""
    unmet: bool = False
    """Those alone that the documentation may not have served: not covered, doubtful, or voted down."""
    text: str = ""
    """Stands in the question or its answer, case ignored."""
    since: float | None = None
    """Seconds since the epoch, the first that counts."""
    until: float | None = None
    """Seconds since the epoch, the first that does not count any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A question as it is looked back at."""

    entry: Entry
    ups: int = 0
    downs: int = 0
    hand_off: HandOff | None = None
    """Where people took it over, or are to."""
    approved: str = ""
    """The answer that the support team lets others find; empty without one."""

    @property
    def outcome(self) -> Outcome:
        """What became of it."""
        answer = self.entry.answer
        kind = answer.kind if answer else None
        return outcome(self.entry.state, kind, uncertain=bool(answer and answer.uncertain))


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPage:
    """A part of all that was found, latest question first."""

    records: Sequence[Record]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """The few facts of one question that charts are drawn from."""

    at: float
    """Seconds since the epoch."""
    platform: str
    channel: str
    outcome: Outcome
    ups: int = 0
    downs: int = 0
    total_ms: float | None = None
    """Milliseconds from question to answer; None without an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A whole thread: its questions, oldest first, with what people said about the answers."""

    records: Sequence[Record]
    ratings: Sequence[Rating] = ()
    """Oldest first."""
    messages: Sequence[TeamMessage] = ()
    """What the team wrote through its cards, oldest first."""


class Records(Protocol):
    """Where questions are looked up. Every method raises LedgerUnavailable."""

    async def page(self, filters: Filters, *, limit: int, offset: int = 0) -> RecordPage:
        """At most ``limit`` of what was found, behind the first ``offset``."""
        ...

    async def all(self, filters: Filters, *, limit: int) -> Sequence[Record]:
        """At most the latest ``limit`` of what was found, latest first."""
        ...

    async def story(self, ref: str) -> Story | None:
        """The thread of that question; None where it is unknown."""
        ...

    async def marks(self, since: float, until: float, *, limit: int) -> Sequence[Mark]:
        """The facts of the latest ``limit`` questions of that time, latest first."""
        ...

    async def channels(self) -> Sequence[tuple[str, str]]:
        """Every platform and channel that questions came from, in order."""
        ...


def outcome(state: State, kind: Kind | None, *, uncertain: bool) -> Outcome:
    """What became of a question in that state whose answer, if any, is of that kind."""
    if state in {"open", "withdrawn", "triaged"}:
        return state
    if state == "failed" or kind is None:
        return "failed"
    if kind in ANSWERED_KINDS:
        return "uncertain" if uncertain else "answered"
    return "declined" if kind == "declined" else "clarify" if kind == "clarify" else "not_covered"
