"""Streams a text into a Slack thread, in as many messages as it needs."""

from collections.abc import Awaitable, Callable, Sequence

from slack_sdk.web.async_chat_stream import AsyncChatStream

from adapters.message_split import Growing
from adapters.slack.blocks import Block
from adapters.slack.chat import Chat, translated
from adapters.slack.content import PIECE_CHARS
from adapters.slack.quiet import Quiet
from bot.channels.posts import Entry


class Streaming:
    """The messages of one answer; text can only be added. Every method raises SurfaceUnavailable."""

    def __init__(
        self, chat: Chat, entry: Entry, *, posted: Callable[[Sequence[str]], Awaitable[None]]
    ) -> None:
        """``posted`` is told the ids of all messages when one is begun."""
        self._chat, self._entry, self._posted = chat, entry, posted
        self._growing, self._quiet = Growing(PIECE_CHARS), Quiet()
        self._stream: AsyncChatStream | None = None
        self.ids: list[str] = []
        self.shown = ""
        """What was given to show so far; the end of it may still be held back."""

    @property
    def open(self) -> bool:
        """Whether a message waits for more."""
        return self._stream is not None

    async def append(self, text: str) -> None:
        """Show ``text`` behind what is there."""
        self.shown += text
        await self._put_all(self._growing.feed(self._quiet.feed(text)))

    async def end(self, tail: Sequence[Block]) -> None:
        """Show what was held back, and ``tail`` below it."""
        await self._put_all(self._growing.feed(self._quiet.end()))
        await self._put_all(self._growing.end())
        await self._close(tail)

    async def _put_all(self, pieces: Sequence[str]) -> None:
        here, *others = pieces
        await self._put(here)
        for piece in others:
            await self._close()
            await self._put(piece)

    async def _put(self, text: str) -> None:
        if not text:
            return
        with translated():
            if self._stream is None:
                place = self._entry.place
                self._stream = await self._chat.stream(
                    place.channel, place.thread, team=place.workspace, user=self._entry.asker
                )
            await self._stream.append(markdown_text=text)
        if self._stream.ts and self._stream.ts not in self.ids:
            self.ids.append(self._stream.ts)
            await self._posted(self.ids)

    async def _close(self, tail: Sequence[Block] = ()) -> None:
        if self._stream is None:
            return
        stream, self._stream = self._stream, None
        with translated():
            await stream.stop(blocks=list(tail) or None)
