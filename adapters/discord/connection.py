"""Makes discord.py's client, leads it to where Discord is reached, and spares its daily sessions."""

import asyncio
import datetime
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import discord
from discord.gateway import DiscordWebSocket
from discord.http import Route
from discord.webhook.async_ import AsyncWebhookAdapter, async_context
from yarl import URL

from adapters.discord.chat import translated
from adapters.discord.pacing import CallRate
from bot.errors import SurfaceUnavailable

log = logging.getLogger(__name__)
READY_SECONDS = 0.2
"""How long the gateway may be silent before all servers count as told."""
LONGEST_WAIT_SECONDS = 60.0
DAY_SECONDS = 86_400.0
RESERVE, NEVER = 0.09, 0.01
"""Of the day's sessions: the last ninety of a thousand are spread over what is left of the day, and ten
are never used."""
BETWEEN_SECONDS, MOST_BETWEEN_SECONDS = 5.0, 40.0
"""Between one session and the next. discord.py gives each connection sixty seconds."""
CALM_SECONDS = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How Discord is reached, and as whom."""

    token: str = field(repr=False)
    api_url: str = "https://discord.com/api/v10"
    gateway_url: str = ""
    """Empty for the address that the API names."""
    proxy: str = ""
    message_content: bool = False
    """Whether the app has the Message Content intent."""


def client_of(access: Access) -> discord.Client:
    """A client that hears no more than it needs, and keeps no messages."""
    # Voice is never used, so that what it lacks is no news.
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    intents = discord.Intents.none()
    intents.guilds = intents.guild_messages = intents.dm_messages = True
    intents.message_content = access.message_content
    client = discord.Client(
        intents=intents,
        allowed_mentions=discord.AllowedMentions.none(),
        max_messages=None,
        proxy=access.proxy or None,
        max_ratelimit_timeout=LONGEST_WAIT_SECONDS,
        guild_ready_timeout=READY_SECONDS,
    )
    rate = CallRate()
    client.http.request = _led(client.http.request, access.api_url, rate.turn)  # type: ignore[method-assign]
    return client


def lead(client: discord.Client, access: Access, gateway: str) -> None:
    """Let this client, and what runs in this task from here on, use ``access`` alone.

    ``gateway`` is the address that the API named. discord.py has one address for the whole process
    instead, which others in it may need as it is.
    """
    adapter = AsyncWebhookAdapter()  # type: ignore[no-untyped-call]
    adapter.request = _led(adapter.request, access.api_url)  # type: ignore[method-assign]
    async_context.set(adapter)
    connect, sessions = client.http.ws_connect, Sessions(client)

    async def connect_there(url: str, *, compress: int = 0) -> Any:
        # Before there is a socket: discord.py leaves a thread behind where its hook for this fails.
        if client.ws is None or client.ws.session_id is None:
            await sessions.begin()
        return await connect(_gateway(url, access.gateway_url, gateway), compress=compress)

    client.http.ws_connect = connect_there  # type: ignore[method-assign]
    client.before_identify_hook = _at_once  # type: ignore[method-assign]


async def _at_once(shard_id: int | None, *, initial: bool = False) -> None:
    """What discord.py waits for before a session: ``Sessions`` has waited already."""


def _led(
    request: Callable[..., Any], api_url: str, turn: Callable[[], Awaitable[None]] | None = None
) -> Callable[..., Any]:
    """``request`` at another address, when its ``turn`` comes, and never broken off.

    discord.py closes the door for all calls while a limit of them all lasts, and who is cancelled then
    leaves it closed for good.
    """

    async def ask(route: Route, *args: Any, **kwargs: Any) -> Any:
        route.url = api_url + route.url.removeprefix(Route.BASE)
        if turn is not None:
            await turn()
        asking = asyncio.ensure_future(request(route, *args, **kwargs))
        asking.add_done_callback(_looked_at)
        return await asyncio.shield(asking)

    return ask


def _looked_at(asking: asyncio.Future[Any]) -> None:
    """Nobody waits for its error any more."""
    if not asking.cancelled():
        asking.exception()


def _gateway(url: str, configured: str, named: str) -> str:
    """Where to connect instead of ``url``: always to what is configured, else where Discord says."""
    asked = URL(url)
    target = configured or (named if asked.host == DiscordWebSocket.DEFAULT_GATEWAY.host else "")
    if not target:
        return url
    base = URL(target)
    return str(base.with_path(base.path or "/").with_query(asked.query))


class Sessions:
    """Lets sessions begin no faster than a thousand a day: Discord resets the token of who needs more."""

    def __init__(
        self,
        client: discord.Client,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """``clock`` gives seconds, ``sleep`` waits for some."""
        self._client, self._clock, self._sleep = client, clock, sleep
        self._before: list[float] = []

    async def begin(self) -> None:
        """Return when a session may begin. Raises SurfaceUnavailable where that is not soon."""
        affordable(await session_limit(self._client))
        now = self._clock()
        self._before = [at for at in self._before if now - at < CALM_SECONDS]
        if self._before:
            await self._sleep(min(BETWEEN_SECONDS * 2 ** (len(self._before) - 1), MOST_BETWEEN_SECONDS))
        self._before.append(self._clock())


async def session_limit(client: discord.Client) -> Mapping[str, Any]:
    """What the API says of sessions: ``url``; ``total``, ``remaining``, ``reset_after`` (milliseconds)."""
    async with translated():
        _, url, limit = await client.http.get_bot_gateway()
    return {**limit, "url": url}


def affordable(limit: Mapping[str, Any]) -> None:
    """Return where one more session can be afforded (pure). Raises SurfaceUnavailable."""
    left, total = int(limit.get("remaining", 1)), int(limit.get("total", 1000))
    reset = float(limit.get("reset_after", 0)) / 1000
    if left > total * (NEVER + RESERVE * min(reset / DAY_SECONDS, 1.0)):
        return
    end = datetime.timedelta(seconds=round(reset))
    raise SurfaceUnavailable(
        f"the bot has connected too often: it has {left} of {total} sessions left for the next {end}, and"
        " waits, because Discord resets the token of a bot that uses them up",
        passing=True,
    )
