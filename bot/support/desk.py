"""What the support team does with its cards: claim, reply, ask for details, resolve."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Literal

from bot.channels.replying import quietly
from bot.errors import LedgerUnavailable, SurfaceUnavailable
from bot.question.masking import masked
from bot.support import team_phrases as phrases
from bot.support.board import Board, down
from bot.support.card_words import OUTCOME_CHARS
from bot.support.handoff_ports import HandOffs
from bot.support.handoffs import HELD, OVER, Approved, Card, Case, OpenList, Stage
from bot.support.team_rules import PRIVATE, TeamRules, first_reminder
from bot.support.telling import Telling, unkept

log = logging.getLogger(__name__)
Act = Callable[[Case], Awaitable[str]]
Relearn = Callable[[], None]
"""Lets the index take in, soon, what was approved or taken back."""
LISTED = 20
QUESTION_CHARS = 300
ANSWER_CHARS = 2_700


class Desk:
    """Each method gives the sentence that ``person``, who pressed, reads alone; empty where all is seen."""

    def __init__(
        self,
        *,
        hand_offs: HandOffs,
        board: Board,
        rules: TeamRules,
        clock: Callable[[], float],
        relearn: Relearn | None = None,
    ) -> None:
        """Without ``relearn`` the next indexing run finds what was approved."""
        self._hand_offs, self.board, self._rules, self._clock = hand_offs, board, rules, clock
        self._telling = Telling(hand_offs=hand_offs, board=board, clock=clock)
        self._relearn = relearn

    async def may(self, platform: str, person: str) -> bool:
        """Whether somebody belongs to the support team; nobody does where the platform does not say."""
        if person in self._rules.members:
            return True
        room, channel = self.board.rooms.get(platform), self._rules.channels.get(platform, "")
        if room is None or not channel:
            return False
        try:
            return await room.belongs(channel, person)
        except SurfaceUnavailable as error:
            log.warning("members not known", extra={"reason": error.reason})
            return False

    async def barred(self, ref: str, person: str) -> str:
        """Why ``person`` cannot do anything with a card; empty where that is possible."""
        case = await self._case(ref, person)
        if isinstance(case, str):
            return case
        return phrases.too_late(case.hand_off, person) if case.hand_off.state in OVER else ""

    async def claim(self, ref: str, person: str) -> str:
        """Let ``person`` have it, and the thread know who does."""
        return await self._done(ref, person, lambda case: self._claim(case, person))

    async def reply(self, ref: str, person: str, text: str) -> str:
        """Write into the thread in the name of ``person``, who has it then if nobody did."""
        return await self._done(ref, person, lambda case: self._say(case, person, text, "claimed"))

    async def ask(self, ref: str, person: str, text: str) -> str:
        """Ask for details, of which whoever has it is reminded once if they do not come."""
        said = text.strip() or phrases.DETAILS
        return await self._done(ref, person, lambda case: self._say(case, person, said, "details_asked"))

    async def resolve(self, ref: str, person: str, outcome: str) -> str:
        """Close it with what came of it, in a line."""
        return await self._done(ref, person, lambda case: self._end(case, person, "resolved", outcome))

    async def refuse(self, ref: str, person: str) -> str:
        """Close it as no question for support."""
        return await self._done(ref, person, lambda case: self._end(case, person, "not_support", ""))

    async def approvable(self, ref: str, person: str) -> Approved | str:
        """What a form for :meth:`approve` begins with; or the sentence that says why there is none.

        The question as it was put, and what came of it; or what was approved before.
        """
        case = await self._resolved(ref, person)
        if isinstance(case, str):
            return case
        try:
            before = await self._hand_offs.approved(ref)
        except LedgerUnavailable as error:
            return down(error)
        asked = "" if case.entry.state == "withdrawn" else case.entry.text
        return before or _approval(case, person, asked, case.hand_off.outcome)

    async def approve(self, ref: str, person: str, question: str, answer: str) -> str:
        """Make ``answer`` what others find who ask ``question``, in place of what was approved before."""
        case = await self._resolved(ref, person)
        if isinstance(case, str):
            return case
        wanted = replace(_approval(case, person, question, answer), at=self._clock())
        if not (wanted.question and wanted.answer):
            return phrases.NOTHING_TO_APPROVE
        if not (case.entry.via in PRIVATE or case.entry.state == "withdrawn"):
            wanted = replace(wanted, url=await self.board.link(case.entry))
        return (
            await self._learned(
                ref, self._hand_offs.approve(wanted), phrases.APPROVED, phrases.APPROVED_FOR_LATER
            )
            or phrases.NOT_RESOLVED
        )

    async def unapprove(self, ref: str, person: str) -> str:
        """Let nobody find what was approved any more."""
        case = await self._resolved(ref, person)
        if isinstance(case, str):
            return case
        return (
            await self._learned(
                ref, self._hand_offs.unapprove(ref), phrases.TAKEN_BACK, phrases.TAKEN_BACK_LATER
            )
            or phrases.NOT_APPROVED
        )

    async def open_list(self, platform: str, person: str) -> OpenList | str:
        """What is open, most severe first; or the sentence that says why that is not told."""
        try:
            if not await self.may(platform, person):
                return phrases.STRANGER
            cases = await self._hand_offs.listed(over=False, limit=LISTED)
            total = await self._hand_offs.unfinished()
        except LedgerUnavailable as error:
            return down(error)
        if not cases:
            return phrases.NOTHING_OPEN
        cards = tuple([Card(case=case, link=await self.board.link(case.entry)) for case in cases])
        return OpenList(cards=cards, total=max(total, len(cards)), inbox=self.board.inbox)

    async def _case(self, ref: str, person: str) -> Case | str:
        """The case, or why ``person`` has nothing to do with it."""
        try:
            case = await self._hand_offs.case(ref)
        except LedgerUnavailable as error:
            return down(error)
        if case is None:
            return phrases.UNKNOWN
        return case if await self.may(case.hand_off.card_platform, person) else phrases.STRANGER

    async def _resolved(self, ref: str, person: str) -> Case | str:
        case = await self._case(ref, person)
        if isinstance(case, str):
            return case
        return case if case.hand_off.state == "resolved" else phrases.NOT_RESOLVED

    async def _learned(self, ref: str, change: Awaitable[bool], now: str, later: str) -> str:
        """Make a change to what is approved; empty where there was nothing to change."""
        try:
            if not await change:
                return ""
        except LedgerUnavailable as error:
            return down(error)
        if self._relearn:
            self._relearn()
        await quietly(self.board.show(ref))
        return now if self._relearn else later

    async def _done(self, ref: str, person: str, act: Act) -> str:
        if refused := await self.barred(ref, person):
            return refused
        try:
            case = await self._hand_offs.case(ref)
            said = await act(case) if case else phrases.UNKNOWN
            await self.board.show(ref)
        except LedgerUnavailable as error:
            return down(error)
        return said

    async def _claim(self, case: Case, person: str) -> str:
        now = self._clock()
        ref = case.hand_off.ref
        mine = await self._hand_offs.claim(ref, person, now, first_reminder(self._rules, now))
        if mine is None:
            return await self._too_late(ref, person)
        return await self._telling.done(case, phrases.CLAIMED, person, sign="claimed")

    async def _say(
        self, case: Case, person: str, text: str, after: Literal["claimed", "details_asked"]
    ) -> str:
        sentence = phrases.WRITES if after == "claimed" else phrases.ASKS
        if not text.strip():
            return phrases.NOTHING_SAID
        # First the words: nothing has changed yet where the thread is gone.
        if not await self._telling.tell(case, sentence, person, text):
            return phrases.NOT_SAID.format(text=text)
        now, ref = self._clock(), case.hand_off.ref
        due = first_reminder(self._rules, now)
        try:
            await self._telling.keep(case, person, text, asks=after == "details_asked")
            await self._hand_offs.claim(ref, person, now, due)
            await self._hand_offs.pass_on(ref, sorted(HELD), after, due)
        except LedgerUnavailable as error:
            return unkept(error)
        return ""

    async def _end(self, case: Case, person: str, stage: Stage, outcome: str) -> str:
        line = masked(" ".join(outcome.split())[:OUTCOME_CHARS])[0]
        ref = case.hand_off.ref
        if stage == "resolved" and not line:
            return phrases.NO_OUTCOME
        if await self._hand_offs.end(ref, stage, person, line, self._clock()) is None:
            return await self._too_late(ref, person)
        if stage == "resolved":
            return await self._telling.done(case, phrases.RESOLVED, person, line, sign="resolved")
        return await self._telling.done(case, phrases.REFUSED, person, phrases.NOT_OURS, sign="not_support")

    async def _too_late(self, ref: str, person: str) -> str:
        known = await self._hand_offs.case(ref)
        return phrases.too_late(known.hand_off, person) if known else phrases.UNKNOWN


def _approval(case: Case, person: str, question: str, answer: str) -> Approved:
    """Without secrets; the time and the address are still to come."""
    return Approved(
        ref=case.hand_off.ref,
        question=masked(" ".join(question.split()))[0][:QUESTION_CHARS],
        answer=masked(answer.strip())[0][:ANSWER_CHARS],
        platform=case.hand_off.card_platform,
        person=person,
    )
