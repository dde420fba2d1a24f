"""Writes the answer to one question of the ledger into its channel, and keeps how that ended."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from types import MappingProxyType

from bot.answering import Answerer
from bot.channels import phrases
from bot.channels.delivering import Ending
from bot.channels.ports import Ledger, Reply
from bot.channels.posts import Entry
from bot.errors import AnswerError, EmptyQuestion, LedgerUnavailable, SurfaceUnavailable, sentence
from bot.model import Answer, Delta, Notice, Progress, Question, Scope, Turn

log = logging.getLogger(__name__)
EMPTY: Mapping[str, Sequence[str]] = MappingProxyType({})


class Replier:
    """Answers entries; nothing but a cancellation keeps it from an ending that can be shown."""

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
    ) -> Ending:
        """Answer ``entry``, its words into ``reply`` as they come; how it ends is for others to show."""
        written: list[str] = []
        try:
            return await self._streamed(self._question(entry, history), reply, written, list(notices))
        except EmptyQuestion as error:
            return Ending(answer=Answer(text=sentence(error), kind="clarify"))
        except AnswerError as error:
            log.warning("not answered", extra={"reason": str(error)})
            said = sentence(error)
        except Exception:
            log.exception("defect while answering")
            said = phrases.DEFECT
        return Ending(sentence=said, written="".join(written))

    async def wanted(self, entry: Entry) -> bool:
        """Whether the question was neither deleted nor edited meanwhile, maybe under another process."""
        try:
            known = await self._ledger.entry(entry.ref)
        except LedgerUnavailable as error:
            log.warning("ledger not read", extra={"reason": error.reason})
            return True
        return known is None or (known.state == "open" and known.revision == entry.revision)

    async def close(self, entry: Entry, ending: Ending | None) -> bool:
        """Keep how ``entry`` ended, None where nobody could be told; False where it is another's by now.

        Raises LedgerUnavailable.
        """
        answer = ending.answer if ending else None
        return await self._ledger.close(
            entry.ref,
            revision=entry.revision,
            state="answered" if answer else "failed",
            answer=answer,
            now=self._clock(),
        )

    def _question(self, entry: Entry, history: Sequence[Turn]) -> Question:
        place = entry.place
        chosen = self._sources.get(place.thread) or self._sources.get(place.channel, ())
        return Question(
            text=entry.text,
            history=tuple(history),
            place=place,
            asker=entry.asker,
            ref=entry.ref,
            scope=Scope(sources=tuple(chosen)),
        )

    async def _streamed(
        self, question: Question, reply: Reply, written: list[str], notices: list[str]
    ) -> Ending:
        async with aclosing(self._answerer.answer(question)) as events:
            async for event in events:
                match event:
                    case Progress():
                        await reply.status(event.step)
                    case Notice():
                        notices.append(event.text)
                    case Delta():
                        written.append(event.text)
                        await reply.write(event.text)
                    case Answer():
                        return Ending(answer=event, notices=notices)
        raise AssertionError("an answer without an end")


async def quietly(doing: Awaitable[object]) -> None:
    """Do what nobody waits for; where it fails, a line in the log is enough."""
    try:
        await doing
    except (SurfaceUnavailable, LedgerUnavailable) as error:
        log.warning("not done", extra={"reason": str(error)})
