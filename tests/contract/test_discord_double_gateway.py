"""The gateway of the Discord double: sessions end in all ways, and discord.py takes them up again."""

import asyncio
import json
import zlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession, WSMsgType
from discord import Client, ConnectionClosed, LoginFailure, Message, PrivilegedIntentsRequired

from discord_apps import a_client, running
from discord_double import BOT, GUILD, DiscordDouble, pointed_at


@pytest.fixture
async def discord() -> AsyncIterator[DiscordDouble]:
    async with DiscordDouble() as double:
        yield double


def listening(client: Client) -> list[str]:
    heard: list[str] = []

    async def on_message(message: Message) -> None:
        heard.append(message.content)

    client.event(on_message)
    return heard


@pytest.mark.parametrize("how", ["drops", "op 7", "code 4000", "code 1000", "op 9 resumable"])
async def test_what_is_missed_is_told_when_a_session_is_taken_up(discord: DiscordDouble, how: str) -> None:
    client = a_client()
    heard = listening(client)
    async with running(client, discord):
        await discord.says("ANN", "GENERAL", "one")
        await discord.until(lambda: heard)
        if how == "drops":
            discord.drops()
        elif how.startswith("code"):
            discord.disconnects(int(how.split()[1]))
        elif how == "op 7":
            discord.disconnects()
        else:
            discord.invalidates(resumable=True)
        await discord.until(lambda: not discord.sessions)
        await discord.says("ANN", "GENERAL", "two")
        await discord.until(lambda: len(heard) == 2)
        await discord.idle()
    assert heard == ["one", "two"]
    assert (discord.identifies, discord.resumes) == (1, 1)
    assert discord.gateway.replayed >= 1
    assert discord.gateway.resumed[0]["path"] == "/resume"


async def test_a_forgotten_session_is_begun_anew(discord: DiscordDouble) -> None:
    client = a_client()
    heard = listening(client)
    async with running(client, discord):
        discord.disconnects(4000, forget=True)
        await discord.until(lambda: discord.identifies == 2 and discord.sessions)
        await discord.says("ANN", "GENERAL", "hello")
        await discord.until(lambda: heard)
    assert (heard, discord.resumes) == (["hello"], 1)


async def test_a_session_that_op_9_ends_is_begun_anew(discord: DiscordDouble) -> None:
    async with running(a_client(), discord):
        discord.invalidates()
        await discord.until(lambda: discord.identifies == 2 and discord.sessions)
    assert discord.resumes == 0


async def test_what_happens_while_no_session_is_there_is_lost(discord: DiscordDouble) -> None:
    client = a_client()
    heard = listening(client)
    await discord.says("ANN", "GENERAL", "early")
    async with running(client, discord):
        await discord.says("ANN", "GENERAL", "hello")
        await discord.until(lambda: heard)
    assert heard == ["hello"]
    assert [len(event.told) for event in discord.sent("MESSAGE_CREATE")] == [0, 1]


@pytest.mark.parametrize(("code", "answers"), [(1000, [9]), (4000, [0, 0])])
async def test_who_says_goodbye_gives_the_session_up(
    discord: DiscordDouble, code: int, answers: list[int]
) -> None:
    async with ClientSession() as session:
        async with session.ws_connect(discord.gateway_url) as ws:
            await ws.send_json({"op": 2, "d": {"token": discord.token, "intents": 1 << 9}})
            told = [await ws.receive_json() for _ in range(2)]
            await ws.close(code=code)
        await discord.until(lambda: not discord.sessions)
        await discord.says("ANN", "GENERAL", "late")
        resume = {"token": discord.token, "session_id": told[1]["d"]["session_id"], "seq": told[1]["s"]}
        async with session.ws_connect(told[1]["d"]["resume_gateway_url"]) as ws:
            await ws.send_json({"op": 6, "d": resume})
            assert (await ws.receive_json())["op"] == 10
            assert [(await ws.receive_json())["op"] for _ in answers] == answers


async def test_a_wrong_token_is_no_login(discord: DiscordDouble) -> None:
    with pointed_at(discord.api_url, discord.gateway_url):
        async with a_client() as client:
            with pytest.raises(LoginFailure):
                await client.start("wrong")
    assert discord.identifies == 0


