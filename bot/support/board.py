"""Keeps the cards in the team's channel: posts each once and not too many at a time, and redraws them."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal

from bot.channels.pacing import Pace
from bot.channels.posts import Entry
from bot.errors import LedgerUnavailable, SurfaceUnavailable
from bot.support import team_phrases as phrases
from bot.support.handoff_ports import HandOffs, Room
from bot.support.handoffs import Card, Case, HandOff, Similar
from bot.support.likeness import Likeness
from bot.support.team_rules import TeamRules, lookers

log = logging.getLogger(__name__)
POSTING_SECONDS = 30.0
"""How long whoever posts a card may take; then somebody else tries."""
RETRY_SECONDS = 60.0
"""Until a card is tried again that the channel did not take."""
REDRAWS = 3
BACKLOG_WORTH_SAYING = 3

Posted = Literal["posted", "queued", "failed"]


class Board:
    """The team's channels, as far as this process reaches them."""

    def __init__(
        self,
        *,
        hand_offs: HandOffs,
        rules: TeamRules,
        clock: Callable[[], float],
        likeness: Likeness | None = None,
        pages: str = "",
    ) -> None:
        """``pages`` is where the support team's pages are; empty: cards link to none."""
        self._pages, self._likeness = pages, likeness or Likeness(hand_offs=hand_offs)
        self._hand_offs, self._rules, self._clock = hand_offs, rules, clock
        self._pace = Pace(rules.cards_per_minute, clock)
        self._backlog_told = False
        self.rooms: dict[str, Room] = {}
        """By platform; who connects to a platform adds and removes its own."""

    @property
    def inbox(self) -> str:
        """The address of the page that lists what was handed over; empty where there is none."""
        return f"{self._pages}/?stage=any" if self._pages else ""

    async def put(self, case: Case) -> Posted:
        """Post the card of a new hand-off; the next :meth:`tend` does it where it cannot be posted now."""
        if case.hand_off.card_platform not in self.rooms or not self._pace.allows("cards"):
            await self._hand_offs.put_off(case.hand_off.ref, self._clock())
            return "queued"
        return "posted" if await self._post(case) else "failed"

    async def tend(self) -> None:
        """Post what waits, as fast as the channel may fill. Raises LedgerUnavailable."""
        waiting = await self._hand_offs.waiting(list(self.rooms))
        self._backlog_told = self._backlog_told and waiting > 0
        while waiting and self._pace.allows("cards"):
            now = self._clock()
            taken = await self._hand_offs.unposted(list(self.rooms), now, now + POSTING_SECONDS, 1)
            if not taken:
                return
            waiting -= 1
            await self._post(taken[0])
        if waiting >= BACKLOG_WORTH_SAYING and not self._backlog_told:
            self._backlog_told = True
            await self._tell_backlog(waiting)

    async def show(self, ref: str) -> None:
        """Let the card of a hand-off say how it stands now. Raises LedgerUnavailable."""
        shown: HandOff | None = None
        for _ in range(REDRAWS):
            case = await self._hand_offs.case(ref)
            # Somebody may have pressed at another process meanwhile: the last to draw draws the latest.
            if case is None or not case.hand_off.card_message or case.hand_off == shown:
                return
            shown = case.hand_off
            room = self.rooms.get(shown.card_platform)
            if room is None:
                return
            try:
                await room.redraw(shown.card_channel, shown.card_message, await self.card(case))
            except SurfaceUnavailable as error:
                log.warning("card not redrawn", extra={"reason": error.reason})
                return

    async def card(self, case: Case) -> Card:
        """What the team reads of a case. Raises LedgerUnavailable."""
        found = await self._likeness.to(case)
        return Card(
            case=case,
            link=await self.link(case.entry),
            story=f"{self._pages}/t/{case.hand_off.ref}" if self._pages else "",
            lookers=lookers(self._rules, case.hand_off, self._clock()),
            similar=tuple([Similar(case=other, link=await self.link(other.entry)) for other in found]),
        )

    async def link(self, entry: Entry) -> str:
        """The address of a question's message; empty where it is not known."""
        room = self.rooms.get(entry.place.platform)
        try:
            return await room.link(entry) if room else ""
        except SurfaceUnavailable as error:
            log.info("no link to a question", extra={"reason": error.reason})
            return ""

    async def remark(self, hand_off: HandOff, sentence: str, people: Sequence[str] = ()) -> bool:
        """Say something below a card; whether that worked."""
        return await self.say(
            hand_off.card_platform, hand_off.card_channel, sentence, people, below=hand_off.card_message
        )

    async def say(
        self, platform: str, channel: str, sentence: str, people: Sequence[str] = (), *, below: str = ""
    ) -> bool:
        """Say something in a team's channel; whether that worked."""
        room = self.rooms.get(platform)
        try:
            if room is not None:
                await room.remark(channel, below, sentence, people)
        except SurfaceUnavailable as error:
            log.warning("team not told", extra={"reason": error.reason})
            return False
        return room is not None

    async def _post(self, case: Case) -> bool:
        hand_off = case.hand_off
        try:
            room = self.rooms[hand_off.card_platform]
            message = await room.post(hand_off.card_channel, await self.card(case))
        except SurfaceUnavailable as error:
            log.error("card not posted", extra={"reason": error.reason})
            await self._hand_offs.put_off(hand_off.ref, self._clock() + RETRY_SECONDS)
            return False
        await self._hand_offs.posted(hand_off.ref, message)
        now = await self._hand_offs.case(hand_off.ref)
        if now is not None and now.hand_off != replace(hand_off, card_message=message):
            await self.show(hand_off.ref)
        return True

    async def _tell_backlog(self, waiting: int) -> None:
        for platform in self.rooms:
            if channel := self._rules.channels.get(platform):
                await self.say(platform, channel, phrases.BACKLOG.format(count=waiting))


def down(error: LedgerUnavailable) -> str:
    """What somebody reads whose press could not be kept."""
    log.error("press not kept", extra={"reason": error.reason})
    return phrases.DOWN
