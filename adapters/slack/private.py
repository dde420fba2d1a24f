"""One answer that only its asker sees: the answer to a command."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from adapters.slack import content
from adapters.slack.blocks import Block
from adapters.slack.chat import SlackRefused
from adapters.slack.content import Content
from adapters.slack.drawing import NO_MARKDOWN
from bot.channels.posts import Entry
from bot.channels.replying import quietly
from bot.model import Answer

Show = Callable[[str, Sequence[Block]], Awaitable[None]]
"""Shows a text with blocks to the asker."""
STATUS_SECONDS = 0.7
"""An answer that is quicker needs no status before it."""


class PrivateReply:
    """A ``bot.channels.ports.Reply`` that shows whole answers: private messages cannot be streamed."""

    def __init__(self, entry: Entry, show: Show) -> None:
        self._entry, self._show = entry, show
        self._telling: asyncio.Task[None] | None = None

    async def status(self, step: str) -> None:
        """Show ``step`` where the answer takes its time: such a message cannot be taken back."""
        if self._telling is None:
            self._telling = asyncio.create_task(self._tell(f"_{step}…_"))

    async def _tell(self, text: str) -> None:
        await asyncio.sleep(STATUS_SECONDS)
        await quietly(self._show(text, ()))

    async def write(self, text: str) -> None:
        """Nothing is shown before the end."""

    async def finish(self, answer: Answer, notices: Sequence[str]) -> None:
        """Show the answer, with a button that shares it with the channel."""
        await self.leave()
        shared = answer.kind in {"answered", "extract"}
        tail = content.tail(self._entry.ref, answer, notices, share=shared)
        for piece in content.pieces(answer.text, tail):
            await self._put(piece)

    async def _put(self, piece: Content) -> None:
        try:
            await self._show(piece.text, piece.blocks)
        except SlackRefused as error:
            if error.code not in NO_MARKDOWN:
                raise
            await self._show(piece.text, piece.classic().blocks)

    async def fail(self, sentence: str) -> None:
        """Say what happened."""
        await self.leave()
        await self._show(sentence, content.failure(self._entry.ref, sentence, begun=False))

    async def retract(self) -> None:
        """Nobody else has seen it."""

    async def leave(self) -> None:
        """Leave off telling."""
        if self._telling is not None:
            self._telling.cancel()
            await asyncio.wait([self._telling])
