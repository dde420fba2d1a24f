"""Attends to the channels: takes questions, each once, and follows what becomes of them."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from bot import wording
from bot.channels import conversing, listening, phrases
from bot.channels.jobs import Jobs
from bot.channels.listening import Rules
from bot.channels.occasions import Occasions
from bot.channels.pacing import Pace
from bot.channels.ports import Ledger, Reply, Surface
from bot.channels.posts import Entry, Lease, Post, Via
from bot.channels.replying import ATTEMPTS, Replier, quietly
from bot.errors import LedgerUnavailable, SurfaceUnavailable
from bot.model import Place, Turn
from bot.question.masking import masked
from bot.support import team_phrases
from bot.support.handing import SupportTeam
from bot.tracing import question_ref

log = logging.getLogger(__name__)
LEASE_SECONDS = 20.0
"""How long after the end of a process its questions wait for another one."""
TEND_SECONDS = 5.0
ADDRESSED: frozenset[Via] = frozenset({"mention", "direct", "command", "shortcut"})
"""Who asked so is told why there is no answer; others never meant the bot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FairUse:
    """How much is answered at the same time, and for one person."""

    concurrent_answers: int = 16
    questions_per_minute: int = 20
    edit_seconds: float = 120.0
    """How long after it was asked an edited question is answered anew."""