async def test_a_token_that_is_taken_back_ends_the_client(discord: DiscordDouble) -> None:
    client = a_client()
    with pointed_at(discord.api_url, discord.gateway_url):
        task = asyncio.create_task(client.start(discord.token))
        await discord.connected()
        discord.revokes()
        discord.drops()
        with pytest.raises(ConnectionClosed) as caught:
            await task
        await client.close()
    assert caught.value.code == 4004


@pytest.mark.parametrize(("content", "members"), [(True, False), (False, True)])
async def test_an_intent_that_the_application_does_not_have_is_refused(content: bool, members: bool) -> None:
    async with DiscordDouble(content=False) as discord:
        client = a_client(content=content, members=members)
        with pytest.raises(PrivilegedIntentsRequired):
            async with running(client, discord):
                pass
    assert discord.identifies == 1


async def test_members_are_given_where_the_application_may_have_them() -> None:
    async with DiscordDouble(members=True) as discord:
        client = a_client(members=True)
        async with running(client, discord):
            await asyncio.wait_for(client.wait_until_ready(), 10)
            guild = client.get_guild(GUILD)
            assert guild is not None
            assert {member.name for member in guild.members} == {"docent", "ann", "ben", "eva", "cibot"}
            assert (guild.chunked, guild.me.id) == (True, BOT)


async def test_an_event_can_be_told_again(discord: DiscordDouble) -> None:
    client = a_client()
    heard = listening(client)
    async with running(client, discord):
        await discord.says("ANN", "GENERAL", "hello")
        discord.redelivers(discord.sent("MESSAGE_CREATE")[0], times=2)
        await discord.until(lambda: len(heard) == 3)
    assert heard == ["hello"] * 3


async def test_two_clients_of_one_bot_hear_the_same(discord: DiscordDouble) -> None:
    first, second = a_client(), a_client()
    heard = [listening(first), listening(second)]
    async with running(first, discord), running(second, discord):
        await discord.says("ANN", "GENERAL", "hello")
        await discord.until(lambda: all(heard))
    assert heard == [["hello"], ["hello"]]


@pytest.mark.parametrize("compress", ["", "&compress=zlib-stream"])
async def test_frames_come_packed_as_asked_for(discord: DiscordDouble, compress: str) -> None:
    unpacking = zlib.decompressobj()
    address = f"{discord.gateway_url}?v=10&encoding=json{compress}"

    async def frame(ws: Any) -> Any:
        got = await ws.receive()
        assert got.type == (WSMsgType.BINARY if compress else WSMsgType.TEXT)
        return json.loads(unpacking.decompress(got.data) if compress else got.data)

    async with ClientSession() as session, session.ws_connect(address) as ws:
        assert (await frame(ws))["d"]["heartbeat_interval"] == 41250
        await ws.send_json({"op": 1, "d": None})
        assert (await frame(ws))["op"] == 11
        await ws.send_json({"op": 2, "d": {"token": discord.token, "intents": 1, "properties": {}}})
        told = [await frame(ws) for _ in range(2)]
    assert [(each["t"], each["s"]) for each in told] == [("READY", 1), ("GUILD_CREATE", 2)]
    assert discord.token not in str(discord.gateway.identified)


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        (["no json"], 4002),
        (['{"op": 3, "d": {}}'], 4003),
        (['{"op": 2, "d": {"token": "wrong", "intents": 0}}'], 4004),
        (['{"op": 2, "d": {"token": "TOKEN", "intents": 0}}'] * 2, 4005),
    ],
)
async def test_a_client_that_misbehaves_is_closed(
    discord: DiscordDouble, frames: list[str], code: int
) -> None:
    async with ClientSession() as session, session.ws_connect(discord.gateway_url) as ws:
        for frame in frames:
            await ws.send_str(frame.replace("TOKEN", discord.token))
        async for _ in ws:
            pass
    assert ws.close_code == code


async def test_malformed_events_reach_the_client_as_they_are(discord: DiscordDouble) -> None:
    client = a_client()
    heard = listening(client)
    async with running(client, discord):
        discord.event("SOMETHING_NEW", guild_id=str(GUILD))
        await discord.says("ANN", "GENERAL", "hello")
        await discord.until(lambda: heard)
    assert discord.sent("SOMETHING_NEW")[0].told
