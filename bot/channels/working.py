"""Works on the questions that this process holds, each in a job of its own, and leaves those it has lost."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from uuid import uuid4

from bot import wording
from bot.channels import conversing, phrases
from bot.channels.delivering import Delivery, Ending
from bot.channels.jobs import Jobs
from bot.channels.ports import Ledger, Reply, Surface
from bot.channels.posts import Entry, Lease
from bot.channels.replying import Replier, quietly
from bot.errors import LedgerUnavailable, SurfaceUnavailable
from bot.model import Turn
from bot.support.handing import SupportTeam
from bot.tracing import question_ref

log = logging.getLogger(__name__)
LEASE_SECONDS = 20.0
"""How long after the end of a process its questions wait for another one."""
HAND_OVER_SECONDS = 4.0
"""So long after an edit another process may still draw the answer to the text before."""
ATTEMPTS = 3
"""After so many processes that did not finish it a question is given up."""


class Work:
    """What one process does for the questions of one surface."""

    def __init__(  # noqa: PLR0913 - its collaborators, each named
        self,
        *,
        replier: Replier,
        ledger: Ledger,
        room: asyncio.Semaphore,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        team: SupportTeam | None,
    ) -> None:
        self._replier, self._ledger, self._team = replier, ledger, team
        self._room, self._clock, self._sleep = room, clock, sleep
        self._owner = uuid4().hex
        self._jobs = Jobs()
        self._held: set[str] = set()

    def __contains__(self, ref: str) -> bool:
        """Whether an answer to the question is on its way here."""
        return ref in self._held

    def lease(self, seconds: float = LEASE_SECONDS) -> Lease:
        """What says that a question is this process's."""
        return Lease(owner=self._owner, until=self._clock() + seconds)

    async def begin(self, entry: Entry, surface: Surface, secrets: Sequence[str] = ()) -> None:
        """Answer a question; returns when that is done or was stopped.

        ``secrets`` are the kinds that were taken out of it.
        """
        await self._jobs.run(entry.ref, self._answer(entry, surface, secrets))

    async def begin_anew(self, entry: Entry, surface: Surface, *, was_open: bool) -> None:
        """Answer another revision of a question, in the same messages."""
        elsewhere = was_open and entry.ref not in self._jobs
        while entry.ref in self._jobs:
            await self._jobs.stop(entry.ref)
        pause = HAND_OVER_SECONDS if elsewhere else 0.0
        await self._jobs.run(entry.ref, self._answer(entry, surface, pause=pause))

    async def leave(self, ref: str, surface: Surface) -> None:
        """Stop what is written here; the words of a question that was withdrawn go.

        Raises LedgerUnavailable.
        """
        await self._jobs.stop(ref)
        known = await self._ledger.entry(ref)
        if known is not None and known.state == "withdrawn" and known.reply:
            reply = self._reply(known, surface)
            await quietly(reply.retract())
            await reply.leave()

    async def hold(self, surface: Surface) -> None:
        """Keep what is worked on here, and leave what was deleted, edited or taken over elsewhere.

        Raises LedgerUnavailable.
        """
        if held := set(self._held):
            kept = await self._ledger.renew(held, self.lease())
            for ref in (held - set(kept)) & self._held:
                log.info("left to others")
                self._held.discard(ref)
                self._jobs.start(f"leave {ref}", quietly(self.leave(ref, surface)))

    async def take_up(self, surface: Surface) -> None:
        """Go on with what others left unfinished. Raises LedgerUnavailable."""
        for entry in await self._ledger.take_over(surface.platform, self.lease(), self._clock()):
            if entry.ref not in self._jobs:
                log.info("taken over", extra={"attempts": entry.attempts})
                self._jobs.start(entry.ref, self._resume(entry, surface))

    async def drain(self, seconds: float) -> None:
        """Let answers come to their end for so long; what is left then is for the next process."""
        for ref in await self._jobs.drain(seconds):
            await quietly(self._ledger.release(ref, self._clock()))

    async def _resume(self, entry: Entry, surface: Surface) -> None:
        if entry.via != "triage":
            await self._answer(await self._noted(entry, surface), surface)
        elif self._team:
            await quietly(self._team.resume(entry))

    async def _answer(
        self, entry: Entry, surface: Surface, secrets: Sequence[str] = (), *, pause: float = 0.0
    ) -> None:
        self._held.add(entry.ref)
        with question_ref(entry.ref[:8]):
            try:
                if pause:
                    await self._sleep(pause)
                    entry = await self._noted(entry, surface)
                await self._write(entry, surface, secrets)
            except LedgerUnavailable as error:
                # What was shown stays; nobody renews the lease, and whoever takes it over writes it anew.
                log.error("end of an answer not kept", extra={"reason": error.reason})
            finally:
                self._held.discard(entry.ref)
            if self._team:
                await quietly(self._team.answered(entry.ref))

    async def _write(self, entry: Entry, surface: Surface, secrets: Sequence[str]) -> None:
        delivery = self._delivery(entry, surface)
        try:
            ending = Ending(sentence=phrases.GIVEN_UP)
            if entry.attempts < ATTEMPTS:
                await delivery.reply.status(wording.SEARCHING)
                ending = await self._written(entry, surface, delivery.reply, secrets)
            if entry.attempts and entry.reply and not (ending.answer or ending.written):
                await delivery.reply.leave()
                delivery = self._delivery(entry, surface, below=True)
            await self._end(entry, ending, delivery)
        finally:
            await delivery.reply.leave()

    async def _written(self, entry: Entry, surface: Surface, reply: Reply, secrets: Sequence[str]) -> Ending:
        notices = [wording.masked(secrets)] if secrets else []
        async with self._room:
            history = await self._history(entry, surface)
            return await self._replier.write(entry, history, reply, notices)

    async def _end(self, entry: Entry, ending: Ending, delivery: Delivery) -> None:
        if await self._replier.wanted(entry):
            shown = ending if _is_unsaid(entry, ending) else await delivery.bring(ending)
            self._held.discard(entry.ref)  # from here on it is no loss that it is not open
            if await self._replier.close(entry, shown):
                return
        known = await self._ledger.entry(entry.ref)
        if known is not None and known.state == "withdrawn":
            await quietly(delivery.reply.retract())

    async def _history(self, entry: Entry, surface: Surface) -> Sequence[Turn]:
        if entry.via == "command" or entry.place.thread == entry.message:
            return ()
        entries = await self._ledger.in_thread(entry.place)
        try:
            return conversing.turns(await surface.thread(entry.place), entries, entry)
        except SurfaceUnavailable as error:
            log.info("thread not readable", extra={"reason": error.reason})
            return conversing.remembered(entries, entry)

    async def _noted(self, entry: Entry, surface: Surface) -> Entry:
        """With the messages that were begun for it, even where nobody came to note them."""
        try:
            known = await self._ledger.entry(entry.ref)
            if known and known.reply:
                return replace(entry, reply=known.reply)
            entries = await self._ledger.in_thread(entry.place)
            thread = await surface.thread(entry.place)
        except (SurfaceUnavailable, LedgerUnavailable):
            return entry
        return replace(entry, reply=conversing.orphan(thread, entries, entry))

    def _delivery(self, entry: Entry, surface: Surface, *, below: bool = False) -> Delivery:
        """``below`` what was shown of an answer, which an apology must not replace."""

        async def again() -> Reply:
            return self._reply(entry if below else await self._noted(entry, surface), surface, below=below)

        return Delivery(self._reply(entry, surface, below=below), again, self._sleep)

    def _reply(self, entry: Entry, surface: Surface, *, below: bool = False) -> Reply:
        before = f"{entry.reply} " if below else ""

        async def posted(ids: str) -> None:
            await quietly(self._ledger.replying(entry.ref, before + ids))

        # To the platform what stands below is another try, whose messages are new.
        shown = replace(entry, reply="", revision=entry.revision + 1) if below else entry
        return surface.reply(shown, posted)


def _is_unsaid(entry: Entry, ending: Ending) -> bool:
    """Whether nothing is shown: who did not ask the bot need not hear that it found nothing."""
    nothing = ending.answer is not None and ending.answer.kind == "not_covered"
    return nothing and entry.via == "auto" and not (entry.reply or ending.written)
