"""Speaks to Discord's REST API: one method a call, errors in the core's words."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from typing import Any, Literal

import aiohttp
import discord

from adapters.discord.content import MENTIONED, Showable
from bot.errors import SurfaceUnavailable

log = logging.getLogger(__name__)

WRONG_TOKEN = "DISCORD_TOKEN is wrong: copy it anew from the app's page, under Bot"
CALL_SECONDS = 90.0
"""For one call with everything that discord.py waits for: rate limits, five tries of a failing server."""
THREAD_MINUTES: Literal[1440] = 1440
"""A thread in which nobody writes is archived after a day; it opens again when somebody does."""
UNKNOWN_CHANNEL, UNKNOWN_MESSAGE = 10003, 10008
GONE = {UNKNOWN_CHANNEL, UNKNOWN_MESSAGE}
ARCHIVED = 50083
HAS_A_THREAD = 160004
NO_REPLY = 160002
"""Who may not read the history of a channel may not reply in it, but write."""


class DiscordRefused(SurfaceUnavailable):
    """Discord answered and said no; ``code`` is its number for why, 0 where it gave none."""

    def __init__(self, status: int, code: int, *, passing: bool = False) -> None:
        super().__init__(f"Discord says {status}, code {code}", passing=passing)
        self.status, self.code = status, code


@asynccontextmanager
async def translated(seconds: float = CALL_SECONDS) -> AsyncIterator[None]:
    """Turns discord.py's errors into SurfaceUnavailable, and waits no longer than ``seconds``."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except discord.LoginFailure as error:
        raise SurfaceUnavailable(WRONG_TOKEN) from error
    except discord.HTTPException as error:
        raise refused(error) from error
    except discord.RateLimited as error:
        raise SurfaceUnavailable("Discord asks us to wait for long", passing=True) from error
    except (aiohttp.ClientError, TimeoutError, OSError, discord.GatewayNotFound) as error:
        raise SurfaceUnavailable(f"Discord does not answer ({type(error).__name__})", passing=True) from error
    except (discord.DiscordException, KeyError, TypeError, ValueError, json.JSONDecodeError) as error:
        # What a proxy or a maintenance page answers is not what discord.py takes apart.
        log.debug("answer not understood", exc_info=error)
        name = type(error).__name__
        raise SurfaceUnavailable(f"Discord's answer was not understood ({name})", passing=True) from error


def refused(error: discord.HTTPException) -> DiscordRefused:
    """What Discord said, as an error of the core."""
    return DiscordRefused(error.status, error.code, passing=error.status >= 500 or error.status == 429)


