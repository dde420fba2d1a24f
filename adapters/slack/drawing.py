"""Shows a text in as many Slack messages as it needs, by posting and updating them."""

from collections.abc import Awaitable, Callable, Sequence

from adapters.slack.blocks import Block
from adapters.slack.chat import Chat, SlackRefused
from adapters.slack.content import Content, pieces

Posted = Callable[[Sequence[str]], Awaitable[None]]
NO_MARKDOWN = {"invalid_blocks", "invalid_blocks_format", "unsupported_block_type"}

NO_UPDATE = {"message_not_found", "block_mismatch", "cant_update_message", "edit_window_closed"}
"""Where a message cannot be changed, another one takes its place."""


class Drawing:
    """The messages of one answer; each draw makes them show another text."""

    def __init__(self, chat: Chat, channel: str, thread: str, *, ids: Sequence[str], posted: Posted) -> None:
        """``ids`` are messages to draw into; ``posted`` is told all ids when one is added or taken away."""
        self._chat, self._channel, self._thread, self._posted = chat, channel, thread, posted
        self.ids = list(ids)
        self._shown: dict[str, Content] = {}
        self._classic = False

    async def draw(self, text: str, tail: Sequence[Block] = (), *, last: bool = False) -> None:
        """Show ``text`` with ``tail`` below it; the ``last`` draw takes messages away that are left over.

        Raises SurfaceUnavailable.
        """
        contents = pieces(text, tail)
        for place, content in enumerate(contents):
            await self._put(place, content)
        if last:
            await self._remove(self.ids[len(contents) :])

    async def erase(self) -> None:
        """Take all messages away. Raises SurfaceUnavailable."""
        await self._remove(list(self.ids))

    async def _put(self, place: int, content: Content) -> None:
        try:
            await self._show(place, content.classic() if self._classic else content)
        except SlackRefused as error:
            if self._classic or error.code not in NO_MARKDOWN:
                raise
            self._classic = True
            await self._show(place, content.classic())

    async def _show(self, place: int, content: Content) -> None:
        if place < len(self.ids):
            ts = self.ids[place]
            if self._shown.get(ts) == content:
                return
            try:
                await self._update(ts, content)
            except SlackRefused as error:
                if error.code not in NO_UPDATE:
                    raise
                await self._drop(ts)
                ts = await self._add(place, content)
        else:
            ts = await self._add(place, content)
        self._shown[ts] = content

    async def _update(self, ts: str, content: Content) -> None:
        try:
            await self._chat.update(self._channel, ts, content.text, content.blocks)
        except SlackRefused as error:
            if error.code != "streaming_state_conflict":
                raise
            # A process that died was streaming into it.
            await self._chat.stop(self._channel, ts)
            await self._chat.update(self._channel, ts, content.text, content.blocks)

    async def _add(self, place: int, content: Content) -> str:
        ts = await self._chat.post(self._channel, self._thread, content.text, content.blocks)
        self.ids[place : place + 1] = [ts]
        await self._posted(self.ids)
        return ts

    async def _remove(self, ids: Sequence[str]) -> None:
        for ts in list(ids):
            await self._drop(ts)
            self.ids.remove(ts)
            await self._posted(self.ids)

    async def _drop(self, ts: str) -> None:
        try:
            await self._chat.delete(self._channel, ts)
        except SlackRefused as error:
            if error.code != "message_not_found":
                raise
