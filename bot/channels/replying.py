"""Writes the answer to one question of the ledger into its channel."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from types import MappingProxyType

from bot.answering import Answerer
from bot.channels import phrases
from bot.channels.ports import Ledger, Reply
from bot.channels.posts import Entry
from bot.errors import AnswerError, EmptyQuestion, LedgerUnavailable, SurfaceUnavailable, sentence
from bot.model import Answer, Delta, Notice, Progress, Question, Scope, Turn

log = logging.getLogger(__name__)
EMPTY: Mapping[str, Sequence[str]] = MappingProxyType({})
RETRY_SECONDS = 5.0
ATTEMPTS = 3
"""After so many processes that did not finish it a question is given up."""


class Replier:
    """Answers an entry, shows it, and ends the entry; nothing but a cancellation leaves it."""

    def __init__(
        self,
        *,
        answerer: Answerer,
        ledger: Ledger,
        clock: Callable[[], float],
        sources: Mapping[str, Sequence[str]] = EMPTY,
    ) -> None:
        """``sources`` names those that a channel is answered from, by its id; all where it is not there."""
        self._answerer, self._ledger, self._clock = answerer, ledger, clock
        self._sources = sources

    async def write(
        self, entry: Entry, history: Sequence[Turn], reply: Reply, notices: Sequence[str] = ()
    ) -> None:
        """Answer ``entry`` into ``reply``, ``notices`` beside it.

        Raises LedgerUnavailable where its end cannot be kept.
        """
        try:
            answer = await self._shown(entry, history, reply, notices)
        except SurfaceUnavailable as error:
            await self._undelivered(entry, error)
        else:
            await self._closed(entry, reply, answer)

    async def give_up(self, entry: Entry, reply: Reply) -> None:
        """Apologise for an entry that nobody could finish."""
        try:
            await reply.fail(phrases.GIVEN_UP)
        except SurfaceUnavailable as error:
            log.warning("apology not delivered", extra={"reason": error.reason})
        await self._closed(entry, reply, None)

    async def _shown(
        self, entry: Entry, history: Sequence[Turn], reply: Reply, notices: Sequence[str]
    ) -> Answer | None:
        place = entry.place
        chosen = self._sources.get(place.thread) or self._sources.get(place.channel, ())
        question = Question(
            text=entry.text,
            history=tuple(history),
            place=place,
            asker=entry.asker,
            ref=entry.ref,
            scope=Scope(sources=tuple(chosen)),
        )
        try:
            return await self._streamed(question, entry.revision, reply, list(notices))
        except EmptyQuestion as error:
            answer = Answer(text=sentence(error), kind="clarify")
            await reply.finish(answer, ())
            return answer
        except AnswerError as error:
            log.warning("not answered", extra={"reason": str(error)})
            await reply.fail(sentence(error))
        except SurfaceUnavailable:
            raise
        except Exception:
            log.exception("defect while answering")
            await reply.fail(phrases.DEFECT)
        return None

    async def _streamed(
        self, question: Question, revision: int, reply: Reply, notices: list[str]
    ) -> Answer | None:
        async with aclosing(self._answerer.answer(question)) as events:
            async for event in events:
                match event:
                    case Progress():
                        await reply.status(event.step)
                    case Notice():
                        notices.append(event.text)
                    case Delta():
                        await reply.write(event.text)
                    case Answer():
                        if await self._wanted(question.ref, revision):
                            await reply.finish(event, notices)
                        return event
        return None

    async def _wanted(self, ref: str, revision: int) -> bool:
        """Whether the question was neither deleted nor edited meanwhile, maybe under another process."""
        try:
            known = await self._ledger.entry(ref)
        except LedgerUnavailable as error:
            log.warning("ledger not read", extra={"reason": error.reason})
            return True
        return known is None or (known.state == "open" and known.revision == revision)

    async def _closed(self, entry: Entry, reply: Reply, answer: Answer | None) -> None:
        ended = await self._ledger.close(
            entry.ref,
            revision=entry.revision,
            state="answered" if answer else "failed",
            answer=answer,
            now=self._clock(),
        )
        if ended:
            return
        known = await self._ledger.entry(entry.ref)
        if known is not None and known.state == "withdrawn":
            await quietly(reply.retract())

    async def _undelivered(self, entry: Entry, error: SurfaceUnavailable) -> None:
        log.warning("answer not delivered", extra={"reason": error.reason, "passing": error.passing})
        if error.passing and entry.attempts < ATTEMPTS:
            await self._ledger.release(entry.ref, self._clock() + RETRY_SECONDS)
            return
        await self._ledger.close(
            entry.ref, revision=entry.revision, state="failed", answer=None, now=self._clock()
        )


async def quietly(doing: Awaitable[None]) -> None:
    """Do what nobody waits for; where it fails, a line in the log is enough."""
    try:
        await doing
    except (SurfaceUnavailable, LedgerUnavailable) as error:
        log.warning("not done", extra={"reason": str(error)})
