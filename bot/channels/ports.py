"""What following a channel needs from the outside: where questions are kept, and where people read."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Protocol

from bot.channels.forgetting import Purge, Purged
from bot.channels.posts import Entry, Lease, Post, Rating, State
from bot.model import Answer, Place


class Ledger(Protocol):
    """Keeps every question with what became of it, so that each is answered once.

    Several processes may share one ledger. Every method raises LedgerUnavailable.
    """

    async def claim(self, entry: Entry, lease: Lease) -> bool:
        """Write a new entry, unless its message is known already: then False, and nothing changes.

        A message is known by its platform, channel and id.
        """
        ...

    async def reopen(self, ref: str, text: str, lease: Lease, *, revision: int) -> Entry | None:
        """Begin the revision after ``revision`` of an entry that is not withdrawn.

        None, and nothing changes, where it is withdrawn, unknown, or at another revision: of many callers
        that saw the same one, one succeeds.
        """
        ...

    async def renew(self, refs: Collection[str], lease: Lease) -> Collection[str]:
        """Let those of ``refs`` that are open and ``lease.owner``'s be its own until ``lease.until``.

        Gives them; the others were ended, withdrawn, or are somebody else's by now.
        """
        ...

    async def release(self, ref: str, until: float) -> None:
        """Give an open entry up: from ``until`` on anybody may take it over."""
        ...

    async def take_over(self, platform: str, lease: Lease, now: float) -> Sequence[Entry]:
        """Lease the open entries whose lease is over, one more attempt counted; each to one caller only."""
        ...

    async def replying(self, ref: str, reply: str) -> None:
        """Note the messages that the answer is written into (``Entry.reply``)."""
        ...

    async def close(
        self, ref: str, *, revision: int, state: State, answer: Answer | None, now: float
    ) -> bool:
        """End an open entry; False, and nothing changes, where it is withdrawn or at another revision.

        Of the answer's passages the first five are kept, without their text.
        """
        ...

    async def withdraw(self, place: Place, message: str) -> Entry | None:
        """Mark the entry of a message that was deleted, and give it as it was before; None if unknown."""
        ...

    async def entry(self, ref: str) -> Entry | None:
        """The entry of that name."""
        ...

    async def asked(self, place: Place, message: str) -> Entry | None:
        """The entry of a message, by its platform, channel and id."""
        ...

    async def in_thread(self, place: Place, limit: int = 50) -> Sequence[Entry]:
        """The latest entries of a thread, oldest first; a thread is known by platform, channel and id."""
        ...

    async def rate(self, rating: Rating) -> None:
        """Keep what a person thinks of an answer, in place of what they said before ``rating.at``."""
        ...

    async def ratings(self, ref: str) -> Sequence[Rating]:
        """What people think of an answer."""
        ...

    async def pause(self, place: Place, *, paused: bool, by: str, now: float) -> None:
        """Stop or start answering in the workspace of ``place``."""
        ...

    async def paused(self, place: Place) -> bool:
        """Whether the workspace of ``place`` is paused."""
        ...

    async def purge(self, what: Purge, *, dry_run: bool = False) -> Purged:
        """Let questions leave, with their answers, ratings and hand-offs; harmless twice.

        By age alone, what somebody still works on is kept. Of one person everything leaves: what is not
        done yet is withdrawn and emptied, and where the person is named beside others' questions, the
        name goes. Approved answers stay. With ``dry_run`` nothing changes.
        """
        ...


class Reply(Protocol):
    """One answer on its way to a channel. ``finish``, ``fail`` and ``retract`` raise SurfaceUnavailable."""

    async def status(self, step: str) -> None:
        """Show what is being done; never fails, and never waits for long."""
        ...

    async def write(self, text: str) -> None:
        """Show the next words of the answer; never fails: what cannot be shown now is shown at the end."""
        ...

    async def finish(self, answer: Answer, notices: Sequence[str]) -> None:
        """Show the whole answer with its sources and buttons, and the notices beside it."""
        ...

    async def fail(self, sentence: str) -> None:
        """What was written stays; a sentence says what happened, and a button asks again."""
        ...

    async def retract(self) -> None:
        """Take away what was written: the question is gone."""
        ...

    async def leave(self) -> None:
        """Stop writing; somebody else goes on with the same messages. Never fails."""
        ...


class Surface(Protocol):
    """A platform on which people ask."""

    @property
    def platform(self) -> str:
        """Its name in places: ``slack``, ``discord``."""
        ...

    async def thread(self, place: Place) -> Sequence[Post]:
        """The messages of a thread, oldest first, at most the latest hundred. Raises SurfaceUnavailable."""
        ...

    def reply(self, entry: Entry, posted: Callable[[str], Awaitable[None]]) -> Reply:
        """Where the answer to ``entry`` goes; into the messages of ``entry.reply`` where there are any.

        ``posted`` is told the ids (as in ``Entry.reply``) whenever a message was added.
        """
        ...

    async def whisper(self, post: Post, sentence: str) -> None:
        """Tell the author of ``post`` alone, as far as the platform can. Raises SurfaceUnavailable."""
        ...
