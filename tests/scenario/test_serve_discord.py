"""The service with Discord as its operator runs it: real processes, a real index, doubles on loopback."""

import asyncio
import signal
from collections.abc import AsyncIterator

import pytest

from bot.channels import phrases
from commands import docent, fails
from discord_double import APP, DiscordDouble
from openai_double import OpenAIDouble, delta, events
from services import service, slack_environment
from slack_double import BOT, SlackDouble

ASKED = "<@BOT> how is data stored?"
MUCH = "Inserted data is kept in object storage [1]. " + " ".join(f"Much follows at {n}." for n in range(60))


@pytest.fixture
async def discord() -> AsyncIterator[DiscordDouble]:
    async with DiscordDouble() as double:
        yield double


@pytest.fixture
async def slack() -> AsyncIterator[SlackDouble]:
    async with SlackDouble() as double:
        yield double


def discord_environment(discord: DiscordDouble, **more: str) -> dict[str, str]:
    return {
        "DISCORD_TOKEN": discord.token,
        "DOCENT_DISCORD__API_URL": discord.api_url,
        "DOCENT_DISCORD__MESSAGE_CONTENT": "true",
        # discord.py's voice part, which is never used, imports it on Python 3.11 and 3.12.
        "PYTHONWARNINGS": "ignore:'audioop' is deprecated:DeprecationWarning",
        **more,
    }


async def test_discord_is_served_from_a_real_index_without_any_model(indexed, discord):
    async with service(indexed, "--only", "discord", **discord_environment(discord)) as running:
        await running.said("discord: ready.")
        asked = await discord.says("ANN", "GENERAL", ASKED)
        answer = await discord.answered(asked)
        running.kill(signal.SIGTERM)
        assert await running.end() == 0
    assert "object storage" in answer.words
    assert "https://docs.example/storage.md" in answer.words
    assert not [line for line in running.lines if discord.token in line]


async def test_a_killed_process_is_followed_by_one_that_finishes_its_answer(indexed, discord):
    async with OpenAIDouble() as model:
        model.script.append(events(delta(MUCH), "wait"))
        environment = discord_environment(discord, DOCENT_LLM__BASE_URL=model.url)
        async with service(indexed, "--only", "discord", **environment) as first:
            await first.said("discord: ready.")
            asked = await discord.says("ANN", "GENERAL", ASKED)
            await discord.until(lambda: discord.answers(asked))
            first.kill()
            await first.end()
        assert [answer.finished for answer in discord.answers(asked)] == [False]
        model.say("In object storage [1].")
        async with service(indexed, "--only", "discord", **environment) as second:
            await second.said("discord: ready.")
            await discord.until(lambda: "In object storage" in discord.answers(asked)[0].words)
            answer = await discord.answered(asked)
            await discord.idle()
    assert len(discord.answers(asked)) == 1
    assert "In object storage [1]." in answer.words
    assert "Much follows" not in answer.words
    assert phrases.GIVEN_UP not in answer.words


async def test_a_private_answer_whose_process_was_killed_comes_as_a_private_message(indexed, discord):
    async with OpenAIDouble() as model:
        model.script.append(events(delta(MUCH), "wait"))
        environment = discord_environment(discord, DOCENT_LLM__BASE_URL=model.url)
        async with service(indexed, "--only", "discord", **environment) as first:
            await first.said("discord: ready.")
            options = {"question": "how is data stored?", "private": True}
            used = await discord.commands("ANN", "GENERAL", "ask", options)
            await discord.until(lambda: "Inserted data" in used.words)
            first.kill()
            await first.end()
        model.say("In object storage [1].")
        async with service(indexed, "--only", "discord", **environment):
            answer = await discord.answered("DM_ANN")
    assert "In object storage [1]." in answer.words
    assert discord.channel("GENERAL") == []


async def test_an_answer_that_has_begun_is_finished_before_the_service_ends(indexed, discord):
    async with OpenAIDouble() as model:
        model.script.append(events(delta("It is kept "), delta("in object storage [1].")))
        environment = discord_environment(discord, DOCENT_LLM__BASE_URL=model.url)
        async with service(indexed, "--only", "discord", **environment) as running:
            await running.said("discord: ready.")
            gate = discord.holds("POST", "/threads")
            asked = await discord.says("ANN", "GENERAL", ASKED)
            await gate.arrived()
            running.kill(signal.SIGINT)
            await running.said("Stopping")
            gate.release()
            answer = await discord.answered(asked)
            assert await running.end() == 0
    assert answer.text.startswith("It is kept in object storage [1].")


async def test_a_wrong_token_is_named_and_nothing_else_is_shown(indexed, discord):
    discord.revokes()
    async with service(indexed, "--only", "discord", **discord_environment(discord)) as running:
        line = await running.said("discord: ")
        assert await asyncio.wait_for(running.end(), 100) == 1
    assert "DISCORD_TOKEN is wrong" in line
    assert discord.token not in " ".join(running.lines)


async def test_slack_and_discord_live_in_one_process_and_one_that_fails_leaves_the_other(
    indexed, slack, discord
):
    environment = slack_environment(slack) | discord_environment(discord)
    slack.breaks("auth.test", status=500, times=3)
    async with service(indexed, **environment) as running:
        await running.said("discord: ready.")
        asked = await discord.says("ANN", "GENERAL", ASKED)
        assert "object storage" in (await discord.answered(asked)).words
        await running.said("slack: ready.")
        discord.revokes()
        discord.disconnects(4004)
        assert "DISCORD_TOKEN is wrong" in await running.said("discord: DISCORD_TOKEN")
        ts = await slack.says("U_ANN", "C_GENERAL", f"<@{BOT}> how is data stored?")
        assert "object storage" in (await slack.answered("C_GENERAL", ts)).words


async def test_discord_comes_back_by_itself(indexed, discord):
    discord.breaks("GET", "/users/@me", 503, times=1)
    async with service(indexed, "--only", "discord", **discord_environment(discord)) as running:
        assert "Trying again in" in await running.said("discord: ")
        await running.said("discord: ready.")
        asked = await discord.says("ANN", "GENERAL", ASKED)
        await discord.answered(asked)


async def test_the_doctor_checks_discord(indexed, discord):
    import asyncio

    run = await asyncio.to_thread(docent, indexed, "doctor", **discord_environment(discord))
    assert "discord sessions" in run.stdout
    assert "1000 of 1000 left today" in run.stdout
    discord.revokes()
    run = await asyncio.to_thread(docent, indexed, "doctor", **discord_environment(discord))
    assert run.returncode == 1
    assert "DISCORD_TOKEN is wrong" in run.stdout


async def test_the_invitation_is_for_the_tokens_app_or_the_one_that_is_named(indexed, discord):
    import asyncio

    found = await asyncio.to_thread(docent, indexed, "discord-invite", **discord_environment(discord))
    assert f"client_id={APP}" in found.stdout
    named = await asyncio.to_thread(docent, indexed, "discord-invite", "--app-id", "123")
    assert "client_id=123" in named.stdout
    discord.revokes()
    wrong = await asyncio.to_thread(docent, indexed, "discord-invite", **discord_environment(discord))
    fails(wrong, 2, "DISCORD_TOKEN is wrong", "--app-id")


def test_an_invitation_without_a_token_says_what_to_give(folder):
    fails(docent(folder, "discord-invite"), 2, "DISCORD_TOKEN", "--app-id")
