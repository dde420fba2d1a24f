"""The Discord double refuses, limits and breaks calls as Discord does."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import FormData

from discord_apps import Api, bare
from discord_double import BOT, GUILD, DiscordDouble


@pytest.fixture
async def discord() -> AsyncIterator[DiscordDouble]:
    async with DiscordDouble() as double:
        yield double


@pytest.fixture
async def api(discord: DiscordDouble) -> AsyncIterator[Api]:
    async with bare(discord) as client:
        yield client


def messages(discord: DiscordDouble, name: str = "GENERAL") -> str:
    return f"/channels/{discord.guild.channel(name).id}/messages"


def button(custom_id: str = "a", **fields: Any) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": "Go", "custom_id": custom_id, **fields}


def row(*inside: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(inside)}


FIELD = {"name": "a", "value": "b"}
MALFORMED = [
    ({"content": "x" * 2001}, ["content"], "BASE_TYPE_MAX_LENGTH"),
    ({"content": 7}, ["content"], "BASE_TYPE_BAD_TYPE"),
    ({"embeds": [{"description": "x" * 4097}]}, ["embeds", "0", "description"], "BASE_TYPE_MAX_LENGTH"),
    ({"embeds": [{"title": "x" * 257}]}, ["embeds", "0", "title"], "BASE_TYPE_MAX_LENGTH"),
    ({"embeds": [{"description": "x" * 3001}] * 2}, ["embeds"], "MAX_EMBED_SIZE_EXCEEDED"),
    ({"embeds": [{"fields": [FIELD] * 26}]}, ["embeds", "0", "fields"], "BASE_TYPE_MAX_LENGTH"),
    ({"embeds": [{"title": "a"}] * 11}, ["embeds"], "BASE_TYPE_MAX_LENGTH"),
    ({"components": [row(button())] * 6}, ["components"], "BASE_TYPE_MAX_LENGTH"),
    (
        {"components": [row(*(button(str(number)) for number in range(6)))]},
        ["components", "0", "components"],
        "BASE_TYPE_BAD_LENGTH",
    ),
    (
        {"components": [row(button()), row(button())]},
        ["components", "custom_id"],
        "COMPONENT_CUSTOM_ID_DUPLICATED",
    ),
    (
        {"components": [row(button("x" * 101))]},
        ["components", "0", "components", "0", "custom_id"],
        "BASE_TYPE_BAD_LENGTH",
    ),
    (
        {"components": [row(button(label="x" * 81))]},
        ["components", "0", "components", "0", "label"],
        "BASE_TYPE_MAX_LENGTH",
    ),
    (
        {"content": "x", "message_reference": {"message_id": "5"}},
        ["message_reference"],
        "REPLIES_UNKNOWN_MESSAGE",
    ),
    (
        {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
        ["allowed_mentions"],
        "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
    ),
]


@pytest.mark.parametrize(("body", "where", "code"), MALFORMED)
async def test_a_malformed_message_is_refused_with_its_place(
    discord: DiscordDouble, api: Api, body: dict[str, Any], where: list[str], code: str
) -> None:
    status, answer = await api.call("POST", messages(discord), body)
    assert (status, answer["code"], answer["message"]) == (400, 50035, "Invalid Form Body")
    nested = answer["errors"]
    for step in where:
        nested = nested[step]
    assert nested["_errors"][0]["code"] == code
    assert discord.channel("GENERAL") == []


async def test_what_fits_just_so_is_taken(discord: DiscordDouble, api: Api) -> None:
    embeds = [{"description": "x" * 3000, "fields": [FIELD] * 25}, {"description": "y" * 2950}]
    rows = [row(*(button(f"{line}{number}") for number in range(5))) for line in range(5)]
    body = {"content": "x" * 2000, "embeds": embeds, "components": rows}
    assert (await api.call("POST", messages(discord), body))[0] == 200


@pytest.mark.parametrize("body", [{}, {"content": "  \n"}, {"content": "", "embeds": []}])
async def test_an_empty_message_is_refused(discord: DiscordDouble, api: Api, body: Any) -> None:
    assert await api.code("POST", messages(discord), body) == (400, 50006)


async def test_unknown_and_forbidden_things_have_their_codes(discord: DiscordDouble, api: Api) -> None:
    said = await discord.says("ANN", "GENERAL", "hello")
    general, one = messages(discord), {"content": "x"}
    assert await api.code("GET", "/users/@me", headers={}) == (401, 0)
    assert await api.code("GET", "/nothing") == (404, 0)
    assert await api.code("POST", "/channels/5/messages", one) == (404, 10003)
    assert await api.code("POST", "/channels/five/messages", one) == (400, 50035)
    assert await api.code("POST", messages(discord, "SECRET"), one) == (403, 50001)
    assert await api.code("POST", messages(discord, "READONLY"), one) == (403, 50013)
    assert await api.code("POST", messages(discord, "HELP_FORUM"), one) == (400, 50008)
    assert await api.code("GET", f"{general}/5") == (404, 10008)
    assert await api.code("PATCH", f"{general}/{said}", one) == (403, 50005)
    assert await api.code("DELETE", f"{general}/{said}") == (403, 50013)
    assert await api.code("GET", f"/guilds/5/members/{BOT}") == (404, 10004)
    assert await api.code("GET", f"/guilds/{GUILD}/members/5") == (404, 10007)
    assert await api.code("GET", "/users/5") == (404, 10013)
    discord.guild.user("ANN").takes_dms = False
    assert await api.code("POST", messages(discord, "DM_ANN"), one) == (403, 50007)
    discord.revokes()
    assert await api.code("GET", "/users/@me") == (401, 0)


async def test_a_thread_is_started_once_and_closes(discord: DiscordDouble, api: Api) -> None:
    said = await discord.says("ANN", "GENERAL", "hello")
    start, name = f"{messages(discord)}/{said}/threads", {"name": "About it"}
    assert await api.code("POST", start, {"name": ""}) == (400, 50035)
    status, thread = await api.call("POST", start, name)
    assert (status, thread["id"], thread["member"]["user_id"]) == (200, str(said), str(BOT))
    assert await api.code("POST", start, name) == (400, 160004)
    mine = (await api.call("POST", f"/channels/{said}/messages", {"content": "x"}))[1]["id"]
    await discord.archives(said)
    edit = f"/channels/{said}/messages/{mine}"
    assert await api.code("PATCH", edit, {"content": "y"}) == (400, 50083)
    assert (await api.call("POST", f"/channels/{said}/messages", {"content": "z"}))[0] == 200
    assert (await api.call("PATCH", edit, {"content": "y"}))[0] == 200
    await discord.archives(said, locked=True)
    assert await api.code("POST", f"/channels/{said}/messages", {"content": "z"}) == (400, 160005)
    assert [shown.text for shown in discord.thread(said)] == ["hello", "y", "z"]


async def test_a_message_sent_twice_with_one_nonce_is_there_once(discord: DiscordDouble, api: Api) -> None:
    body = {"content": "once", "nonce": "7", "enforce_nonce": True}
    sent = [(await api.call("POST", messages(discord), body))[1]["id"] for _ in range(2)]
    assert sent == [str(discord.channel("GENERAL")[0].id)] * 2


async def test_history_is_read_in_pages(discord: DiscordDouble, api: Api) -> None:
    said = [await discord.says("ANN", "GENERAL", str(number)) for number in range(6)]

    async def page(query: str) -> list[str]:
        read = (await api.call("GET", f"{messages(discord)}?{query}"))[1]
        return [message["content"] for message in read]

    assert await page("limit=2") == ["5", "4"]
    assert await page(f"limit=2&before={said[4]}") == ["3", "2"]
    assert await page(f"limit=2&after={said[1]}") == ["3", "2"]
    assert await page(f"limit=3&around={said[2]}") == ["3", "2", "1"]
    assert await api.code("GET", f"{messages(discord)}?limit=101") == (400, 50035)


async def test_a_file_comes_with_its_message(discord: DiscordDouble, api: Api) -> None:
    form = FormData()
    form.add_field("payload_json", '{"content": "see"}', content_type="application/json")
    form.add_field("files[0]", b"text", filename="answer.md", content_type="text/markdown")
    status, message = await api.call("POST", messages(discord), data=form)
    assert (status, message["attachments"][0]["size"]) == (200, 4)
    assert discord.channel("GENERAL")[0].attachments == ("answer.md",)
    assert discord.calls("POST", "/messages")[0].files == ("answer.md",)
