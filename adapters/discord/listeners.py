"""What Discord reports, passed on to the core: messages, edits, deletions."""

import logging
from collections.abc import Collection

import discord

from adapters.discord.chat import Chat
from adapters.discord.payloads import Identity, opens_forum, place_of, post_of
from adapters.discord.referring import References
from adapters.discord.surface import DiscordSurface
from adapters.discord.underway import Underway
from bot.channels.attending import Attendant
from bot.channels.ports import Ledger
from bot.channels.posts import Post
from bot.channels.replying import quietly
from bot.errors import SurfaceUnavailable
from bot.model import Place

log = logging.getLogger(__name__)


class Listeners:
    """Handlers of Discord's events."""

    def __init__(  # noqa: PLR0913 - each is used by another handler
        self,
        *,
        chat: Chat,
        me: Identity,
        surface: DiscordSurface,
        attendant: Attendant,
        ledger: Ledger,
        auto_answer: Collection[str],
    ) -> None:
        """``auto_answer`` are the ids of forums whose new posts are answered."""
        self._chat, self._me, self._surface = chat, me, surface
        self._attendant, self._ledger, self._auto_answer = attendant, ledger, auto_answer
        self._references = References(chat, me, ledger)

    def listen(self, client: discord.Client, underway: Underway) -> None:
        """Register with ``client``, which runs each handler in a task of its own."""
        for handler in (
            self.on_message,
            self.on_raw_message_edit,
            self.on_raw_message_delete,
            self.on_raw_bulk_message_delete,
            self.on_raw_thread_delete,
        ):
            client.event(underway.followed(handler))

    async def on_message(self, message: discord.Message) -> None:
        """Somebody wrote."""
        if str(message.author.id) == self._me.user:
            return
        post = await self._read(message)
        if post is None:
            return
        opening = opens_forum(post) and post.place.channel in self._auto_answer and post.by == "human"
        if opening and not post.mentions_bot:
            await quietly(self._took(post))
        else:
            await self._attendant.attend(post, self._surface)

    async def on_raw_message_edit(self, event: discord.RawMessageUpdateEvent) -> None:
        """A message has a new text; previews that Discord adds come as edits, too."""
        message = event.message
        if message.edited_at is None or str(message.author.id) == self._me.user:
            return
        post = await self._read(message)
        if post is not None and (post.text or post.mentions_bot):
            # Without a text it is one that we may not read any more.
            await quietly(self._attendant.edited(post, self._surface))

    async def on_raw_message_delete(self, event: discord.RawMessageDeleteEvent) -> None:
        """A message is gone."""
        await self._gone(event.channel_id, event.guild_id, {event.message_id})

    async def on_raw_bulk_message_delete(self, event: discord.RawBulkMessageDeleteEvent) -> None:
        """Many messages are gone."""
        await self._gone(event.channel_id, event.guild_id, event.message_ids)

    async def on_raw_thread_delete(self, event: discord.RawThreadDeleteEvent) -> None:
        """A thread is gone, with every question in it."""
        place = Place(
            platform="discord",
            workspace=str(event.guild_id),
            channel=str(event.parent_id),
            thread=str(event.thread_id),
        )
        await quietly(self._withdraw_all(place))

    async def _gone(self, channel: int, guild: int | None, messages: Collection[int]) -> None:
        place = await self._place(channel, guild)
        if place is None:
            return
        for message in messages:
            await quietly(self._attendant.deleted(place, str(message), self._surface))

    async def _withdraw_all(self, place: Place) -> None:
        for entry in await self._ledger.in_thread(place):
            if entry.state == "open":
                await self._attendant.deleted(place, entry.message, self._surface)

    async def _took(self, post: Post) -> None:
        await self._attendant.take(post, self._surface, "auto")

    async def _read(self, message: discord.Message) -> Post | None:
        place = place_of(message.channel, guild=message.guild.id if message.guild else None)
        place = place or await self._place(message.channel.id, message.guild.id if message.guild else None)
        post = post_of(message, self._me, place) if place else None
        return await self._references.read(post, message) if post else None

    async def _place(self, channel: int, guild: int | None) -> Place | None:
        """The place of a channel or thread that Discord may have to be asked for; None where it is gone."""
        if guild is None:
            return Place(platform="discord", channel=str(channel), thread=str(channel))
        try:
            return place_of(await self._chat.channel(channel), guild=guild)
        except SurfaceUnavailable as error:
            log.info("channel not known", extra={"reason": error.reason})
            return None
