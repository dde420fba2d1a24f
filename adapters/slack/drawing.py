"""The messages of one answer in a Slack thread, with classic blocks where a workspace knows no others."""

from collections.abc import Awaitable, Callable

from adapters.slack.chat import Chat, SlackRefused
from adapters.slack.content import Content

NO_MARKDOWN = {"invalid_blocks", "invalid_blocks_format", "unsupported_block_type"}
NO_UPDATE = {"message_not_found", "block_mismatch", "cant_update_message", "edit_window_closed"}
"""Where a message cannot be changed, another one takes its place."""


class SlackMessages:
    """An ``adapters.drawing.Messages``."""

    def __init__(self, chat: Chat, channel: str, thread: str) -> None:
        self._chat, self._channel, self._thread = chat, channel, thread
        self._classic = False

    async def post(self, content: Content) -> str:
        """Post a message into the thread; its ts."""
        posted: list[str] = []

        async def put(content: Content) -> None:
            posted.append(await self._chat.post(self._channel, self._thread, content.text, content.blocks))

        await self._put(content, put)
        return posted[0]

    async def update(self, id: str, content: Content) -> bool:
        """Put other content into a message; False where it is gone, or was deleted because it cannot be."""
        try:
            await self._put(content, lambda content: self._update(id, content))
        except SlackRefused as error:
            if error.code not in NO_UPDATE:
                raise
            await self.delete(id)
            return False
        return True

    async def delete(self, id: str) -> None:
        """Delete a message."""
        try:
            await self._chat.delete(self._channel, id)
        except SlackRefused as error:
            if error.code != "message_not_found":
                raise

    async def _put(self, content: Content, put: Callable[[Content], Awaitable[None]]) -> None:
        try:
            await put(content.classic() if self._classic else content)
        except SlackRefused as error:
            if self._classic or error.code not in NO_MARKDOWN:
                raise
            self._classic = True
            await put(content.classic())

    async def _update(self, ts: str, content: Content) -> None:
        try:
            await self._chat.update(self._channel, ts, content.text, content.blocks)
        except SlackRefused as error:
            if error.code != "streaming_state_conflict":
                raise
            # A process that died was streaming into it.
            await self._chat.stop(self._channel, ts)
            await self._chat.update(self._channel, ts, content.text, content.blocks)
