"""Tells how a message came, and so whether Docent is to answer it."""

import asyncio
import logging
from collections.abc import Sequence

from bot.channels import asking, listening
from bot.channels.listening import Rules
from bot.channels.ports import Ledger, Surface
from bot.channels.posts import Entry, Post, Via
from bot.errors import SurfaceUnavailable
from bot.support.handing import SupportTeam

log = logging.getLogger(__name__)
DECIDING_SECONDS = 0.8
"""How long a thread is waited for before the ledger alone tells whether the bot takes part in it."""


class Occasions:
    """Knows from the ledger, the thread and the support team what a message is part of."""

    def __init__(self, *, ledger: Ledger, rules: Rules, team: SupportTeam | None) -> None:
        self._ledger, self._rules, self._team = ledger, rules, team

    async def of(self, post: Post, surface: Surface) -> Via | None:
        """How ``post`` came; None where it is not for the bot. Raises LedgerUnavailable."""
        in_thread = post.place.thread not in {"", post.id}
        if not in_thread and self._team and post.place.channel in self._rules.watch:
            return "triage" if post.text.strip() else None
        # Even "thanks" is heard: it may be the details that a person has asked for.
        if in_thread and self._team and await self._team.heard(post) and not post.mentions_bot:
            return None
        known = await self._ledger.in_thread(post.place) if in_thread else ()
        return await self._addressed(post, surface, [entry for entry in known if _was_heard_of(entry)])

    async def _addressed(self, post: Post, surface: Surface, entries: Sequence[Entry]) -> Via | None:
        answered = entries[-1].answer if entries else None
        asked_back = answered is not None and answered.kind == "clarify"
        if listening.is_closing(post.text) and not asked_back:
            return None
        if post.direct:
            return "direct"
        if post.mentions_bot:
            return "mention"
        if post.place.thread not in {"", post.id}:
            return "follow_up" if await self._attends(post, surface, entries) else None
        unasked = post.place.channel in self._rules.auto_answer and not post.mentions_others
        return "auto" if unasked and asking.asks(post.text) else None

    async def _attends(self, post: Post, surface: Surface, entries: Sequence[Entry]) -> bool:
        if not entries or not any(char.isalnum() for char in post.text):
            return False
        try:
            # Until it is decided nothing is shown, so that nobody waits for a platform that does not answer.
            async with asyncio.timeout(DECIDING_SECONDS):
                thread = await surface.thread(post.place)
        except (SurfaceUnavailable, TimeoutError) as error:
            log.info("thread not readable", extra={"reason": str(error) or "not in time"})
            return not post.mentions_others and post.author == entries[-1].asker
        return listening.attends(thread, post, entries)


def _was_heard_of(entry: Entry) -> bool:
    """Whether the bot has said, or is about to say, something to a question."""
    if entry.via == "auto":
        return bool(entry.reply) or entry.state != "answered"
    return entry.via != "triage"
