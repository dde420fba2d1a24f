"""Discord as a place where people ask."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager

import discord

from adapters.discord.chat import Chat, translated
from adapters.discord.content import Content
from adapters.discord.pacing import Pacing
from adapters.discord.payloads import Identity, post_of
from adapters.discord.reply import DiscordReply
from adapters.discord.spots import LetterSpot, PrivateSpot, ThreadSpot, is_known
from bot.channels.ports import Reply
from bot.channels.posts import Entry, Post
from bot.errors import SurfaceUnavailable
from bot.model import Place

LATEST = 100
DIRECT_SECONDS = 12 * 3600.0
"""A private conversation never ends; what was said longer ago does not belong to what is asked now."""


class DiscordSurface:
    """A ``bot.channels.ports.Surface``."""

    platform = "discord"

    def __init__(self, chat: Chat, me: Identity) -> None:
        self._chat, self._me = chat, me
        self._pacing = Pacing()
        self._interactions: dict[str, discord.Interaction] = {}

    @contextmanager
    def private(self, message: str, interaction: discord.Interaction) -> Iterator[None]:
        """Within, what is to be told about ``message`` is told to who used the ``interaction``, unseen.

        The interaction was deferred already.
        """
        self._interactions[message] = interaction
        try:
            yield
        finally:
            if self._interactions.get(message) is interaction:
                del self._interactions[message]

    async def thread(self, place: Place) -> Sequence[Post]:
        """The latest hundred messages of a thread, or of the last twelve hours in private."""
        direct = not place.workspace
        if not (direct or self._me.reads_all):
            raise SurfaceUnavailable("messages have no text without the Message Content intent")
        found = await self._chat.history(place.thread, LATEST)
        messages = [await self._starter(place, message) for message in found]
        read = [post_of(message, self._me, place) for message in messages]
        posts = [post for post in read if post is not None]
        since = posts[-1].at - DIRECT_SECONDS if posts and direct else 0.0
        return [post for post in posts if post.at >= since]

    def reply(self, entry: Entry, posted: Callable[[str], Awaitable[None]]) -> Reply:
        """A thread under the question; for a command messages that only the asker sees."""
        if entry.via != "command":
            spot = ThreadSpot(self._chat, entry, self._pacing)
            return DiscordReply(spot, entry.ref, entry.reply.split(), posted)
        if interaction := self._interactions.get(entry.message):
            return DiscordReply(PrivateSpot(interaction, self._pacing), entry.ref, (), posted)
        letter = LetterSpot(self._chat, entry, self._pacing)
        return DiscordReply(letter, entry.ref, entry.reply.split(), posted)

    async def whisper(self, post: Post, sentence: str) -> None:
        """Seen by the author alone: below a command, else in private; where that is shut, as a reply."""
        told = Content(text=sentence)
        if interaction := self._interactions.get(post.id):
            async with translated():
                await interaction.edit_original_response(
                    content=sentence, allowed_mentions=discord.AllowedMentions.none()
                )
            return
        beside = post.place.thread in {"", post.id} or not is_known(self._chat, post.place)
        stands_in = post.place.channel if beside else post.place.thread
        try:
            await self._chat.post(await self._chat.private_channel(post.author), told)
        except SurfaceUnavailable:
            await self._chat.post(stands_in, told, answering=post.id)

    async def _starter(self, place: Place, message: discord.Message) -> discord.Message:
        """The message that a thread was made from, in place of Discord's note that stands for it."""
        if message.type is not discord.MessageType.thread_starter_message:
            return message
        found = message.reference.resolved if message.reference else None
        if isinstance(found, discord.Message):
            return found
        try:
            return await self._chat.message(place.channel, place.thread)
        except SurfaceUnavailable:
            return message  # it was deleted, and the thread lives on
