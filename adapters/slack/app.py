"""Runs Docent in Slack: connects, listens, and lets go."""

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp

from adapters.slack.approving import Approvals
from adapters.slack.chat import Chat, speaking, translated
from adapters.slack.interactions import Interactions
from adapters.slack.listeners import Listeners
from adapters.slack.payloads import Identity
from adapters.slack.responding import Apology
from adapters.slack.room import SlackRoom
from adapters.slack.sharing import Sharing
from adapters.slack.surface import SlackSurface
from adapters.slack.team import TeamInteractions
from adapters.slack.tokens import APP_TOKEN, BOT_TOKEN, holding
from adapters.web.port import Doors
from bot.channels.attending import Attendant
from bot.channels.commanding import Commands
from bot.channels.ports import Ledger
from bot.errors import SurfaceUnavailable
from bot.support.team import Support

log = logging.getLogger(__name__)
EVENTS_PATH = "/slack/events"
DRAIN_SECONDS = 20.0
"""How long answers that have begun may still take when the process is to end."""


WATCH_SECONDS = 30.0
"""How often it is looked whether any connection stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How Slack is reached, and as whom."""

    bot_token: str
    app_token: str = ""
    """For Socket Mode."""
    signing_secret: str = ""
    """For requests over HTTP."""
    api_url: str = "https://slack.com/api"
    proxy: str = ""
    sockets: int = 1
    stream: bool = True

    def __repr__(self) -> str:
        """No token is shown."""
        return f"Access(api_url={self.api_url!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of the core that Slack's events go to."""

    attendant: Attendant
    ledger: Ledger
    commands: Commands
    support: Support
    admins: Collection[str] = ()
    prompts: Sequence[str] = ()


async def identity(chat: Chat) -> Identity:
    """Who the bot is. Raises SurfaceUnavailable."""
    with holding(BOT_TOKEN), translated():
        found = await chat.web.auth_test()
    return Identity(user=found["user_id"], bot=found["bot_id"], team=found["team_id"])


@asynccontextmanager
async def connected(access: Access, parts: Parts) -> AsyncIterator[AsyncApp]:
    """The app with its handlers, tended until the end of the context. Raises SurfaceUnavailable."""
    async with speaking(access.bot_token, api_url=access.api_url, proxy=access.proxy) as chat:
        me = await identity(chat)
        surface = SlackSurface(chat, me, streams=access.stream)
        app = _app(chat, access)
        Listeners(chat=chat, me=me, surface=surface, attendant=parts.attendant, prompts=parts.prompts).listen(
            app
        )
        desk = TeamInteractions(chat=chat, me=me, attendant=parts.attendant, desk=parts.support.desk)
        desk.listen(app)
        Approvals(chat=chat, desk=parts.support.desk).listen(app)
        Sharing(chat=chat, ledger=parts.ledger).listen(app)
        Apology(chat).listen(app)
        Interactions(
            chat=chat, me=me, surface=surface, attendant=parts.attendant, ledger=parts.ledger,
            commands=parts.commands, admins=parts.admins, team=parts.support.team, desk=desk,
        ).listen(app)  # fmt: skip
        parts.support.board.rooms["slack"] = SlackRoom(chat)
        keeper = asyncio.create_task(parts.attendant.keep(surface))
        try:
            yield app
        finally:
            await parts.attendant.drain(DRAIN_SECONDS)
            parts.support.board.rooms.pop("slack", None)
            keeper.cancel()
            await asyncio.wait([keeper])


def _app(chat: Chat, access: Access) -> AsyncApp:
    logger = logging.getLogger("slack_bolt.app")
    # Bolt finds our token in the environment too, and would warn of that.
    logger.setLevel(logging.ERROR)
    app = AsyncApp(
        client=chat.web,
        signing_secret=access.signing_secret or "unused with Socket Mode",
        logger=logger,
    )
    logger.setLevel(logging.NOTSET)
    return app


async def serve_socket(access: Access, parts: Parts, ready: asyncio.Event) -> None:
    """Listen over Socket Mode until cancelled; ``ready`` is set when Slack can reach us.

    Raises SurfaceUnavailable where the connection cannot be made.
    """
    async with connected(access, parts) as app:
        sockets = [
            AsyncSocketModeHandler(app, access.app_token, proxy=access.proxy or None)
            for _ in range(access.sockets)
        ]
        try:
            for socket in sockets:
                # Left to itself the client asks for an address for ever, with a wrong token too.
                socket.client.wss_uri = await _address(app, access.app_token)
                with translated():
                    await socket.client.connect()  # type: ignore[no-untyped-call]
            log.info("listening", extra={"sockets": len(sockets)})
            ready.set()
            await _listening(app, access.app_token, sockets)
        finally:
            for socket in sockets:
                await socket.client.close()  # type: ignore[no-untyped-call]


async def _address(app: AsyncApp, token: str) -> str:
    """Where to connect to. Raises SurfaceUnavailable."""
    with holding(APP_TOKEN), translated():
        return str((await app.client.apps_connections_open(app_token=token))["url"])


async def _listening(app: AsyncApp, token: str, sockets: Sequence[AsyncSocketModeHandler]) -> None:
    """Wait while the connections stand, or come back by themselves.

    Raises SurfaceUnavailable where Slack lets us connect no more.
    """
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        if not any([await socket.client.is_connected() for socket in sockets]):
            try:
                await _address(app, token)
            except SurfaceUnavailable as error:
                if not error.passing:
                    raise


async def serve_http(access: Access, parts: Parts, doors: Doors, ready: asyncio.Event) -> None:
    """Take signed requests at ``/slack/events`` until cancelled.

    Raises SurfaceUnavailable where Slack does not know us.
    """
    async with connected(access, parts) as app:
        with doors.open(EVENTS_PATH, AsyncSlackRequestHandler(app).handle):
            ready.set()
            await asyncio.Event().wait()
