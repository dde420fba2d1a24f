"""One answer on its way into Discord: typing at first, then a message that grows by edits."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from adapters.discord import content
from adapters.discord.content import Content, Tail
from adapters.discord.pacing import CHANNEL_SECONDS
from adapters.discord.spots import Spot
from adapters.drawing import Drawing
from adapters.live_text import LiveText
from bot.errors import SurfaceUnavailable
from bot.model import Answer

log = logging.getLogger(__name__)
TYPING_SECONDS = 8.0
"""Discord shows for ten seconds that somebody is typing."""


class DiscordReply:
    """A ``bot.channels.ports.Reply``. What is written is buffered and shown at Discord's pace."""

    def __init__(
        self, spot: Spot, ref: str, ids: Sequence[str], posted: Callable[[str], Awaitable[None]]
    ) -> None:
        """``ids`` are messages to write into; ``posted`` is told all of them when one is added."""
        self._spot, self._ref, self._posted = spot, ref, posted
        self._drawing: Drawing[Content] = Drawing(spot, ids=ids, posted=self._note)
        self._live = LiveText(self._show, lambda: CHANNEL_SECONDS)
        self._typing: asyncio.Task[None] | None = None

    async def status(self, step: str) -> None:
        """Show that we are typing until the answer begins; Discord has no place for ``step``."""
        del step
        if self._typing is None and not self._live.text:
            self._typing = asyncio.create_task(self._keep_typing())

    async def write(self, text: str) -> None:
        """Buffer ``text``; it is shown as soon as Discord's pace allows."""
        self._live.add(text)

    async def finish(self, answer: Answer, notices: Sequence[str]) -> None:
        """Show the whole answer, its sources and its buttons."""
        await self._show_whole(answer.text, content.tail(self._ref, answer, notices))

    async def fail(self, sentence: str) -> None:
        """Leave what was written, and say what happened."""
        begun = bool(self._live.text)
        await self._show_whole(self._live.text, content.failure(self._ref, sentence, begun=begun))

    async def retract(self) -> None:
        """Delete what was written."""
        await self._settle()
        await self._drawing.erase()
        await self._spot.clear()

    async def leave(self) -> None:
        """Let go of everything that runs."""
        await self._hush()
        await self._live.stop()

    async def _show_whole(self, text: str, tail: Tail) -> None:
        await self._settle()
        await self._drawing.draw(content.pieces(text, tail), last=True)

    async def _show(self) -> None:
        await self._spot.open()
        if self._live.ending or not self._live.text.strip():
            return  # it took a while, and the whole is shown next
        await self._hush()
        await self._drawing.draw(content.pieces(self._live.text))

    async def _settle(self) -> None:
        await self._live.settle()
        await self._hush()

    async def _keep_typing(self) -> None:
        while True:
            try:
                await self._spot.typing()
            except SurfaceUnavailable as error:
                log.info("typing not shown", extra={"reason": error.reason})
            await asyncio.sleep(TYPING_SECONDS)

    async def _hush(self) -> None:
        """Show no more typing: before a post, which ends what Discord shows of it."""
        if self._typing is not None:
            self._typing.cancel()
            await asyncio.wait([self._typing])

    async def _note(self, ids: Sequence[str]) -> None:
        await self._posted(" ".join(ids))
