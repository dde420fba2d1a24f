"""Checks Slack's tokens and scopes for ``docent doctor``."""

import aiohttp

from adapters.slack.chat import client, translated
from adapters.slack.manifest import NEEDED_FOR, SCOPES
from adapters.slack.tokens import APP_TOKEN, BOT_TOKEN, advised
from bot.checking import Check
from bot.errors import SurfaceUnavailable


async def check_slack(*, bot_token: str, app_token: str, api_url: str, proxy: str = "") -> list[Check]:
    """The bot's token with its scopes, and the app's token where there is one."""
    checks = [await _bot(bot_token, api_url, proxy)]
    if app_token:
        checks.append(await _app(app_token, api_url, proxy))
    return checks


async def _bot(token: str, api_url: str, proxy: str) -> Check:
    web = client(token, api_url=api_url, proxy=proxy)
    try:
        async with aiohttp.ClientSession() as web.session:
            with translated():
                found = await web.auth_test()
    except SurfaceUnavailable as error:
        return _failed("slack", BOT_TOKEN, error)
    granted = {scope.strip() for scope in str(found.headers.get("x-oauth-scopes", "")).split(",")}
    who = f"{found['user']} in {found['team']}"
    lacking = [scope for scope in SCOPES if scope not in granted]
    if not lacking:
        return Check(name="slack", status="ok", detail=who)
    needed = "; ".join(f"{scope} ({NEEDED_FOR[scope]})" for scope in lacking)
    detail = f"{who} lacks {needed}. Add the scopes to the app and install it again."
    return Check(name="slack", status="fail" if "chat:write" in lacking else "warn", detail=detail)


async def _app(token: str, api_url: str, proxy: str) -> Check:
    web = client(token, api_url=api_url, proxy=proxy)
    try:
        async with aiohttp.ClientSession() as web.session:
            with translated():
                await web.apps_connections_open(app_token=token)
    except SurfaceUnavailable as error:
        return _failed("slack socket", APP_TOKEN, error)
    return Check(name="slack socket", status="ok", detail="Socket Mode can connect")


def _failed(name: str, token: str, error: SurfaceUnavailable) -> Check:
    return Check(name=name, status="fail", detail=f"{advised(token, error)}.")
