"""What the support team's work needs from the outside: where hand-offs are kept, and where they are shown."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Literal, Protocol

from bot.channels.posts import Entry
from bot.model import Passage, Place
from bot.support.handoffs import Approved, Card, Case, HandOff, Stage, TeamMessage, Triaged

Triager = Callable[[str, Sequence[Passage]], Awaitable[Triaged]]
"""Classifies a message, with passages as context. Never raises an AnswerError."""

Sign = Literal["seen", "claimed", "resolved", "not_support"]
"""A reaction on the question's message."""


class HandOffs(Protocol):
    """Keeps what was handed over, with who has it. Every method raises LedgerUnavailable.

    Several processes may share it. Each change is one step that only one caller can make; it gives the
    hand-off as it is then, and None where somebody was quicker or the hand-off is unknown.
    """

    async def begin(self, hand_off: HandOff, until: float) -> bool:
        """Keep a new one, whose card nobody else posts before ``until``.

        False, and nothing changes, where its question was handed over before or is unknown.
        """
        ...

    async def case(self, ref: str) -> Case | None:
        """The hand-off of a question, with the question."""
        ...

    async def in_thread(self, place: Place) -> Sequence[HandOff]:
        """The hand-offs of a thread, oldest first."""
        ...

    async def claim(self, ref: str, person: str, now: float, due: float | None) -> HandOff | None:
        """Let ``person`` own an open one; reminders begin anew with ``due``."""
        ...

    async def pass_on(
        self, ref: str, before: Collection[Stage], after: Stage, due: float | None
    ) -> HandOff | None:
        """From one of the states ``before`` to ``after``, the owner kept."""
        ...

    async def end(self, ref: str, stage: Stage, person: str, outcome: str, now: float) -> HandOff | None:
        """Make one that is not over ``resolved`` or ``not_support``; ``person`` owns it then."""
        ...

    async def posted(self, ref: str, message: str) -> None:
        """Note the card's message."""
        ...

    async def put_off(self, ref: str, until: float) -> None:
        """Let nobody post the card before ``until``."""
        ...

    async def unposted(
        self, platforms: Collection[str], now: float, until: float, limit: int
    ) -> Sequence[Case]:
        """Take cards that wait to be posted, the severest and then the oldest first, each to one caller only.

        Nobody else gets them before ``until``.
        """
        ...

    async def waiting(self, platforms: Collection[str]) -> int:
        """How many cards wait to be posted."""
        ...

    async def due(self, platforms: Collection[str], now: float, until: float, limit: int) -> Sequence[Case]:
        """Take those of which somebody is to be reminded, each to one caller only, until ``until``."""
        ...

    async def reminded(
        self, ref: str, until: float, *, now: float, due: float | None, escalated: bool
    ) -> None:
        """Note that somebody was reminded, or that it was escalated, and when the next time is.

        Nothing changes where it is not the caller's any more, who had it ``until``.
        """
        ...

    async def listed(self, *, over: bool, limit: int) -> Sequence[Case]:
        """Those that are not over, most severe and then oldest first; or those that are, latest first."""
        ...

    async def unfinished(self) -> int:
        """How many are not over."""
        ...

    async def cases(self, refs: Collection[str]) -> Sequence[Case]:
        """The hand-offs of these questions that are known, in any order."""
        ...

    async def revisions(self, limit: int) -> Mapping[str, int]:
        """The latest questions that were handed over and not withdrawn, with how often each was edited."""
        ...

    async def wrote(self, message: TeamMessage) -> None:
        """Keep what the team wrote into a thread, as long as its hand-off is kept."""
        ...

    async def approve(self, approved: Approved) -> bool:
        """Keep an answer in place of the one before; False where its hand-off is not resolved, or unknown.

        It stays when its question and hand-off are forgotten.
        """
        ...

    async def unapprove(self, ref: str) -> bool:
        """Let an answer be none any more; False where it was none."""
        ...

    async def approved(self, ref: str) -> Approved | None:
        """The answer that came of a hand-off."""
        ...


class Threads(Protocol):
    """Finds by meaning which of the questions that were handed over resemble another.

    What it holds follows the ledger and can be lost. Every method raises RetrievalUnavailable.
    """

    async def held(self) -> Mapping[str, int]:
        """The refs of the questions that can be found, with their revisions."""
        ...

    async def keep(self, questions: Sequence[Entry]) -> None:
        """Let these be found, in place of what they were before they were edited."""
        ...

    async def remove(self, refs: Collection[str]) -> None:
        """Let these be found no more."""
        ...

    async def similar(self, question: Entry, limit: int) -> Sequence[str]:
        """At most ``limit`` refs, most alike first, none where nothing resembles it.

        From then on the question itself can be found.
        """
        ...


class Room(Protocol):
    """A platform as the support team uses it: the team's channel, and the threads of those who ask.

    Every method raises SurfaceUnavailable.
    """

    @property
    def platform(self) -> str:
        """Its name in places: ``slack``, ``discord``."""
        ...

    async def post(self, channel: str, card: Card) -> str:
        """Post a card with its buttons; the id of its message."""
        ...

    async def redraw(self, channel: str, message: str, card: Card) -> None:
        """Show a card as it is now."""
        ...

    async def remark(self, channel: str, message: str, sentence: str, people: Collection[str] = ()) -> None:
        """Say something below a card, or in the channel where ``message`` is empty; ``people`` are called."""
        ...

    async def tell(self, entry: Entry, sentence: str, *, person: str = "", said: str = "") -> None:
        """Say something in the thread of a question; to the asker alone where it came by a command.

        ``{person}`` in ``sentence`` becomes the mention of ``person``, an id of this platform, or "A member"
        without one; ``said`` is what somebody wrote, shown as it is and calling nobody.
        """
        ...

    async def mark(self, entry: Entry, sign: Sign) -> None:
        """React to the question's message."""
        ...

    async def link(self, entry: Entry) -> str:
        """The address of the question's message; empty where there is none."""
        ...

    async def belongs(self, channel: str, person: str) -> bool:
        """Whether somebody is a member of the team's channel."""
        ...
