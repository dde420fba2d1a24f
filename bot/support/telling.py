"""Tells who asked what the support team does and says, and keeps what was said."""

import logging
from collections.abc import Callable

from bot.errors import LedgerUnavailable, SurfaceUnavailable
from bot.question.masking import masked
from bot.support import team_phrases as phrases
from bot.support.board import Board
from bot.support.handoff_ports import HandOffs, Sign
from bot.support.handoffs import Case, HandOff, TeamMessage

log = logging.getLogger(__name__)


class Telling:
    """The threads of those who ask, as the team reaches them through its cards."""

    def __init__(self, *, hand_offs: HandOffs, board: Board, clock: Callable[[], float]) -> None:
        self._hand_offs, self._board, self._clock = hand_offs, board, clock

    async def done(self, case: Case, sentence: str, person: str, said: str = "", *, sign: Sign) -> str:
        """Tell the thread what was done; where nobody asked Docent anything a reaction is enough.

        What ``person`` reads then who did it.
        """
        if case.hand_off.reason != "triage_only":
            return "" if await self.tell(case, sentence, person, said) else phrases.UNTOLD
        room = self._board.rooms.get(case.entry.place.platform)
        try:
            if room is not None:
                await room.mark(case.entry, sign)
        except SurfaceUnavailable as error:
            log.info("not marked", extra={"reason": error.reason})
        return ""

    async def tell(self, case: Case, sentence: str, person: str, said: str) -> bool:
        """Say something in the thread, with what ``person`` wrote; whether that worked."""
        room = self._board.rooms.get(case.entry.place.platform)
        if room is None or case.entry.state == "withdrawn":
            return False
        try:
            await room.tell(case.entry, sentence, person=_known(case.hand_off, case, person), said=said)
        except SurfaceUnavailable as error:
            log.warning("thread not told", extra={"reason": error.reason})
            return False
        return True

    async def keep(self, case: Case, person: str, text: str, *, asks: bool) -> None:
        """Keep what ``person`` wrote into the thread. Raises LedgerUnavailable."""
        message = TeamMessage(
            ref=case.hand_off.ref,
            kind="details" if asks else "reply",
            platform=case.hand_off.card_platform,
            person=person,
            text=masked(text.strip())[0],
            at=self._clock(),
        )
        await self._hand_offs.wrote(message)


def unkept(error: LedgerUnavailable) -> str:
    """What somebody reads whose words stand in the thread, but not in the ledger."""
    log.error("reply not kept", extra={"reason": error.reason})
    return phrases.SAID_NOT_KEPT


def _known(hand_off: HandOff, case: Case, person: str) -> str:
    """``person``, where the platform of the thread knows that id; the team may be on another."""
    return person if hand_off.card_platform == case.entry.place.platform else ""
