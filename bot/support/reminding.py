"""Reminds the team of what waits too long, and tends to its board, in any number of processes at once."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Sequence

from bot.errors import LedgerUnavailable
from bot.support import team_phrases as phrases
from bot.support.board import Board
from bot.support.handoff_ports import HandOffs
from bot.support.handoffs import Case, HandOff
from bot.support.hours import is_quiet
from bot.support.team_rules import TeamRules, escalates, lookers, next_reminder

log = logging.getLogger(__name__)
TICK_SECONDS = 5.0
LEASE_SECONDS = 60.0
"""How long whoever reminds may take; then somebody else does it."""
TAKEN = 1_000
ONE_BY_ONE = 3
"""More reminders at once are one message for all of them."""

Group = tuple[str, str, bool]
"""Platform, channel, whether it is escalated."""


class Reminders:
    """The team's clock."""

    def __init__(
        self, *, hand_offs: HandOffs, board: Board, rules: TeamRules, clock: Callable[[], float]
    ) -> None:
        self._hand_offs, self._board, self._rules, self._clock = hand_offs, board, rules, clock

    async def keep(self) -> None:
        """Tend until cancelled; a ledger that is down is asked again."""
        while True:
            try:
                await self.tend()
            except LedgerUnavailable as error:
                log.warning("team's list not tended", extra={"reason": error.reason})
            await asyncio.sleep(TICK_SECONDS)

    async def tend(self) -> None:
        """Post the cards that wait, and remind of what is due. Raises LedgerUnavailable."""
        await self._board.tend()
        now = self._clock()
        if is_quiet(now, self._rules.hours):
            return
        until = now + LEASE_SECONDS
        groups: dict[Group, list[Case]] = defaultdict(list)
        for case in await self._hand_offs.due(list(self._board.rooms), now, until, TAKEN):
            groups[self._group(case.hand_off, now)].append(case)
        for group, cases in groups.items():
            await self._remind(group, cases, until)

    async def _remind(self, group: Group, cases: Sequence[Case], until: float) -> None:
        now, escalated = self._clock(), group[2]
        if len(cases) <= ONE_BY_ONE:
            told = [case for case in cases if await self._remind_of(case.hand_off, now, escalated=escalated)]
        else:
            told = list(cases) if await self._remind_of_all(group, cases) else []
        for case in told:
            due = next_reminder(self._rules, case.hand_off, now)
            await self._hand_offs.reminded(
                case.hand_off.ref, until, now=now, due=None if escalated else due, escalated=escalated
            )

    async def _remind_of(self, hand_off: HandOff, now: float, *, escalated: bool) -> bool:
        people = self._people(hand_off, now, escalated=escalated)
        return await self._board.remark(
            hand_off, phrases.reminder(hand_off, now, escalated=escalated), people
        )

    async def _remind_of_all(self, group: Group, cases: Sequence[Case]) -> bool:
        escalated = group[2]
        now = self._clock()
        called = [
            person for case in cases for person in self._people(case.hand_off, now, escalated=escalated)
        ]
        sentence = phrases.reminders(len(cases), escalated=escalated)
        return await self._board.say(group[0], group[1], sentence, list(dict.fromkeys(called)))

    def _people(self, hand_off: HandOff, now: float, *, escalated: bool) -> Sequence[str]:
        if escalated:
            return self._rules.escalate_to
        return [hand_off.owner] if hand_off.owner else lookers(self._rules, hand_off, now)

    def _group(self, hand_off: HandOff, now: float) -> Group:
        escalated = escalates(self._rules, hand_off, now)
        return hand_off.card_platform, hand_off.card_channel, escalated
