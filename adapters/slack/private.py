"""One answer that only its asker sees: the answer to a command."""

from collections.abc import Awaitable, Callable, Sequence

from adapters.slack import content
from adapters.slack.blocks import Block
from bot.model import Answer
from bot.posts import Entry

Show = Callable[[str, Sequence[Block]], Awaitable[None]]
"""Shows a text with blocks to the asker, in place of what was shown before where that can be."""


class PrivateReply:
    """A ``bot.ports.Reply`` that shows the whole answer at once: private messages cannot be streamed."""

    def __init__(self, entry: Entry, show: Show) -> None:
        self._entry, self._show = entry, show

    async def status(self, step: str) -> None:
        """The command itself was answered with a status already."""

    async def write(self, text: str) -> None:
        """Nothing is shown before the end."""

    async def finish(self, answer: Answer, notices: Sequence[str]) -> None:
        """Show the answer, with a button that shares it with the channel."""
        shared = answer.kind in {"answered", "extract"}
        tail = content.tail(self._entry.ref, answer, notices, share=shared)
        for piece in content.pieces(answer.text, tail):
            await self._show(piece.text, piece.blocks)

    async def fail(self, sentence: str) -> None:
        """Say what happened."""
        await self._show(sentence, content.failure(self._entry.ref, sentence, begun=False))

    async def retract(self) -> None:
        """Nobody else has seen it."""

    async def leave(self) -> None:
        """Nothing is held."""
