"""Checks Discord's token, intents, sessions and permissions for ``docent doctor``."""

from collections.abc import Mapping, Sequence
from typing import Any

import discord

from adapters.discord.app import reads_all, signed_in
from adapters.discord.chat import translated
from adapters.discord.connection import Access, affordable, session_limit
from adapters.discord.invite import NEEDED_FOR, permissions
from bot.checking import Check
from bot.errors import SurfaceUnavailable

SERVERS = 200
UNREAD = (
    "follow-ups and channels in auto_answer need a mention: the app has no Message Content intent (switch it"
    " on in the Developer Portal under Bot, then set [discord] message_content = true)"
)
UNUSED = "the app has the Message Content intent; set [discord] message_content = true to use it"


async def check_discord(access: Access) -> list[Check]:
    """The token, what the app may read, how often it may still connect, and what it may do where it is."""
    try:
        async with signed_in(access) as client:
            return [
                Check(name="discord", status="ok", detail=str(client.user)),
                _intent(access, client.application),
                await _sessions(client),
                await _servers(client),
            ]
    except SurfaceUnavailable as error:
        return [_said(Check(name="discord", status="fail", detail=error.reason))]


def _intent(access: Access, application: discord.AppInfo | None) -> Check:
    name = "discord intent"
    match access.message_content, reads_all(application):
        case True, True:
            return Check(name=name, status="ok", detail="messages without a mention can be read")
        case False, True:
            return _said(Check(name=name, status="warn", detail=UNUSED))
        case _:
            return _said(Check(name=name, status="warn", detail=UNREAD))


async def _sessions(client: discord.Client) -> Check:
    limit = await session_limit(client)
    try:
        affordable(limit)
    except SurfaceUnavailable as error:
        return _said(Check(name="discord sessions", status="warn", detail=error.reason))
    left = f"{limit.get('remaining')} of {limit.get('total')} left today"
    return Check(name="discord sessions", status="ok", detail=left)


async def _servers(client: discord.Client) -> Check:
    async with translated():
        found: Sequence[Mapping[str, Any]] = await client.http.get_guilds(limit=SERVERS)
    name = "discord servers"
    if not found:
        detail = "the bot is in no server; `docent discord-invite` prints the link that adds it"
        return _said(Check(name=name, status="warn", detail=detail))
    lacking = [f"{guild['name']}: {', '.join(lacks)}" for guild in found if (lacks := missing(guild))]
    if lacking:
        detail = f"it lacks permissions; invite it again with `docent discord-invite`. {'; '.join(lacking)}"
        return _said(Check(name=name, status="warn", detail=detail))
    return Check(name=name, status="ok", detail=", ".join(str(guild["name"]) for guild in found))


def missing(guild: Mapping[str, Any]) -> list[str]:
    """What the bot lacks in a server, as Discord lists it, and what that is for (pure)."""
    held = discord.Permissions(int(guild.get("permissions") or 0))
    if held.administrator:
        return []
    return [
        f"{name} ({NEEDED_FOR[name]})" for name, wanted in permissions() if wanted and not getattr(held, name)
    ]


def _said(check: Check) -> Check:
    """A detail as a sentence."""
    detail = check.detail[:1].upper() + check.detail[1:].rstrip(".") + "."
    return Check(name=check.name, status=check.status, detail=detail)