class Chat:
    """The calls that Docent makes; each raises SurfaceUnavailable, DiscordRefused where Discord said no."""

    def __init__(self, client: discord.Client) -> None:
        self.client = client

    async def post(self, channel: str, content: Showable, *, answering: str = "", nonce: str = "") -> str:
        """Post a message, as a reply to the message ``answering`` where one is named; its id.

        Of two posts with one ``nonce`` (up to 25 characters) within minutes Discord takes the first only.
        """
        told: dict[str, Any] = {"nonce": nonce} if nonce else {}
        try:
            posted = await self._send(channel, content, {**told, **_reference(channel, answering)})
        except DiscordRefused as error:
            if error.code != NO_REPLY:
                raise
            posted = await self._send(channel, content, told)
        id = str(posted.id)
        if nonce and not content.stands_in(posted):
            # Somebody posted it before us, maybe a process that died since then.
            await self.update(channel, id, content)
        return id

    async def _send(self, channel: str, content: Showable, told: dict[str, Any]) -> discord.Message:
        target = self.client.get_partial_messageable(number(channel))
        async with translated():
            return await target.send(**content.posted(), allowed_mentions=_calling(content.people), **told)

    async def update(self, channel: str, message: str, content: Showable) -> bool:
        """Put other content into a message; False where it is gone. An archived thread is opened for that."""
        try:
            await self._update(channel, message, content)
        except DiscordRefused as error:
            if error.code == ARCHIVED:
                await self.archive(channel, archived=False)
                await self._update(channel, message, content)
            elif error.code in GONE:
                return False
            else:
                raise
        return True

    async def _update(self, channel: str, message: str, content: Showable) -> None:
        target = self.client.get_partial_messageable(number(channel)).get_partial_message(int(message))
        async with translated():
            await target.edit(**content.edited(), allowed_mentions=discord.AllowedMentions.none())

    async def delete(self, channel: str, message: str) -> None:
        """Delete a message of ours; nothing happens where it is gone."""
        try:
            async with translated():
                await self.client.http.delete_message(int(channel), int(message))
        except DiscordRefused as error:
            if error.code not in GONE:
                raise

    async def typing(self, channel: str) -> None:
        """Show for ten seconds, or until we post, that we are typing."""
        async with translated():
            await self.client.http.send_typing(int(channel))

    async def open_thread(self, channel: str, message: str, name: str) -> str:
        """Make a thread from a message; its id, also where there is one already."""
        try:
            async with translated():
                made = await self.client.http.start_thread_with_message(
                    int(channel), int(message), name=name, auto_archive_duration=THREAD_MINUTES
                )
        except DiscordRefused as error:
            if error.code != HAS_A_THREAD:
                raise
            return message
        return str(made["id"])

    def knows(self, id: str) -> bool:
        """Whether the gateway has told of a channel or thread of that id."""
        return self.client.get_channel(int(id)) is not None

    async def is_channel(self, id: str) -> bool:
        """Whether there is a channel or thread of that id that we see."""
        if self.knows(id):
            return True
        try:
            async with translated():
                await self.client.http.get_channel(int(id))
        except DiscordRefused as error:
            if error.status not in {403, 404}:
                raise
            return False
        return True

    async def archive(self, thread: str, *, archived: bool) -> None:
        """Close a thread of ours, or open it again."""
        async with translated():
            await self.client.http.edit_channel(int(thread), archived=archived)

    async def channel(self, id: int) -> discord.abc.Snowflake:
        """A channel or thread, from what the gateway told or else asked for."""
        known = self.client.get_channel(id)
        if known is not None:
            return known
        async with translated():
            return await self.client.fetch_channel(id)

    async def history(self, channel: str, limit: int) -> Sequence[discord.Message]:
        """The latest messages of a channel or thread, oldest first."""
        target = self.client.get_partial_messageable(number(channel))
        async with translated():
            return [message async for message in target.history(limit=limit)][::-1]

    async def message(self, channel: str, id: str) -> discord.Message:
        """One message."""
        async with translated():
            return await self.client.get_partial_messageable(number(channel)).fetch_message(int(id))

    async def react(self, channel: str, message: str, emoji: str) -> None:
        """React to a message; once more changes nothing."""
        async with translated():
            await self.client.http.add_reaction(number(channel), number(message), emoji)

    async def belongs(self, channel: str, person: str) -> bool:
        """Whether somebody sees a channel of a server that is not for everybody now.

        In one that everybody sees it is who looks after its messages.
        """
        where = await self.channel(number(channel))
        if not isinstance(where, discord.abc.GuildChannel | discord.Thread):
            return False
        async with translated():
            member = await where.guild.fetch_member(number(person))
        may, everybody = where.permissions_for(member), where.permissions_for(where.guild.default_role)
        return may.view_channel and (may.manage_messages or not everybody.view_channel)

    def is_forum(self, channel: str) -> bool:
        """Whether a channel takes posts only, each of which is a thread."""
        return channel.isdecimal() and isinstance(self.client.get_channel(int(channel)), discord.ForumChannel)

    async def private_channel(self, user: str) -> str:
        """The id of our private conversation with somebody."""
        async with translated():
            return str((await self.client.http.start_private_message(number(user)))["id"])


def number(id: str) -> int:
    """An id as Discord has it. Raises SurfaceUnavailable where it is none."""
    if not id.isdecimal():
        raise SurfaceUnavailable(f"{id!r} is not the id of anything in Discord")
    return int(id)


def _calling(people: Collection[str]) -> discord.AllowedMentions:
    """Lets a message call these people and roles, and nobody else."""
    known = [who for who in people if MENTIONED.fullmatch(who)]
    if not known:
        return discord.AllowedMentions.none()
    return discord.AllowedMentions(
        everyone=False,
        users=[discord.Object(who) for who in known if not who.startswith("&")],
        roles=[discord.Object(who[1:]) for who in known if who.startswith("&")],
        replied_user=False,
    )


def _reference(channel: str, message: str) -> dict[str, Any]:
    """What makes a post a reply to ``message``; nothing where that is empty."""
    if not message:
        return {}
    reference = discord.MessageReference(
        message_id=int(message), channel_id=int(channel), fail_if_not_exists=False
    )
    return {"reference": reference}
