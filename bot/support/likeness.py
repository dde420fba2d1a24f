"""Finds what resembles a question: by meaning while that can be told in time, by its words otherwise."""

import asyncio
import logging
from collections.abc import Sequence

from bot.errors import AnswerError, LedgerUnavailable
from bot.support.handoff_ports import HandOffs, Threads
from bot.support.handoffs import Case
from bot.support.resembling import AT_MOST, alike, same_thread

log = logging.getLogger(__name__)
MEANING_SECONDS = 3.0
"""A card waits no longer than this for what resembles it."""
FOLLOW_SECONDS = 60.0
"""After so long at most, what left the ledger cannot be found any more."""
FOLLOWED = 5_000
"""So many of the latest questions can be found by meaning."""
COMPARED = 500
"""Of the questions that are closed, and of those that are not, so many are compared by words."""
SURPLUS = 7
"""More than are shown: some are of the question's own thread, or left the ledger a moment ago."""
PART = 100


class Likeness:
    """Open questions count, too: an outage is asked about many times before the first is closed."""

    def __init__(self, *, hand_offs: HandOffs, threads: Threads | None = None) -> None:
        """Without ``threads`` words alone tell."""
        self._hand_offs, self._threads = hand_offs, threads
        self._complete = False

    async def to(self, case: Case) -> Sequence[Case]:
        """What resembles ``case``, most alike first. Raises LedgerUnavailable."""
        if case.entry.state == "withdrawn" or not case.entry.text.strip():
            return ()
        found = await self._by_meaning(case)
        return await self._by_words(case) if found is None else found

    async def keep(self) -> None:
        """Follow the ledger until cancelled, whatever fails meanwhile."""
        while self._threads is not None:
            try:
                await self.follow()
            except (AnswerError, LedgerUnavailable) as error:
                self._complete = False
                log.warning("similar threads are found by words alone", extra={"reason": str(error)})
            await asyncio.sleep(FOLLOW_SECONDS)

    async def follow(self) -> None:
        """Let exactly what the ledger keeps be found. Raises LedgerUnavailable, RetrievalUnavailable."""
        if self._threads is None:
            return
        kept = await self._hand_offs.revisions(FOLLOWED)
        held = await self._threads.held()
        if gone := held.keys() - kept.keys():
            await self._threads.remove(gone)
        lacking = [ref for ref, revision in kept.items() if held.get(ref) != revision]
        for at in range(0, len(lacking), PART):
            cases = await self._hand_offs.cases(lacking[at : at + PART])
            # Who deleted a question meanwhile wants it kept nowhere.
            await self._threads.keep([case.entry for case in cases if case.entry.state != "withdrawn"])
        self._complete = True

    async def _by_meaning(self, case: Case) -> Sequence[Case] | None:
        """None where it cannot be told now; after a failure the next :meth:`follow` tries first."""
        if self._threads is None or not self._complete:
            return None
        try:
            async with asyncio.timeout(MEANING_SECONDS):
                refs = await self._threads.similar(case.entry, AT_MOST + SURPLUS)
        except (AnswerError, TimeoutError) as error:
            self._complete = False
            log.warning("similar threads are found by words alone", extra={"reason": str(error) or "late"})
            return None
        known = {other.hand_off.ref: other for other in await self._hand_offs.cases(refs)}
        found = [known[ref] for ref in refs if ref in known]
        return [other for other in found if _worth_showing(case, other)][:AT_MOST]

    async def _by_words(self, case: Case) -> Sequence[Case]:
        others = [
            *await self._hand_offs.listed(over=False, limit=COMPARED),
            *await self._hand_offs.listed(over=True, limit=COMPARED),
        ]
        return alike(case, [other for other in others if _worth_showing(case, other)])


def _worth_showing(case: Case, other: Case) -> bool:
    return other.entry.state != "withdrawn" and not same_thread(case, other)
