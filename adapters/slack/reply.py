"""One answer on its way into a Slack thread: streamed where Slack can, by updates where it cannot."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from adapters.drawing import Drawing
from adapters.live_text import LiveText
from adapters.slack import content
from adapters.slack.blocks import Block
from adapters.slack.chat import Chat
from adapters.slack.content import Content
from adapters.slack.drawing import SlackMessages
from adapters.slack.live import Live, lacking
from adapters.slack.streaming import Streaming
from bot.channels.posts import Entry
from bot.errors import SurfaceUnavailable
from bot.model import Answer

log = logging.getLogger(__name__)


class SlackReply:
    """A ``bot.channels.ports.Reply``. What is written is buffered and shown at the pace that Slack allows."""

    def __init__(
        self, chat: Chat, entry: Entry, posted: Callable[[str], Awaitable[None]], *, live: Live
    ) -> None:
        self._chat, self._entry, self._posted, self._live = chat, entry, posted, live
        ids = entry.reply.split()
        place = entry.place
        messages = SlackMessages(chat, place.channel, place.thread)
        self._drawing: Drawing[Content] = Drawing(messages, ids=ids, posted=self._note)
        streams = live.streams and not ids
        self._streaming = Streaming(chat, entry, posted=self._note) if streams else None
        self._growing = LiveText(self._show, lambda: live.pace(streamed=bool(self._streaming)))
        self._step = ""
        self._teller: asyncio.Task[None] | None = None
        live.joined(self)

    async def status(self, step: str) -> None:
        """Show ``step`` below the question until the answer begins."""
        self._step = f"{step}…"
        if self._teller is None and not self._growing.text:
            self._teller = asyncio.create_task(self._tell())

    async def write(self, text: str) -> None:
        """Buffer ``text``; it is shown as soon as Slack's pace allows."""
        self._growing.add(text)

    async def finish(self, answer: Answer, notices: Sequence[str]) -> None:
        """Show the whole answer, its sources and its buttons."""
        await self._settle()
        await self._show_whole(answer.text, content.tail(self._entry.ref, answer, notices))

    async def _show_whole(self, text: str, tail: Sequence[Block]) -> None:
        if not await self._ended(text, tail):
            await self._fall_back()
            await self._drawing.draw(content.pieces(text, tail), last=True)

    async def _ended(self, text: str, tail: Sequence[Block]) -> bool:
        """Whether the stream could be ended so that it shows ``text``."""
        stream = self._streaming
        if stream is None or not stream.ids or not text.startswith(stream.shown.rstrip()):
            return False
        try:
            await stream.append(text[len(stream.shown) :])
            await stream.end(tail)
        except SurfaceUnavailable as error:
            log.info("stream lost at its end", extra={"reason": error.reason})
            return False
        return True

    async def fail(self, sentence: str) -> None:
        """Leave what was written, and say what happened."""
        await self._settle()
        text = self._growing.text
        await self._show_whole(text, content.failure(self._entry.ref, sentence, begun=bool(text)))

    async def retract(self) -> None:
        """Delete what was written."""
        await self._settle()
        await self._fall_back()
        await self._drawing.erase()

    async def leave(self) -> None:
        """Let go of the stream and of everything that runs."""
        self._live.left(self)
        if self._teller is not None:
            self._teller.cancel()
            await asyncio.wait([self._teller])
        await self._growing.stop()
        if self._streaming and self._streaming.open:
            with suppress(SurfaceUnavailable):
                await self._fall_back()

    async def _tell(self) -> None:
        """Tell the steps one after another: sent at the same time they might arrive in another order."""
        told = ""
        while told != self._step:
            told = self._step
            try:
                await self._tell_step(told)
            except SurfaceUnavailable as error:
                log.info("status not shown", extra={"reason": error.reason})
        self._teller = None

    async def _tell_step(self, step: str) -> None:
        place = self._entry.place
        if self._live.statuses and not self._drawing.ids:
            try:
                await self._chat.status(place.channel, place.thread, step)
                return
            except SurfaceUnavailable as error:
                log.info("status not taken", extra={"reason": error.reason})
                self._live.statuses = not lacking(error)
        # Without statuses a message stands there that becomes the answer.
        self._streaming = None
        await self._drawing.draw(content.pieces(f"_{step}_"))

    async def _show(self) -> None:
        await self._told()
        if self._streaming:
            try:
                await self._streaming.append(self._growing.text[len(self._streaming.shown) :])
                return
            except SurfaceUnavailable as error:
                log.info("no stream, updating instead", extra={"reason": error.reason})
                self._live.streams = not lacking(error)
                await self._fall_back()
        await self._drawing.draw(content.pieces(self._growing.text))

    async def _fall_back(self) -> None:
        """From here on the messages are drawn; a stream that is open is ended first."""
        if self._streaming:
            for ts in self._streaming.ids:
                await self._chat.stop(self._entry.place.channel, ts)
            self._drawing.ids = list(self._streaming.ids)
            self._streaming = None

    async def _settle(self) -> None:
        """Wait for what is on its way."""
        await self._told()
        await self._growing.settle()

    async def _told(self) -> None:
        if self._teller is not None:
            await asyncio.wait([self._teller])

    async def _note(self, ids: Sequence[str]) -> None:
        await self._posted(" ".join(ids))
