"""Lets a chat model look further before an answer is given up: searches of its own, and whole pages."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence

from bot import wording
from bot.errors import ModelUnavailable, RetrievalUnavailable
from bot.honesty.confidence import Scale
from bot.model import Message, Passage, Progress, ToolCall
from bot.ports import PageReader, Retriever, ToolModel
from bot.search import lookups
from bot.search.lookups import Lookup
from bot.search.searching import Searched

log = logging.getLogger(__name__)

RESULTS = 10


class LookingUp:
    """A few lookups that the model asks for, between a weak search and the answer."""

    def __init__(  # noqa: PLR0913 - what it needs of the outside, and its bounds
        self,
        *,
        model: ToolModel,
        retriever: Retriever,
        pages: PageReader,
        scale: Scale,
        most: int = 4,
        chars: int = 12_000,
    ) -> None:
        """``most`` lookups for one question; ``chars`` is the size of the context that an answer is from."""
        self._model, self._retriever, self._pages = model, retriever, pages
        self._scale, self._most, self._chars = scale, most, chars

    async def look(self, searched: Searched, until: float) -> AsyncGenerator[Progress | Searched, None]:
        """Says what is looked up; last, where that brought passages, all that is found now.

        Ends at ``until`` (the event loop's time) at the latest, and wherever the model asks for nothing new.
        A model, a server or an index that fails ends it too. Never raises.
        """
        messages = lookups.messages(searched, self._chars // 2)
        made: list[Lookup] = []
        looked: list[Passage] = []
        done: list[tuple[ToolCall, str]] = []
        while len(made) < self._most:
            calls = await self._calls(messages, done, until)
            chosen = lookups.fresh(calls, made, self._most - len(made))
            for call, one in chosen:
                made.append(one)
                known = [*looked, *searched.found]
                yield Progress(step=_step(one, known))
                found = await self._found(one, searched, known, until)
                new = lookups.kept(found, looked, one, self._chars)
                done.append((call, lookups.context(new, first=len(known) + 1)))
                looked += new
            if not chosen:
                break
        log.info("looked up", extra={"lookups": len(made), "passages": len(looked)})
        if looked:
            yield lookups.joined(searched, looked, self._scale)

    async def _calls(
        self,
        messages: Sequence[Message],
        done: Sequence[tuple[ToolCall, str]],
        until: float,
    ) -> Sequence[ToolCall]:
        """What the model asks for next; nothing where it fails or takes too long."""
        try:
            async with asyncio.timeout_at(until):
                return await self._model.tool_calls(messages, done, lookups.TOOLS)
        except (ModelUnavailable, TimeoutError) as error:
            log.info("not looked up", extra={"reason": type(error).__name__})
            return ()

    async def _found(
        self, one: Lookup, searched: Searched, known: Sequence[Passage], until: float
    ) -> Sequence[Passage]:
        """Passages, best first or as their page has them; none where the index fails or takes too long."""
        scope = searched.narrowed.scope
        try:
            async with asyncio.timeout_at(until):
                if one.kind == "search":
                    return await self._retriever.search(one.wanted, RESULTS, scope=scope)
                return await self._pages.page(lookups.path_of(one.wanted, known), scope=scope)
        except (RetrievalUnavailable, TimeoutError) as error:
            log.info("nothing looked up", extra={"reason": type(error).__name__})
            return ()


def _step(one: Lookup, known: Sequence[Passage]) -> str:
    if one.kind == "search":
        return wording.SEARCHING_FOR.format(query=lookups.shortened(one.wanted))
    return wording.READING.format(title=lookups.shortened(lookups.title_of(one.wanted, known)))
