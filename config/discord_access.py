"""Tells how Discord is reached, from the settings; and the link that adds the bot to a server."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import SurfaceUnavailable
from config import wiring
from config.errors import ConfigurationError
from config.settings import Settings

if TYPE_CHECKING:
    from adapters.discord.connection import Access

NO_TOKEN = "Set DISCORD_TOKEN in the environment or in .env, or name the app: --app-id 1234."
APP_ID = "With --app-id (in the Developer Portal, General Information) the link needs no connection."


def access_of(settings: Settings) -> "Access":
    """How the adapter reaches Discord."""
    from adapters.discord.connection import Access

    discord = settings.discord
    return Access(
        token=settings.secrets.discord_token.get_secret_value(),
        api_url=discord.api_url.rstrip("/"),
        gateway_url=discord.gateway_url,
        proxy=discord.proxy,
        message_content=discord.message_content,
    )


def invitation(config: Path | None, app_id: int | None) -> str:
    """The link that adds the bot to a server; without ``app_id`` Discord is asked whose token it is.

    Raises ConfigurationError.
    """
    settings = None if app_id else wiring.start(config)
    if settings and not settings.secrets.discord_token.get_secret_value():
        raise ConfigurationError([NO_TOKEN])
    from adapters.discord import invite

    if settings is None:
        return invite.link(app_id or 0)
    try:
        return asyncio.run(invite.own_link(access_of(settings)))
    except SurfaceUnavailable as error:
        reason = error.reason[:1].upper() + error.reason[1:].rstrip(".")
        raise ConfigurationError([f"{reason}. {APP_ID}"]) from error
