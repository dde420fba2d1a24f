"""Runs Docent in Discord: connects, listens, and lets go."""

import asyncio
import logging
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import aiohttp
import discord

from adapters.discord.chat import WRONG_TOKEN, Chat, translated
from adapters.discord.commands import register, tree_of
from adapters.discord.connection import Access, client_of, lead, session_limit
from adapters.discord.interactions import Interactions
from adapters.discord.listeners import Listeners
from adapters.discord.payloads import Identity
from adapters.discord.room import DiscordRoom
from adapters.discord.surface import DiscordSurface
from adapters.discord.team import TeamInteractions
from adapters.discord.underway import Underway
from bot.channels.attending import Attendant
from bot.channels.commanding import Commands
from bot.channels.ports import Ledger
from bot.errors import SurfaceUnavailable
from bot.support.team import Support

log = logging.getLogger(__name__)
DRAIN_SECONDS = 20.0
"""How long answers that have begun may still take when the process is to end."""
HANDLING_SECONDS = 5.0
"""Likewise for whatever else was pressed or written."""
NO_INTENT = (
    "the app has no Message Content intent: switch it on in the Developer Portal under Bot, or set [discord]"
    " message_content = false"
)


class IntentNotGranted(SurfaceUnavailable):
    """The app may not read what does not mention it."""

    def __init__(self) -> None:
        super().__init__(NO_INTENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of the core that Discord's events go to."""

    attendant: Attendant
    ledger: Ledger
    commands: Commands
    support: Support
    admins: Collection[str] = ()
    auto_answer: Collection[str] = ()


async def serve(access: Access, parts: Parts, ready: asyncio.Event) -> None:
    """Listen until cancelled; ``ready`` is set when Discord can reach us.

    Without the Message Content intent it listens to what needs none, and says so in the log.
    Raises SurfaceUnavailable where the connection cannot be made or is lost for good.
    """
    try:
        await _serve(access, parts, ready)
    except IntentNotGranted as error:
        if not access.message_content:
            raise
        log.warning("%s. Until then follow-ups need a mention.", error.reason)
        await _serve(replace(access, message_content=False), parts, ready)


async def _serve(access: Access, parts: Parts, ready: asyncio.Event) -> None:
    async with signed_in(access) as client:
        if access.message_content and not reads_all(client.application):
            raise IntentNotGranted
        lead(client, access, str((await session_limit(client))["url"]))
        underway, rooms = Underway(), parts.support.board.rooms
        surface = await _listen(client, access, parts, underway)
        rooms["discord"] = DiscordRoom(Chat(client))
        keeper = asyncio.create_task(_keep(client, parts.attendant, surface, ready))
        try:
            await _connected(client)
        finally:
            await parts.attendant.drain(DRAIN_SECONDS)
            await underway.drain(HANDLING_SECONDS)
            rooms.pop("discord", None)
            keeper.cancel()
            await asyncio.wait([keeper])


@asynccontextmanager
async def signed_in(access: Access) -> AsyncIterator[discord.Client]:
    """A client that can call the API, and is not connected yet. Raises SurfaceUnavailable."""
    client = client_of(access)
    try:
        async with translated():
            await client.login(access.token)
        yield client
    finally:
        await client.close()


def reads_all(application: discord.AppInfo | None) -> bool:
    """Whether the app was given the Message Content intent."""
    flags = application.flags if application else discord.ApplicationFlags()
    return flags.gateway_message_content or flags.gateway_message_content_limited


async def _keep(
    client: discord.Client, attendant: Attendant, surface: DiscordSurface, ready: asyncio.Event
) -> None:
    await client.wait_until_ready()
    ready.set()
    await attendant.keep(surface)


async def _listen(client: discord.Client, access: Access, parts: Parts, underway: Underway) -> DiscordSurface:
    chat = Chat(client)
    me = Identity(user=str(client.user.id if client.user else 0), reads_all=access.message_content)
    surface = DiscordSurface(chat, me)
    Listeners(
        chat=chat, me=me, surface=surface, attendant=parts.attendant, ledger=parts.ledger,
        auto_answer=parts.auto_answer,
    ).listen(client, underway)  # fmt: skip
    desk = TeamInteractions(me=me, attendant=parts.attendant, desk=parts.support.desk)
    interactions = Interactions(
        me=me, surface=surface, attendant=parts.attendant, ledger=parts.ledger, commands=parts.commands,
        admins=parts.admins, team=parts.support.team, desk=desk,
    )  # fmt: skip
    interactions.listen(client, underway)
    await register(tree_of(client, interactions, underway))
    return surface


async def _connected(client: discord.Client) -> None:
    """Stay connected until cancelled. Raises SurfaceUnavailable where discord.py gives up."""
    try:
        await client.connect()
    except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError, LookupError, TypeError,
            ValueError, AttributeError) as error:  # fmt: skip
        raise _lost(client, error) from error
    raise SurfaceUnavailable("Discord closed the connection", passing=True)


def _lost(client: discord.Client, error: Exception) -> SurfaceUnavailable:
    """What ended the connection, in the core's words."""
    match error:
        case discord.PrivilegedIntentsRequired() | discord.ConnectionClosed(code=4014):
            return IntentNotGranted()
        case discord.ConnectionClosed(code=4004):
            return SurfaceUnavailable(WRONG_TOKEN)
        case discord.ConnectionClosed(code=code):
            return SurfaceUnavailable(f"Discord closed the connection with code {code}", passing=True)
        case LookupError() | TypeError() | ValueError() | AttributeError() if client.ws is not None:
            # discord.py ends with whatever its reading of an event raised.
            log.warning("event not understood", exc_info=error)
            return SurfaceUnavailable("Discord sent what was not understood", passing=True)
        case _:
            # An AttributeError is what discord.py 2.7 makes of a first connection that fails.
            return SurfaceUnavailable("Discord's gateway does not answer", passing=True)
