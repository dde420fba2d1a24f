"""The service as its operator runs it: real processes, a real index, Slack and a model on loopback ports."""

import asyncio
import signal
from collections.abc import AsyncIterator

import pytest

from bot.channels import phrases
from commands import docent, fails
from openai_double import OpenAIDouble, delta, events
from services import service, slack_environment
from slack_double import BOT, SlackDouble

ASKED = f"<@{BOT}> how is data stored?"


@pytest.fixture
async def slack() -> AsyncIterator[SlackDouble]:
    async with SlackDouble() as double:
        yield double


async def test_slack_is_served_from_a_real_index_without_any_model(indexed, slack):
    async with service(indexed, "--only", "slack", **slack_environment(slack)) as running:
        await running.said("slack: ready.")
        ts = await slack.says("U_ANN", "C_GENERAL", ASKED)
        answer = await slack.answered("C_GENERAL", ts)
        running.kill(signal.SIGTERM)
        assert await running.end() == 0
    assert "object storage" in answer.words
    assert "https://docs.example/storage.md" in answer.words
    assert not [line for line in running.lines if slack.bot_token in line or slack.app_token in line]


async def test_a_process_killed_in_the_middle_of_an_answer_is_followed_by_one_that_finishes_it(
    indexed, slack
):
    async with OpenAIDouble() as model:
        model.script.append(
            events(delta(f"Inserted data is kept in object storage [1]. {'Much follows. ' * 40}"), "wait")
        )
        environment = slack_environment(slack, DOCENT_LLM__BASE_URL=model.url)
        async with service(indexed, "--only", "slack", **environment) as first:
            await first.said("slack: ready.")
            ts = await slack.says("U_ANN", "C_GENERAL", ASKED)
            await slack.until(lambda: slack.answers("C_GENERAL", ts))
            first.kill()
            await first.end()
        assert [answer.finished for answer in slack.answers("C_GENERAL", ts)] == [False]
        model.say("In object storage [1].")
        async with service(indexed, "--only", "slack", **environment) as second:
            await second.said("slack: ready.")
            await slack.until(lambda: "In object storage" in slack.answers("C_GENERAL", ts)[0].words)
            await slack.idle()
    (answer,) = slack.answers("C_GENERAL", ts)
    assert "In object storage [1]." in answer.words
    assert "Much follows" not in answer.words
    assert "Get a human" in answer.labels
    assert phrases.GIVEN_UP not in answer.words


async def test_an_answer_that_has_begun_is_finished_before_the_service_ends(indexed, slack):
    async with OpenAIDouble() as model:
        model.script.append(events(delta("It is kept "), delta("in object storage [1].")))
        environment = slack_environment(slack, DOCENT_LLM__BASE_URL=model.url)
        async with service(indexed, "--only", "slack", **environment) as running:
            await running.said("slack: ready.")
            gate = slack.holds("chat.startStream")
            ts = await slack.says("U_ANN", "C_GENERAL", ASKED)
            await gate.arrived()
            running.kill(signal.SIGINT)
            await running.said("Stopping")
            gate.release()
            answer = await slack.answered("C_GENERAL", ts)
            assert await running.end() == 0
    assert answer.text == "It is kept in object storage [1]."


async def test_a_slack_that_comes_late_is_waited_for(indexed, slack):
    slack.breaks("auth.test", status=500, times=3)
    async with service(indexed, "--only", "slack", **slack_environment(slack)) as running:
        assert "Trying again in" in await running.said("slack: ")
        await running.said("slack: ready.")


@pytest.mark.parametrize(("which", "name"), [("bot", "SLACK_BOT_TOKEN"), ("app", "SLACK_APP_TOKEN")])
async def test_a_wrong_token_ends_the_service_with_one_line_that_says_what_to_do(indexed, slack, which, name):
    slack.revokes(which)
    async with service(indexed, "--only", "slack", **slack_environment(slack)) as running:
        assert await asyncio.wait_for(running.end(), 100) == 1
    (line,) = [line for line in running.lines if line.startswith("slack: ")]
    assert f"{name}: the app was removed from the workspace; install it again." in line
    assert not [line for line in running.lines if slack.bot_token in line or slack.app_token in line]
    assert "Traceback" not in " ".join(running.lines)


def test_serving_without_any_token_says_what_to_set(indexed):
    fails(docent(indexed, "serve"), 2, "SLACK_BOT_TOKEN", "DISCORD_TOKEN")
    fails(docent(indexed, "serve", "--only", "slack"), 2, "slack cannot be served", "SLACK_APP_TOKEN")
    fails(docent(indexed, "serve", "--only", "slak"), 2, "'slak' is none of slack, discord, index, web")


async def test_the_doctor_names_a_missing_scope_and_a_wrong_token(indexed, slack):
    import asyncio

    async def doctor():
        return await asyncio.to_thread(docent, indexed, "doctor", **slack_environment(slack))

    assert "slack" in (await doctor()).stdout
    assert (await doctor()).returncode == 0
    slack.workspace.scopes.discard("channels:history")
    assert "channels:history (follow-ups without a mention in public channels)" in (await doctor()).stdout
    slack.revokes("app")
    run = await doctor()
    assert run.returncode == 1
    assert "SLACK_APP_TOKEN: the app was removed from the workspace" in run.stdout


def test_the_manifest_is_complete_for_both_ways_of_listening(folder):
    import json

    socket = json.loads(docent(folder, "slack-manifest").stdout)
    http = json.loads(docent(folder, "slack-manifest", "--http", "https://bot.example/").stdout)
    assert socket["settings"]["socket_mode_enabled"] is True
    assert http["settings"]["socket_mode_enabled"] is False
    assert http["settings"]["event_subscriptions"]["request_url"] == "https://bot.example/slack/events"
    assert http["features"]["slash_commands"][0]["url"] == "https://bot.example/slack/events"
    assert {"app_mention", "message.im"} < set(socket["settings"]["event_subscriptions"]["bot_events"])
    assert "chat:write" in socket["oauth_config"]["scopes"]["bot"]
