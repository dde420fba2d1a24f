"""The Discord double limits, refuses and breaks calls as a test says, or as Discord's limits do."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientError
from discord import Forbidden, HTTPException

from discord_apps import Api, a_client, bare, running
from discord_double import GUILD, DiscordDouble


@pytest.fixture
async def discord() -> AsyncIterator[DiscordDouble]:
    async with DiscordDouble() as double:
        yield double


@pytest.fixture
async def api(discord: DiscordDouble) -> AsyncIterator[Api]:
    async with bare(discord) as client:
        yield client


def messages(discord: DiscordDouble) -> str:
    return f"/channels/{discord.guild.channel('GENERAL').id}/messages"


async def test_a_client_that_ignores_the_headers_is_limited_and_counted(
    discord: DiscordDouble, api: Api
) -> None:
    mine = (await api.call("POST", messages(discord), {"content": "0"}))[1]["id"]
    edits = [await api.call("PATCH", f"{messages(discord)}/{mine}", {"content": str(n)}) for n in range(6)]
    assert [status for status, _ in edits] == [200] * 5 + [429]
    assert 0 < edits[-1][1]["retry_after"] <= 5
    assert edits[-1][1]["global"] is False
    assert [call.method for call in discord.violations] == ["PATCH"]
    assert discord.message(mine).text == "4"


async def test_discord_py_minds_the_headers() -> None:
    client = a_client()
    async with DiscordDouble(window=0.3) as discord, running(client, discord):
        channel = client.get_partial_messageable(discord.guild.channel("GENERAL").id, guild_id=GUILD)
        message = await channel.send("0")
        for number in range(1, 12):
            await message.edit(content=str(number))
    assert discord.message(message.id).text == "11"
    assert discord.violations == []


async def test_more_than_fifty_calls_a_second_are_too_many(discord: DiscordDouble, api: Api) -> None:
    discord.rate_limits.everywhere.seconds = 60
    answers = await asyncio.gather(*(api.call("GET", "/users/@me") for _ in range(60)))
    limited = [answer for status, answer in answers if status == 429]
    assert [answer["global"] for answer in limited] == [True] * 10
    assert len(discord.violations) == 10


async def test_a_scripted_limit_is_waited_for_and_a_ban_is_not(discord: DiscordDouble) -> None:
    client = a_client()
    async with running(client, discord):
        channel = client.get_partial_messageable(discord.guild.channel("GENERAL").id, guild_id=GUILD)
        discord.limits("POST", "/messages", retry_after=0.05, scope="shared")
        message = await channel.send("late")
        discord.limits("PATCH", "/messages/", retry_after=0.05, code=30046)
        await message.edit(content="later")
        discord.limits("POST", "/messages", scope="cloudflare")
        with pytest.raises(HTTPException) as caught:
            await channel.send("never")
    assert caught.value.status == 429
    assert [call.status for call in discord.calls("POST", "/messages")] == [429, 200, 429]
    assert [call.code for call in discord.calls("PATCH")] == [30046, 0]


async def test_a_refusal_can_be_scripted(discord: DiscordDouble) -> None:
    client = a_client()
    async with running(client, discord):
        channel = client.get_partial_messageable(discord.guild.channel("GENERAL").id, guild_id=GUILD)
        discord.fails("POST", messages(discord), 403, 50013, times=1)
        with pytest.raises(Forbidden, match="Missing Permissions"):
            await channel.send("hello")
        await channel.send("hello")
    assert [call.code for call in discord.calls("POST", "/messages")] == [50013, 0]


async def test_a_dropped_call_may_have_been_done_all_the_same(discord: DiscordDouble, api: Api) -> None:
    discord.breaks("POST", "/messages", applied=True)
    with pytest.raises(ClientError):
        await api.call("POST", messages(discord), {"content": "once"})
    assert [shown.text for shown in discord.channel("GENERAL")] == ["once"]
    discord.breaks("GET", "/users/@me", status=503)
    async with api.session.get(f"{discord.api_url}/users/@me", headers=api.headers) as answer:
        assert (answer.status, answer.content_type) == (503, "text/html")


async def test_a_held_call_waits_for_its_release(discord: DiscordDouble, api: Api) -> None:
    gate = discord.holds("POST", "/messages")
    posting = asyncio.create_task(api.call("POST", messages(discord), {"content": "late"}))
    await gate.arrived()
    assert discord.channel("GENERAL") == []
    gate.release()
    assert (await posting)[0] == 200
    assert [shown.text for shown in discord.channel("GENERAL")] == ["late"]
