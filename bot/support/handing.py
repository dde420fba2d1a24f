"""Hands questions over to the support team, on demand and unasked, each once."""

import logging
from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

from bot.channels.ports import Ledger
from bot.channels.posts import Entry, Lease, Post
from bot.channels.replying import quietly
from bot.errors import AnswerError, LedgerUnavailable, SurfaceUnavailable
from bot.question.masking import masked
from bot.support import team_phrases as phrases
from bot.support.board import POSTING_SECONDS, Board, Posted
from bot.support.handoff_ports import HandOffs, Triager
from bot.support.handoffs import HELD, OVER, Case, HandOff, Reason, Triaged
from bot.support.team_rules import PRIVATE, TeamRules, first_due, first_reminder, needs_team

log = logging.getLogger(__name__)


class SupportTeam:
    """The people behind "Get a human", and what calls them without it."""

    def __init__(  # noqa: PLR0913 - its collaborators, each named
        self,
        *,
        ledger: Ledger,
        hand_offs: HandOffs,
        board: Board,
        rules: TeamRules,
        clock: Callable[[], float],
        triager: Triager | None = None,
    ) -> None:
        self._ledger, self._hand_offs, self._board = ledger, hand_offs, board
        self._rules, self._clock, self._triager = rules, clock, triager

    async def call(self, ref: str, person: str) -> str:
        """Call the team once for the question ``ref``; the sentence that ``person`` reads then."""
        if "asked" not in self._rules.on:
            return phrases.SWITCHED_OFF
        if not any(self._rules.channels.values()):
            return phrases.NO_TEAM
        try:
            entry = await self._ledger.entry(ref)
            if entry is None:
                return phrases.CALLED_BEFORE
            posted = await self._begin(entry, person, "asked", await self._triaged(entry))
            if posted is None:
                known = await self._hand_offs.case(ref)
                return phrases.called_before(known.hand_off) if known else phrases.CALLED_BEFORE
        except LedgerUnavailable as error:
            log.error("team not called", extra={"reason": error.reason})
            return phrases.NOT_KEPT
        return {"posted": phrases.CALLED, "queued": phrases.QUEUED, "failed": phrases.NOT_REACHED}[posted]

    async def answered(self, ref: str) -> None:
        """A question has its answer, or will get none: call the team if it needs to look, unasked."""
        if not {"urgent", "uncertain_twice"} & {*self._rules.on} or not any(self._rules.channels.values()):
            return
        entry = await self._ledger.entry(ref)
        if entry is None or entry.via in PRIVATE or entry.state in {"open", "withdrawn"}:
            return
        triaged = await self._triaged(entry) if "urgent" in self._rules.on else None
        severity = triaged.severity if triaged else ""
        thread = await self._ledger.in_thread(entry.place)
        if reason := needs_team(entry, thread, severity, self._rules.on):
            await self._unasked(entry, entry.asker, reason, triaged or await self._triaged(entry))

    async def voted_down(self, ref: str, person: str) -> None:
        """Somebody was not helped by an answer. Raises LedgerUnavailable."""
        if "thumbs_down" not in self._rules.on or not any(self._rules.channels.values()):
            return
        entry = await self._ledger.entry(ref)
        if entry is not None and entry.via not in PRIVATE and entry.state != "withdrawn":
            await self._unasked(entry, person, "thumbs_down", await self._triaged(entry))

    async def triage(self, post: Post, lease: Lease) -> str:
        """Put a message on the list that nobody shall answer; what somebody reads who wanted that.

        Of many processes that see the message one does it. Raises LedgerUnavailable.
        """
        if not any(self._rules.channels.values()):
            return phrases.NO_TEAM
        entry = await self._ledger.asked(post.place, post.id)
        if entry is None:
            entry = _unanswered(post)
            if not await self._ledger.claim(entry, lease):
                return phrases.TRIAGED_BEFORE
        return await self.triage_entry(entry)

    async def triage_entry(self, entry: Entry) -> str:
        """The same for a message that the ledger knows."""
        # Whoever of the team wants it there is not who wrote it, and may well take it on.
        posted = await self._begin(entry, entry.asker, "triage_only", await self._triaged(entry))
        if entry.via == "triage":
            await self._ledger.close(
                entry.ref, revision=entry.revision, state="triaged", answer=None, now=self._clock()
            )
        if posted is None:
            return phrases.TRIAGED_BEFORE
        if room := self._board.rooms.get(entry.place.platform):
            await quietly(room.mark(entry, "seen"))
        return phrases.NOT_REACHED if posted == "failed" else phrases.TRIAGED

    async def resume(self, entry: Entry) -> None:
        """Go on with a message that a process left while it was triaged. Raises LedgerUnavailable."""
        await self.triage_entry(entry)

    async def heard(self, post: Post) -> bool:
        """Whether a person has the thread in which ``post`` came, so that Docent keeps silent there.

        A member of the team who writes there takes on what is open; who was asked for details has given
        them. Raises LedgerUnavailable.
        """
        for hand_off in await self._hand_offs.in_thread(post.place):
            if hand_off.state == "details_asked" and not await self._is_of_team(hand_off, post):
                await self._details_came(hand_off)
            elif hand_off.state == "open" and await self._is_of_team(hand_off, post):
                await self._joined(hand_off, post.author)
        return any(hand_off.state in HELD for hand_off in await self._hand_offs.in_thread(post.place))

    async def withdrawn(self, ref: str) -> None:
        """The question was deleted: its card says so. Raises LedgerUnavailable."""
        case = await self._hand_offs.case(ref)
        if case is not None:
            await self._board.show(ref)
            if case.hand_off.state not in OVER and case.hand_off.card_message:
                await self._board.remark(case.hand_off, phrases.WITHDRAWN)

    async def _unasked(self, entry: Entry, person: str, reason: Reason, triaged: Triaged | None) -> None:
        others = await self._hand_offs.in_thread(entry.place)
        if any(other.state not in OVER for other in others):
            return
        if await self._begin(entry, person, reason, triaged) is None:
            return
        if room := self._board.rooms.get(entry.place.platform):
            await quietly(room.tell(entry, phrases.THREAD[reason]))

    async def _begin(
        self, entry: Entry, person: str, reason: Reason, triaged: Triaged | None
    ) -> Posted | None:
        """None where it was handed over before."""
        now = self._clock()
        platform, channel = self._rules.room_for(entry.place.platform)
        hand_off = HandOff(
            ref=entry.ref, person=person, reason=reason, asked_at=now,
            card_platform=platform, card_channel=channel, due_at=first_due(self._rules, now),
        )  # fmt: skip
        hand_off = _with_triage(hand_off, triaged)
        if not await self._hand_offs.begin(hand_off, now + POSTING_SECONDS):
            return None
        return await self._board.put(Case(hand_off=hand_off, entry=entry))

    async def _triaged(self, entry: Entry) -> Triaged | None:
        if self._triager is None:
            return None
        try:
            return await self._triager(entry.text, entry.answer.passages if entry.answer else ())
        except AnswerError as error:
            # A card without a category is better than no card.
            log.warning("not triaged", extra={"reason": str(error)})
            return None

    async def _is_of_team(self, hand_off: HandOff, post: Post) -> bool:
        if hand_off.card_platform != post.place.platform or post.author == hand_off.person:
            return False
        if post.author in self._rules.members:
            return True
        room = self._board.rooms.get(hand_off.card_platform)
        try:
            return room is not None and await room.belongs(hand_off.card_channel, post.author)
        except SurfaceUnavailable as error:
            log.info("members not known", extra={"reason": error.reason})
            return False

    async def _details_came(self, hand_off: HandOff) -> None:
        due = first_reminder(self._rules, self._clock())
        if now := await self._hand_offs.pass_on(hand_off.ref, ["details_asked"], "claimed", due):
            await self._board.show(hand_off.ref)
            await self._board.remark(now, phrases.HEARD, [now.owner])

    async def _joined(self, hand_off: HandOff, person: str) -> None:
        now = self._clock()
        if await self._hand_offs.claim(hand_off.ref, person, now, first_reminder(self._rules, now)):
            await self._board.show(hand_off.ref)


def _unanswered(post: Post) -> Entry:
    return Entry(
        ref=uuid4().hex,
        place=replace(post.place, thread=post.place.thread or post.id),
        message=post.id,
        asker=post.author,
        text=masked(post.text)[0],
        via="triage",
        at=post.at,
    )


def _with_triage(hand_off: HandOff, triaged: Triaged | None) -> HandOff:
    if triaged is None:
        return hand_off
    return replace(
        hand_off,
        category=triaged.category,
        severity=triaged.severity,
        component=triaged.component or "",
        confidence=triaged.confidence,
        summary=" ".join(triaged.summary.split()),
    )
