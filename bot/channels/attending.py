"""Attends to the channels: which messages, edits and deletions lead to an answer, each once."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from uuid import uuid4

from bot.channels import listening, phrases
from bot.channels.changes import Changes, Recent
from bot.channels.listening import Rules
from bot.channels.occasions import Occasions
from bot.channels.pacing import Pace
from bot.channels.ports import Ledger, Surface
from bot.channels.posts import Entry, Post, Via
from bot.channels.replying import Replier, quietly
from bot.channels.working import Work
from bot.errors import LedgerUnavailable
from bot.model import Place
from bot.question.masking import masked
from bot.support import team_phrases
from bot.support.handing import SupportTeam

log = logging.getLogger(__name__)
TEND_SECONDS = 2.0
"""How soon it is noticed that a question was edited or deleted under another process."""
TRIAGE_SECONDS = 60.0
"""How long a message may be triaged before another process does it."""
REPORTED: frozenset[Via] = frozenset({"mention", "direct"})
"""What a platform may report several times, and to several processes."""
ADDRESSED: frozenset[Via] = REPORTED | {"command", "shortcut"}
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
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        team: SupportTeam | None = None,
    ) -> None:
        """``room`` is for the answers of all surfaces together. ``clock`` gives seconds since the epoch."""
        self._team, self._occasions = team, Occasions(ledger=ledger, rules=rules, team=team)
        self._ledger, self._rules, self._fair, self._clock = ledger, rules, fair, clock
        room = room or asyncio.Semaphore(fair.concurrent_answers)
        self._work = Work(replier=replier, ledger=ledger, room=room, clock=clock, sleep=sleep, team=team)
        self._pace = Pace(fair.questions_per_minute, clock)
        self._changes = Changes(clock)
        self._told: Recent[bool] = Recent(clock)

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
                await self._tell_once(post, phrases.LEDGER_DOWN, surface)

    async def take(self, post: Post, surface: Surface, via: Via) -> bool:
        """Answer ``post`` unless that is barred, or it was asked before (then False)."""
        refused = await self.refusal(post)
        if refused and via not in REPORTED:
            if via in ADDRESSED:
                await quietly(surface.whisper(post, refused))
            return True
        if self._changes.gone(post):
            return True
        text, secrets = masked(self._changes.latest(post).text)
        entry = _entry(replace(post, text=text), via)
        # What is refused is claimed, too: of all who hear of it one says so.
        claimed = replace(entry, state="failed") if refused else entry
        if not await self._ledger.claim(claimed, self._work.lease()):
            return via == "shortcut" and await self._unrefused(post, text, surface)
        if not refused and (refused := self._hasty(post)):
            await self._ledger.close(entry.ref, revision=0, state="failed", answer=None, now=self._clock())
        if refused:
            await quietly(surface.whisper(post, refused))
        elif self._changes.gone(post):
            await self._withdraw(post.place, post.id, surface)
        else:
            await self._work.begin(entry, surface, secrets)
        return True

    async def triage(self, post: Post) -> str:
        """Put a message on the support team's list, unanswered; what somebody reads who wanted that.

        Raises LedgerUnavailable.
        """
        lease = self._work.lease(TRIAGE_SECONDS)
        return await self._team.triage(post, lease) if self._team else team_phrases.NO_TEAM

    async def edited(self, post: Post, surface: Surface) -> None:
        """A message has a new text: answer it anew in the same place, where it is a question still young."""
        if post.by != "human" or self._clock() - post.at > self._fair.edit_seconds:
            return
        self._changes.edited(post)
        entry = await self._ledger.asked(post.place, post.id)
        if entry is None:
            await self.attend(post, surface)
            # Meanwhile somebody may have taken the text before the edit, here or in another process.
            entry = await self._ledger.asked(post.place, post.id)
        post = self._changes.latest(post)
        if entry is None or entry.via == "triage" or entry.text == (text := masked(post.text)[0]):
            return
        if refused := await self.refusal(post) or self._hasty(post):
            await self._tell_once(post, refused, surface)
        else:
            await self._again(entry, text, surface)

    async def deleted(self, place: Place, message: str, surface: Surface) -> None:
        """A message is gone: leave off answering it. An answer that is complete stays."""
        self._changes.deleted(place, message)
        await self._withdraw(place, message, surface)

    async def retry(self, ref: str, surface: Surface, person: str = "") -> None:
        """``person``, or else who asked, wants the same question answered once more."""
        entry = await self._ledger.entry(ref)
        if entry is None or entry.state in {"open", "withdrawn"} or entry.via == "triage":
            return
        post = _post(entry, person or entry.asker)
        # Where it was asked it may be asked again.
        if refused := await self.refusal(post, anywhere=True) or self._hasty(post):
            await quietly(surface.whisper(post, refused))
        else:
            await self._again(entry, entry.text, surface)

    async def tend(self, surface: Surface) -> None:
        """Keep what this process works on, and take up what others left unfinished."""
        await self._work.hold(surface)
        for deletion in self._changes.loose():
            # Another process may have taken the question after it was deleted.
            await self._withdraw(deletion.place, deletion.message, surface, late=True)
        await self._work.take_up(surface)

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
        await self._work.drain(seconds)

    async def refusal(self, post: Post, *, anywhere: bool = False) -> str:
        """Why ``post`` is not answered, in a sentence; empty where it is. Raises LedgerUnavailable."""
        match listening.barrier(post, self._rules):
            case "stranger":
                return phrases.STRANGER
            case "elsewhere" if not anywhere:
                return phrases.elsewhere(self._rules.channels)
        return phrases.PAUSED if await self._ledger.paused(post.place) else ""

    def _hasty(self, post: Post) -> str:
        return "" if self._pace.allows(f"{post.place.platform} {post.author}") else phrases.TOO_MANY

    async def _again(self, known: Entry, text: str, surface: Surface) -> None:
        lease = self._work.lease()
        entry = await self._ledger.reopen(known.ref, text, lease, revision=known.revision)
        if entry is not None:
            await self._work.begin_anew(entry, surface, was_open=known.state == "open")
        else:
            # Somebody else was quicker, and what is written here may be out of date.
            await self._work.hold(surface)

    async def _unrefused(self, post: Post, text: str, surface: Surface) -> bool:
        """Whether a message that was refused before has its answer now that somebody points at it."""
        known = await self._ledger.asked(post.place, post.id)
        if refused := known is not None and known.state == "failed" and not known.reply:
            await self._again(known, text, surface)
        return refused

    async def _withdraw(self, place: Place, message: str, surface: Surface, *, late: bool = False) -> None:
        before = await self._ledger.withdraw(place, message)
        if before is None:
            return
        self._changes.deleted(place, message, found=True)
        if self._team and before.state != "withdrawn":
            await self._team.withdrawn(before.ref)
        if late or before.state == "open" or before.ref in self._work:
            await self._work.leave(before.ref, surface)

    async def _tell_once(self, post: Post, sentence: str, surface: Surface) -> None:
        """However often, and under however many names, the platform reports the same text."""
        key = post.place.platform, post.place.channel, post.id, post.text, sentence
        if not self._told.get(key):
            self._told.put(key, True)
            await quietly(surface.whisper(post, sentence))

    async def _triage(self, post: Post) -> None:
        if not await self._ledger.paused(post.place):
            await self.triage(post)


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


def _post(entry: Entry, person: str) -> Post:
    """The message of a question, as if ``person`` had written it now."""
    return Post(
        place=entry.place,
        id=entry.message,
        author=person,
        text=entry.text,
        at=entry.at,
        direct=entry.via == "direct",
    )
