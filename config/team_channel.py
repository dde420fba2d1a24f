"""Checks that the support team's channel can be reached, and warns the operator where it cannot."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from bot.checking import Check
from config import discord_access
from config.settings import Settings

log = logging.getLogger(__name__)
Platform = Literal["slack", "discord"]
NO_TOKEN = (
    "[triage] {platform}_channel is set and {token} is not: nothing can be posted there. Set the token in "
    "the environment or in .env, or delete the channel."
)


async def check_team(settings: Settings, platform: Platform) -> Check | None:
    """What is found of the team's channel on a platform; None where it has none there."""
    channels = {"slack": settings.triage.slack_channel, "discord": settings.triage.discord_channel}
    token = {"slack": "slack_bot_token", "discord": "discord_token"}[platform]
    if not channels[platform]:
        return None
    if not getattr(settings.secrets, token).get_secret_value():
        detail = NO_TOKEN.format(platform=platform, token=token.upper())
        return Check(name=f"{platform} team", status="fail", detail=detail)
    look = _in_slack if platform == "slack" else _in_discord
    return await look(settings, channels[platform])


@asynccontextmanager
async def warning(settings: Settings, platform: Platform, ready: asyncio.Event) -> AsyncIterator[None]:
    """Within, a team's channel that cannot be reached is logged, once the platform is ``ready``."""

    async def look() -> None:
        await ready.wait()
        check = await check_team(settings, platform)
        if check is not None and check.status != "ok":
            log.warning("the support team is not reached: %s", check.detail)

    looking = asyncio.create_task(look())
    try:
        yield
    finally:
        looking.cancel()
        await asyncio.wait([looking])


async def _in_slack(settings: Settings, channel: str) -> Check:
    from adapters.slack.team_channel import check_team

    return await check_team(
        channel,
        bot_token=settings.secrets.slack_bot_token.get_secret_value(),
        api_url=settings.slack.api_url,
        proxy=settings.slack.proxy,
    )


async def _in_discord(settings: Settings, channel: str) -> Check:
    from adapters.discord.team_channel import check_team

    return await check_team(discord_access.access_of(settings), channel)
