"""Hands a question over to the support team."""

import logging
from collections.abc import Callable

from bot.errors import LedgerUnavailable, SurfaceUnavailable
from bot.ports import Ledger, Surface
from bot.posts import Call, Entry

log = logging.getLogger(__name__)
CALLED = "I have asked the support team to look at this. They will answer here."
CALLED_BEFORE = "The support team has been asked already. They will answer here."
NO_TEAM = "No support team is set up here yet. Please ask in the channel, or ask an admin to set one up."
NOT_REACHED = (
    "I could not reach the support team just now. Please try again in a minute, or ask in the channel."
)


class SupportTeam:
    """The people behind "Get a human": one channel on each platform."""

    def __init__(self, *, ledger: Ledger, channel: str, clock: Callable[[], float]) -> None:
        """Without a ``channel`` nobody can be called."""
        self._ledger, self._channel, self._clock = ledger, channel, clock

    async def call(self, ref: str, person: str, surface: Surface) -> str:
        """Call the team once for the question ``ref``; the sentence that ``person`` reads then."""
        if not self._channel:
            return NO_TEAM
        try:
            entry = await self._ledger.entry(ref)
            if entry is None or not await self._ledger.hand_over(ref, person, self._clock()):
                return CALLED_BEFORE
            return await self._called(entry, person, surface)
        except LedgerUnavailable as error:
            log.error("team not called", extra={"reason": error.reason})
            return NOT_REACHED

    async def _called(self, entry: Entry, person: str, surface: Surface) -> str:
        try:
            call = Call(entry=entry, person=person, link=await self._link(entry, surface))
            await surface.call_team(self._channel, call)
        except SurfaceUnavailable as error:
            log.error("team not called", extra={"reason": error.reason})
            await self._ledger.take_back(entry.ref)
            return NOT_REACHED
        return CALLED

    async def _link(self, entry: Entry, surface: Surface) -> str:
        try:
            return await surface.link(entry)
        except SurfaceUnavailable as error:
            log.info("no link to a question", extra={"reason": error.reason})
            return ""
