"""Slack as a place where people ask."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager

from adapters.slack import blocks
from adapters.slack.chat import Chat
from adapters.slack.live import Live
from adapters.slack.payloads import Identity, post_of
from adapters.slack.private import PrivateReply, Show
from adapters.slack.reply import SlackReply
from bot.channels.ports import Reply
from bot.channels.posts import Entry, Post
from bot.model import Place

LATEST = 100


class SlackSurface:
    """A ``bot.channels.ports.Surface``."""

    platform = "slack"

    def __init__(self, chat: Chat, me: Identity, *, streams: bool = True) -> None:
        """``streams`` switches streaming on, where the workspace has it."""
        self._chat, self._me = chat, me
        self._live = Live(streams=streams)
        self._shows: dict[str, Show] = {}

    @contextmanager
    def private(self, message: str, show: Show) -> Iterator[None]:
        """Within, the answer to the command ``message`` is shown by ``show``."""
        self._shows[message] = show
        try:
            yield
        finally:
            del self._shows[message]

    async def thread(self, place: Place) -> Sequence[Post]:
        """The latest hundred messages of a thread, oldest first."""
        found = await self._chat.replies(place.channel, place.thread)
        posts = [post_of({**message, "channel": place.channel}, self._me) for message in found]
        return [post for post in posts if post is not None][-LATEST:]

    def reply(self, entry: Entry, posted: Callable[[str], Awaitable[None]]) -> Reply:
        """A thread under the question; for a command a message that only the asker sees."""
        if entry.via == "command":
            return PrivateReply(entry, self._shows.get(entry.message) or self._whispered(entry))
        return SlackReply(self._chat, entry, posted, live=self._live)

    async def whisper(self, post: Post, sentence: str) -> None:
        """A message that only the author of ``post`` sees; in a private conversation an ordinary one."""
        place, shown = post.place, [blocks.section(sentence)]
        if post.direct:
            await self._chat.post(place.channel, place.thread or post.id, sentence, shown)
        else:
            await self._chat.whisper(place.channel, post.author, place.thread, sentence, shown)

    def _whispered(self, entry: Entry) -> Show:
        async def show(text: str, shown: Sequence[blocks.Block]) -> None:
            await self._chat.whisper(entry.place.channel, entry.asker, "", text, shown)

        return show
