"""Slack as a place where people ask."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace

from adapters.slack import blocks
from adapters.slack.chat import Chat, SlackRefused
from adapters.slack.drawing import NO_MARKDOWN
from adapters.slack.live import Live
from adapters.slack.payloads import Identity, post_of
from adapters.slack.private import PrivateReply, Show
from adapters.slack.reply import SlackReply
from bot.channels.ports import Reply
from bot.channels.posts import Entry, Post
from bot.errors import SurfaceUnavailable
from bot.model import Place

LATEST = 100


class SlackSurface:
    """A ``bot.channels.ports.Surface``."""

    platform = "slack"

    def __init__(self, chat: Chat, me: Identity, *, streams: bool = True) -> None:
        """``streams`` switches streaming on, where the workspace has it."""
        self._chat, self._me = chat, me
        self._live = Live(streams=streams)
        self._shows: defaultdict[str, list[Show]] = defaultdict(list)

    @contextmanager
    def private(self, message: str, show: Show) -> Iterator[None]:
        """Within, what belongs to the command ``message`` is shown by ``show``."""
        # Slack may send a command twice, and people press twice: each has its own way to show.
        self._shows[message].append(show)
        try:
            yield
        finally:
            self._shows[message].remove(show)
            if not self._shows[message]:
                del self._shows[message]

    async def thread(self, place: Place) -> Sequence[Post]:
        """The latest hundred messages of a thread, oldest first."""
        found = await self._chat.replies(place.channel, place.thread, LATEST)
        posts = [post_of({**message, "channel": place.channel}, self._me) for message in found]
        return [post for post in posts if post is not None]

    def reply(self, entry: Entry, posted: Callable[[str], Awaitable[None]]) -> Reply:
        """A thread under the question; for a command a message that only the asker sees."""
        if entry.via == "command":
            return PrivateReply(
                entry, self._alone(replace(entry.place, thread=""), entry.asker, entry.message)
            )
        return SlackReply(self._chat, entry, posted, live=self._live)

    async def whisper(self, post: Post, sentence: str) -> None:
        """A message that only the author of ``post`` sees; in a private conversation an ordinary one."""
        place, shown = post.place, [blocks.section(sentence)]
        if post.id in self._shows or not post.direct:
            await self._alone(place, post.author, post.id)(sentence, shown)
        else:
            await self._chat.post(place.channel, place.thread or post.id, sentence, shown)

    def _alone(self, place: Place, person: str, message: str) -> Show:
        """Shows something to one person: in response to ``message``, in its channel, or in private."""

        async def show(text: str, shown: Sequence[blocks.Block]) -> None:
            if responds := self._shows.get(message):
                with suppress(SurfaceUnavailable):
                    await responds[-1](text, shown)
                    return
            try:
                await self._chat.whisper(place.channel, person, place.thread, text, shown)
            except SlackRefused as error:
                if error.passing or error.code in NO_MARKDOWN:
                    raise
                # Where we are no member nothing can be shown.
                await self._chat.post(person, "", text, shown)

        return show
