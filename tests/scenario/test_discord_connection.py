"""How Docent reaches Discord: logging in, the intent, sessions, drops, and what the doctor finds."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord.app import NO_INTENT
from adapters.discord.chat import WRONG_TOKEN
from adapters.discord.checkup import check_discord
from bot.errors import SurfaceUnavailable
from discord_bot import access, bot_in
from discord_double import DiscordDouble

ASKED = "<@BOT> how is data stored?"


@pytest.fixture
async def discord() -> AsyncIterator[DiscordDouble]:
    async with DiscordDouble() as double:
        yield double


async def refused(discord, tmp_path, **fields) -> SurfaceUnavailable:
    with pytest.raises(SurfaceUnavailable) as caught:
        async with bot_in(discord, tmp_path, **fields):
            pass
    assert discord.token not in str(caught.value)
    return caught.value


async def test_a_wrong_token_is_said_and_is_no_passing_trouble(discord, tmp_path):
    error = await refused(discord, tmp_path, token="wrong")
    assert error.reason == WRONG_TOKEN
    assert not error.passing
    assert discord.identifies == 0


async def test_a_token_that_the_gateway_refuses_is_said_likewise(discord, tmp_path):
    discord.gateway.revoked = True
    error = await refused(discord, tmp_path)
    assert error.reason == WRONG_TOKEN
    assert not error.passing


async def test_a_token_taken_back_while_running_ends_the_part_with_the_reason(discord, tmp_path):
    async with bot_in(discord, tmp_path) as bot:
        discord.revokes()
        discord.disconnects(4004)
        await asyncio.wait([bot.task], timeout=30)
        assert isinstance(error := bot.task.exception(), SurfaceUnavailable)
    assert error.reason == WRONG_TOKEN


async def test_an_intent_that_is_not_granted_is_said_and_mentions_are_answered(tmp_path, caplog):
    async with DiscordDouble(content=False) as discord, bot_in(discord, tmp_path):
        asked = await discord.says("ANN", "GENERAL", ASKED)
        answer = await discord.answered(asked)
        await discord.idle()
    assert "object storage" in answer.text
    assert discord.identifies == 1
    assert NO_INTENT in caplog.text


async def test_an_intent_refused_by_the_gateway_alone_is_survived_as_well(tmp_path, caplog):
    discord, looked_up = DiscordDouble(content=False), ("GET", "/oauth2/applications/@me")
    discord.api.routes[looked_up] = _granted(discord.api.routes[looked_up])
    async with discord, bot_in(discord, tmp_path):
        asked = await discord.says("ANN", "GENERAL", ASKED)
        await discord.answered(asked)
    assert NO_INTENT in caplog.text
    assert discord.identifies == 2


def _granted(application):
    return lambda guild, asked: {**application(guild, asked), "flags": 1 << 19}


@pytest.mark.parametrize("status", [503, 0])
async def test_a_discord_that_is_down_may_be_up_later(discord, tmp_path, status):
    discord.breaks("GET", "/users/@me", status, times=None)
    error = await refused(discord, tmp_path)
    assert error.passing
    assert "Discord" in error.reason


async def test_a_maintenance_page_in_place_of_an_answer_is_passing_trouble(discord, tmp_path):
    async def page(request: web.Request) -> web.Response:
        return web.Response(text="<html>We are back soon</html>", content_type="text/html")

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", page)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        error = await refused(discord, tmp_path, api_url=f"http://127.0.0.1:{runner.addresses[0][1]}/api")
    finally:
        await runner.cleanup()
    assert error.passing
    assert "html" not in error.reason


async def test_a_gateway_that_cannot_be_reached_is_passing_trouble(discord, tmp_path):
    error = await refused(discord, tmp_path, gateway_url="ws://127.0.0.1:1/gateway")
    assert error.passing
    assert discord.identifies == 0


async def test_a_configured_gateway_is_used_for_everything(discord, tmp_path):
    discord.gateway.base, there = "ws://127.0.0.1:1", discord.gateway_url
    async with bot_in(discord, tmp_path, gateway_url=there):
        discord.drops()
        asked = await discord.says("ANN", "GENERAL", ASKED)
        await discord.answered(asked)
    assert discord.identifies == 1


async def test_other_uses_of_the_library_keep_their_addresses(discord, tmp_path):
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    async with bot_in(discord, tmp_path):
        assert before == (Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY)


async def test_no_session_is_begun_when_few_are_left_for_the_day(discord, tmp_path):
    discord.gateway.identified = [{"at": 0.0}] * 960
    error = await refused(discord, tmp_path)
    assert error.passing
    assert "it has 40 of 1000 sessions left" in error.reason
    assert discord.identifies == 960


async def test_commands_that_cannot_be_registered_leave_the_rest_working(discord, tmp_path):
    discord.fails("PUT", "/applications/{app}/commands", 400, 30034)
    async with bot_in(discord, tmp_path):
        asked = await discord.says("ANN", "GENERAL", ASKED)
        assert "object storage" in (await discord.answered(asked)).text


async def test_nothing_is_kept_of_what_was_answered(discord, tmp_path):
    """A view or message that discord.py kept for each answer would fill the memory of a service."""
    import gc

    import discord as library

    async with bot_in(discord, tmp_path):
        for _ in range(3):
            await discord.answered(await discord.says("ANN", "GENERAL", ASKED))
        await discord.idle()
        gc.collect()
        kept = [thing for thing in gc.get_objects() if type(thing) in (library.ui.View, library.Message)]
    assert kept == []


async def test_the_doctor_finds_everything_in_order(discord):
    checks = await check_discord(access(discord))
    assert [(check.name, check.status) for check in checks] == [
        ("discord", "ok"),
        ("discord intent", "ok"),
        ("discord sessions", "ok"),
        ("discord servers", "ok"),
    ]
    assert discord.identifies == 0


async def test_the_doctor_says_what_is_missing(discord):
    discord.guild.content_granted = False
    discord.gateway.identified = [{"at": 0.0}] * 999
    everybody = next(iter(discord.guild.roles.values()))
    everybody.permissions &= ~(1 << 35)
    details = {check.name: check.detail for check in await check_discord(access(discord))}
    assert "Message Content intent" in details["discord intent"]
    assert "1 of 1000" in details["discord sessions"]
    assert "create_public_threads (answering below the question)" in details["discord servers"]
    (wrong,) = await check_discord(access(discord, token="wrong"))
    assert (wrong.status, wrong.detail) == ("fail", f"{WRONG_TOKEN}.")


async def test_the_doctor_says_that_the_bot_is_in_no_server():
    discord = DiscordDouble()
    discord.api.routes[("GET", "/users/@me/guilds")] = lambda guild, asked: []
    async with discord:
        details = {check.name: check.detail for check in await check_discord(access(discord))}
    assert "docent discord-invite" in details["discord servers"]


def test_no_token_is_shown():
    from adapters.discord.connection import Access

    assert "secret" not in repr(Access(token="secret"))


async def test_an_event_that_the_library_cannot_read_ends_the_part_to_begin_anew(discord, tmp_path):
    async with bot_in(discord, tmp_path) as bot:
        discord.event("MESSAGE_CREATE", id="1")
        await asyncio.wait([bot.task], timeout=30)
        assert isinstance(error := bot.task.exception(), SurfaceUnavailable)
    assert error.passing
