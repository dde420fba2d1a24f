"""People's acts, called by the short names that tests use for people and channels."""

import asyncio
from collections.abc import Mapping
from typing import Any

from discordd import commands, components, events, interaction, payloads, pinging, rights
from discordd.gateway import Gateway
from discordd.guild import Guild
from discordd.interaction import Interaction
from discordd.interactions import Interactions
from discordd.reading import Shown
from discordd.records import (
    BOT,
    DM,
    FORUM,
    PUBLIC_THREAD,
    REPLY,
    Channel,
    Fields,
    Message,
    Overwrite,
    User,
)
from discordd.shapes import now

Name = int | str


class People:
    """Each act tells the app what Discord tells it."""

    def __init__(
        self, guild: Guild, gateway: Gateway, interactions: Interactions, known: commands.Commands
    ) -> None:
        self.guild, self.gateway = guild, gateway
        self.interactions, self.known = interactions, known

    def written(self, text: str) -> str:
        """Text with ``<@BOT>``, ``<@BEN>`` and ``<@&MODERATORS>`` as Discord has them."""
        for user in self.guild.users.values():
            names = (user.name.upper(), "BOT") if user.id == BOT else (user.name.upper(),)
            for name in names:
                text = text.replace(f"<@{name}>", f"<@{user.id}>")
        for role in self.guild.roles.values():
            text = text.replace(f"<@&{role.name.upper()}>", f"<@&{role.id}>")
        return text

    def _message(self, message: Name | Shown) -> Message:
        return self.guild.standing(message.id if isinstance(message, Shown) else int(message))

    async def says(
        self,
        user: Name,
        channel: Name,
        text: str,
        reply_to: int | Shown | None = None,
        *,
        mentions: bool = True,
        pings: bool = True,
        **fields: Any,
    ) -> int:
        """Writes a message; gives its id. ``fields`` are of ``Message``, such as ``attachments``.

        ``pings`` is the switch beside a reply. Without ``mentions`` its list of them is empty,
        although the text holds some, as where they stand in code.
        """
        who, where = self.guild.user(user), self.guild.channel(channel)
        self._may(who, where, rights.SEND_IN_THREADS if where.is_thread else rights.SEND)
        assert where.type != FORUM, "a forum takes posts only"
        # What it replies to may be gone by now.
        reference = reply_to.id if isinstance(reply_to, Shown) else reply_to or 0
        said = Message(id=self.guild.snowflake(), channel=where.id, author=who.id, **fields)
        said.content, said.reference = self.written(text), reference
        said.type = REPLY if reference else said.type
        if mentions:
            pinging.mention(self.guild, said, pinging.Allowed(replied=pings))
        events.posted(self.guild, said)
        await asyncio.sleep(0)
        return said.id

    def _may(self, user: User, channel: Channel, bits: int) -> None:
        if channel.type == DM:
            assert user.id in (BOT, channel.with_user), f"{user.name} is not in this conversation"
            return
        mine = self.guild.rights(user.id, channel)
        assert mine & bits == bits, f"{user.name} may not write in {channel.name}"
        assert not channel.locked or mine & rights.MANAGE_THREADS, f"{channel.name} is locked"

    async def posts_in_forum(
        self, user: Name, forum: Name, title: str, text: str, tags: tuple[int, ...] = ()
    ) -> int:
        """Opens a post; gives the thread's id, which is its first message's as well."""
        who, where = self.guild.user(user), self.guild.channel(forum)
        assert where.type == FORUM, f"{where.name} is no forum"
        number = self.guild.snowflake()
        thread = Channel(id=number, name=title, type=PUBLIC_THREAD, parent=where.id, owner=who.id)
        thread.applied_tags = list(tags)
        events.opened(self.guild, thread)
        first = Message(id=number, channel=number, author=who.id, content=self.written(text))
        pinging.mention(self.guild, first, pinging.Allowed())
        events.posted(self.guild, first)
        await asyncio.sleep(0)
        return number

    async def starts_thread(self, user: Name, message: Name | Shown, title: str) -> int:
        """Starts a thread from a message; gives its id, which is the message's as well."""
        return events.started(self.guild, self._message(message), title, self.guild.user(user).id).id

    async def edits(self, message: Name | Shown, text: str) -> None:
        """Changes a message's text."""
        standing = self._message(message)
        standing.content = self.written(text)
        standing.versions.append(standing.content)
        pinging.mention(self.guild, standing, pinging.Allowed())
        standing.edited, standing.edits = now(), standing.edits + 1
        events.changed(self.guild, standing)

    async def unfurls(self, message: Name | Shown) -> None:
        """Lets Discord add a preview of a link: an update that nobody made."""
        standing = self._message(message)
        standing.embeds = [
            *standing.embeds,
            {"type": "link", "title": "A page", "url": "https://example.com"},
        ]
        events.changed(self.guild, standing)

    async def deletes(self, message: Name | Shown) -> None:
        """Deletes a message; a thread that started from it stays."""
        events.deleted(self.guild, self._message(message))

    async def deletes_channel(self, channel: Name) -> None:
        """Deletes a channel or a thread."""
        events.removed(self.guild, self.guild.channel(channel))

    async def archives(self, thread: Name, *, locked: bool = False) -> None:
        """Closes a thread, as Discord itself does after a while; a locked one stays closed."""
        where = self.guild.channel(thread)
        where.archived, where.locked = True, locked
        events.updated(self.guild, where)

    async def lets_in(self, user: Name, channel: Name) -> None:
        """Lets somebody, the bot too, see a channel."""
        self._overwrite(self.guild.user(user), self.guild.channel(channel), allow=rights.VIEW)

    async def shuts_out(self, user: Name, channel: Name) -> None:
        """Lets somebody not see a channel any more."""
        self._overwrite(self.guild.user(user), self.guild.channel(channel), deny=rights.VIEW)

    def _overwrite(self, user: User, channel: Channel, **bits: int) -> None:
        others = [each for each in channel.overwrites if each.id != user.id]
        channel.overwrites = [*others, Overwrite(id=user.id, kind="member", **bits)]
        events.updated(self.guild, channel)

    async def reacts(self, user: Name, message: Name | Shown, emoji: str) -> None:
        """Adds a reaction."""
        events.reacted(self.guild, self._message(message), self.guild.user(user).id, emoji)

    async def unreacts(self, user: Name, message: Name | Shown, emoji: str) -> None:
        """Takes a reaction back."""
        events.unreacted(self.guild, self._message(message), self.guild.user(user).id, emoji)

    async def commands(
        self, user: Name, channel: Name, command: str, options: Mapping[str, Any] | None = None
    ) -> Interaction:
        """Uses a slash command (``docent ask`` names a sub-command); returns when it is answered."""
        name, *path = command.split()
        known = self.known.find(commands.SLASH, name)
        data = payloads.command(known, commands.used(known, path, options or {}))
        return await self._interact(interaction.COMMAND, user, channel, data)

    async def context_menu(
        self, user: Name, channel: Name, message: Name | Shown, command: str
    ) -> Interaction:
        """Uses a command of a message's menu."""
        known = self.known.find(commands.MESSAGE_MENU, command)
        target = self._message(message)
        assert target.channel == self.guild.channel(channel).id, "the message stands in another channel"
        data = payloads.menu(self.guild, known, target)
        return await self._interact(interaction.COMMAND, user, channel, data)

    async def clicks(
        self, user: Name, message: Name | Shown, wanted: str, choice: str | None = None
    ) -> Interaction:
        """Presses a button by its label or custom id, or takes a ``choice`` of a select."""
        target = self._message(message)
        assert target.seen_by in (0, self.guild.user(user).id), "somebody else's message"
        data = components.pressed(target.components, wanted, choice)
        return await self._interact(interaction.COMPONENT, user, target.channel, data, target)

    async def submits(
        self, user: Name, opened: Interaction, values: Mapping[str, str] | None = None
    ) -> Interaction:
        """Fills the modal that an interaction opened, by custom id or label, and sends it."""
        assert opened.modal is not None, "no modal was opened"
        assert opened.user == self.guild.user(user).id, "it is somebody else's modal"
        filled = components.filled(opened.modal["components"], values or {})
        data = {"custom_id": opened.modal["custom_id"], "components": filled}
        return await self._interact(interaction.MODAL_SUBMIT, user, opened.channel, data, opened.message)

    async def _interact(
        self, kind: int, user: Name, channel: Name, data: Fields, message: Message | None = None
    ) -> Interaction:
        where, who = self.guild.channel(channel), self.guild.user(user)
        assert self.guild.sees(who.id, where), f"{who.name} does not see {where.name}"
        done = self.interactions.add(kind, who.id, where.id, data, message)
        self.gateway.announce("INTERACTION_CREATE", payloads.interaction(self.guild, done))
        if self.gateway.live:
            await self._answered(done)
        return done

    async def _answered(self, done: Interaction) -> None:
        try:
            await self.guild.changes.until(lambda: done.acked, self.interactions.ack_seconds, lambda: "")
        except AssertionError:
            return  # the person reads that the app did not respond
