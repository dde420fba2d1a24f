"""Small clients of discord.py, and a bare HTTP client, with which the Discord double is tested."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientSession
from discord import ButtonStyle, Client, Intents, Message, app_commands, ui

from discord_double import DiscordDouble, pointed_at

VOTES = ("Helpful", "Not helpful")


def a_client(*, content: bool = True, members: bool = False, **fields: Any) -> Client:
    """A client that asks for these privileged intents, and waits neither for guilds nor to IDENTIFY."""
    intents = Intents.default()
    intents.message_content, intents.members = content, members
    client = Client(intents=intents, guild_ready_timeout=0.05, **fields)

    async def at_once(*_: object, **__: object) -> None: ...

    setattr(client, "before_identify_hook", at_once)  # noqa: B010 - a method for mypy
    return client


def votes(number: int) -> ui.View:
    view = ui.View(timeout=None)
    for label in VOTES:
        view.add_item(ui.Button(label=label, style=ButtonStyle.grey, custom_id=f"{label}:{number}"))
    return view


def answering(client: Client) -> Client:
    """Lets a client answer mentions, by edits of one message, in a thread that it starts."""

    async def on_message(message: Message) -> None:
        if client.user is None or client.user not in message.mentions or message.author.bot:
            return
        where = message.channel
        if message.guild is not None and message.reference is None and not hasattr(where, "parent"):
            where = await message.create_thread(name="An answer")
        async with where.typing():
            answer = await where.send("Looking")
        await answer.edit(content="Data is kept in")
        await answer.edit(content="Data is kept in **object storage**.", view=votes(message.id))

    client.event(on_message)
    return client


@asynccontextmanager
async def running(client: Client, discord: DiscordDouble) -> AsyncIterator[None]:
    """Runs a client until the block ends; raises what ended it before it was connected."""
    with pointed_at(discord.api_url, discord.gateway_url):
        task = asyncio.create_task(client.start(discord.token))
        up = asyncio.create_task(discord.connected(len(discord.sessions) + 1))
        try:
            await asyncio.wait([task, up], return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                task.result()
            await up
            yield
        finally:
            up.cancel()
            await client.close()
            await asyncio.wait([task, up])


async def registered(tree: app_commands.CommandTree[Client], discord: DiscordDouble) -> None:
    """Registers a tree's commands at large."""
    await discord.until(lambda: tree.client.application_id)
    await tree.sync()


class Api:
    """Calls the HTTP API without minding its limits."""

    def __init__(self, discord: DiscordDouble, session: ClientSession) -> None:
        self.discord, self.session = discord, session
        self.headers = {"Authorization": f"Bot {discord.token}"}

    async def call(self, method: str, route: str, body: Any = None, **fields: Any) -> tuple[int, Any]:
        """Status and JSON of the answer; None for an answer without."""
        given = {"headers": self.headers, **fields}
        async with self.session.request(method, self.discord.api_url + route, json=body, **given) as got:
            return got.status, await got.json() if got.status != 204 else None

    async def code(self, method: str, route: str, body: Any = None, **fields: Any) -> tuple[int, int]:
        """Status and Discord's own code of a refusal."""
        status, answer = await self.call(method, route, body, **fields)
        return status, answer["code"]


@asynccontextmanager
async def bare(discord: DiscordDouble) -> AsyncIterator[Api]:
    async with ClientSession() as session:
        yield Api(discord, session)