class Attendant:
    """What happens to each message, edit and deletion that one surface reports."""

    def __init__(  # noqa: PLR0913 - its collaborators, each named
        self,
        *,
        replier: Replier,
        ledger: Ledger,
        rules: Rules,
        fair: FairUse,
        room: asyncio.Semaphore | None = None,
        clock: Callable[[], float] = time.time,
        team: SupportTeam | None = None,
    ) -> None:
        """``room`` is for the answers of all surfaces together. ``clock`` gives seconds since the epoch."""
        self._team, self._occasions = team, Occasions(ledger=ledger, rules=rules, team=team)
        self._replier, self._ledger, self._rules = replier, ledger, rules
        self._fair, self._clock = fair, clock
        self._owner = uuid4().hex
        self._room = room or asyncio.Semaphore(fair.concurrent_answers)
        self._pace = Pace(fair.questions_per_minute, clock)
        self._jobs = Jobs()

    async def attend(self, post: Post, surface: Surface) -> None:
        """Answer ``post`` if it is for the bot, and nobody has taken it yet; returns when that is done."""
        if post.by != "human":
            return
        try:
            via = await self._occasions.of(post, surface)
            if via == "triage":
                await self._triage(post)
            elif via is not None:
                await self.take(post, surface, via)
        except LedgerUnavailable as error:
            log.error("question not taken", extra={"reason": error.reason})
            if post.direct or post.mentions_bot:
                await quietly(surface.whisper(post, phrases.LEDGER_DOWN))

    async def take(self, post: Post, surface: Surface, via: Via) -> bool:
        """Answer ``post`` unless that is barred, or it was asked before (then False)."""
        refused = await self._refusal(post)
        if refused:
            if via in ADDRESSED:
                await quietly(surface.whisper(post, refused))
            return True
        text, secrets = masked(post.text)
        entry = _entry(replace(post, text=text), via)
        if not await self._ledger.claim(entry, self._lease()):
            return False
        if not self._pace.allows(f"{entry.place.platform} {entry.asker}"):
            await self._ledger.close(entry.ref, revision=0, state="failed", answer=None, now=self._clock())
            await quietly(surface.whisper(post, phrases.TOO_MANY))
            return True
        await self._jobs.run(entry.ref, self._work(entry, surface, secrets))
        return True

    async def triage(self, post: Post, person: str) -> str:
        """Put a message on the support team's list, unanswered; what ``person`` reads, who wanted that.

        Raises LedgerUnavailable.
        """
        return await self._team.triage(post, person, self._lease()) if self._team else team_phrases.NO_TEAM

    async def edited(self, post: Post, surface: Surface) -> None:
        """A message has a new text: answer it anew in the same place, where it is a question still young."""
        if post.by != "human" or self._clock() - post.at > self._fair.edit_seconds:
            return
        entry = await self._ledger.asked(post.place, post.id)
        if entry is None:
            await self.attend(post, surface)
        elif entry.via != "triage" and entry.text != (text := masked(post.text)[0]):
            await self._again(entry.ref, text, surface)

    async def deleted(self, place: Place, message: str, surface: Surface) -> None:
        """A message is gone: leave off answering it. An answer that is complete stays."""
        before = await self._ledger.withdraw(place, message)
        if before is not None and self._team:
            await self._team.withdrawn(before.ref)
        if before is None or before.state != "open":
            return
        await self._jobs.stop(before.ref)
        if (known := await self._ledger.entry(before.ref)) and known.reply:
            await quietly(self._reply(known, surface).retract())

    async def retry(self, ref: str, surface: Surface) -> None:
        """Somebody wants the same question answered once more."""
        entry = await self._ledger.entry(ref)
        if entry is not None and entry.state != "open" and entry.via != "triage":
            await self._again(ref, entry.text, surface)

    async def tend(self, surface: Surface) -> None:
        """Keep what this process works on, and take up what others left unfinished."""
        await self._ledger.renew(self._lease())
        left = await self._ledger.take_over(surface.platform, self._lease(), self._clock())
        for entry in left:
            if entry.ref not in self._jobs:
                log.info("taken over", extra={"attempts": entry.attempts})
                self._jobs.start(entry.ref, self._resume(entry, surface))

    async def keep(self, surface: Surface) -> None:
        """Tend to ``surface`` until cancelled; a ledger that is down is asked again."""
        while True:
            tending = asyncio.create_task(quietly(self.tend(surface)))
            try:
                await asyncio.shield(tending)
            finally:
                # What the ledger has begun is brought to its end: its driver's threads cannot be cancelled.
                await asyncio.wait([tending])
            await asyncio.sleep(TEND_SECONDS)

    async def drain(self, seconds: float) -> None:
        """Let answers come to their end for so long; what is left then is for the next process."""
        for ref in await self._jobs.drain(seconds):
            await quietly(self._ledger.release(ref, self._clock()))

    async def _refusal(self, post: Post) -> str:
        match listening.barrier(post, self._rules):
            case "stranger":
                return phrases.STRANGER
            case "elsewhere":
                return phrases.elsewhere(self._rules.channels)
        return phrases.PAUSED if await self._ledger.paused(post.place) else ""

    async def _again(self, ref: str, text: str, surface: Surface) -> None:
        await self._jobs.stop(ref)
        entry = await self._ledger.reopen(ref, text, self._lease())
        if entry is not None:
            await self._jobs.run(ref, self._work(entry, surface))

    async def _triage(self, post: Post) -> None:
        if not await self._ledger.paused(post.place):
            await self.triage(post, post.author)

    async def _resume(self, entry: Entry, surface: Surface) -> None:
        if entry.via == "triage":
            if self._team:
                await quietly(self._team.resume(entry))
            return
        if not entry.reply:
            entry = await self._adopted(entry, surface)
        if entry.attempts >= ATTEMPTS:
            await self._replier.give_up(entry, self._reply(entry, surface))
            return
        await self._work(entry, surface)

    async def _adopted(self, entry: Entry, surface: Surface) -> Entry:
        try:
            thread = await surface.thread(entry.place)
        except SurfaceUnavailable:
            return entry
        entries = await self._ledger.in_thread(entry.place)
        return replace(entry, reply=conversing.orphan(thread, entries, entry))

    async def _work(self, entry: Entry, surface: Surface, secrets: Sequence[str] = ()) -> None:
        """``secrets`` are the kinds that were taken out of the question."""
        notices = [wording.masked(secrets)] if secrets else []
        reply = self._reply(entry, surface)
        with question_ref(entry.ref[:8]):
            try:
                await reply.status(wording.SEARCHING)
                async with self._room:
                    history = await self._history(entry, surface)
                    await self._replier.write(entry, history, reply, notices)
            except LedgerUnavailable as error:
                # What was shown stays; the lease runs out, and whoever takes it over writes the same message.
                log.error("end of an answer not kept", extra={"reason": error.reason})
            finally:
                await reply.leave()
            if self._team:
                await quietly(self._team.answered(entry.ref))

    async def _history(self, entry: Entry, surface: Surface) -> Sequence[Turn]:
        if entry.via == "command" or entry.place.thread == entry.message:
            return ()
        entries = await self._ledger.in_thread(entry.place)
        try:
            return conversing.turns(await surface.thread(entry.place), entries, entry)
        except SurfaceUnavailable as error:
            log.info("thread not readable", extra={"reason": error.reason})
            return conversing.remembered(entries, entry)

    def _reply(self, entry: Entry, surface: Surface) -> Reply:
        async def posted(ids: str) -> None:
            await quietly(self._ledger.replying(entry.ref, ids))

        return surface.reply(entry, posted)

    def _lease(self) -> Lease:
        return Lease(owner=self._owner, until=self._clock() + LEASE_SECONDS)


def _entry(post: Post, via: Via) -> Entry:
    return Entry(
        ref=uuid4().hex,
        place=replace(post.place, thread=post.place.thread or post.id),
        message=post.id,
        asker=post.author,
        text=post.text,
        via=via,
        at=post.at,
    )
