"""A wrong channel of the support team is said by the doctor, and once by the service, before anybody asks."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from commands import docent
from config.settings import Settings, load_settings
from config.team_channel import check_team
from discord_double import DiscordDouble
from services import service, slack_environment
from slack_double import SlackDouble


@pytest.fixture
async def slack() -> AsyncIterator[SlackDouble]:
    async with SlackDouble() as double:
        yield double


@pytest.fixture
async def discord() -> AsyncIterator[DiscordDouble]:
    async with DiscordDouble() as double:
        yield double


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def in_slack(slack: SlackDouble, channel: str) -> Settings:
    return load_settings(environ=slack_environment(slack, DOCENT_TRIAGE__SLACK_CHANNEL=channel))


def in_discord(discord: DiscordDouble, channel: str) -> Settings:
    return load_settings(
        environ={
            "DISCORD_TOKEN": discord.token,
            "DOCENT_DISCORD__API_URL": discord.api_url,
            "DOCENT_TRIAGE__DISCORD_CHANNEL": channel,
        }
    )


@pytest.mark.parametrize(
    ("channel", "status", "words"),
    [
        ("C0PRIVATE1", "ok", "#private"),
        ("C0GENERAL1", "ok", "#general"),
        ("C0ABSENT01", "fail", "no member of the team's channel #absent: write /invite"),
        ("C0SECRET01", "fail", "no channel C0SECRET01"),
        ("C0NOSUCH01", "fail", "no channel C0NOSUCH01"),
        ("C0OLD00001", "fail", "#old is archived"),
    ],
)
async def test_slacks_channel_has_to_exist_with_the_bot_in_it(slack, channel, status, words):
    check = await check_team(in_slack(slack, channel), "slack")
    assert (check.name, check.status) == ("slack team", status)
    assert words in check.detail


@pytest.mark.parametrize(
    ("channel", "status", "words"),
    [
        ("800000000000000001", "ok", "#general"),
        ("800000000000000003", "ok", "#private"),
        ("800000000000000004", "fail", "no channel 800000000000000004"),
        ("800000000000000005", "fail", "#readonly: grant it send_messages there"),
        ("800000000000000007", "fail", "#help-forum itself"),
        ("800000000000000099", "fail", "no channel 800000000000000099"),
    ],
)
async def test_discords_channel_has_to_be_seen_and_written_in(discord, channel, status, words):
    check = await check_team(in_discord(discord, channel), "discord")
    assert (check.name, check.status) == ("discord team", status)
    assert words in check.detail


async def test_a_platform_that_does_not_answer_is_no_fault_of_the_channel(slack, discord):
    slack.breaks("conversations.info", status=500, times=9)
    check = await check_team(in_slack(slack, "C0PRIVATE1"), "slack")
    assert (check.status, "cannot be looked at" in check.detail) == ("warn", True)
    discord.revokes()
    check = await check_team(in_discord(discord, "800000000000000001"), "discord")
    assert (check.status, "DISCORD_TOKEN is wrong" in check.detail) == ("warn", True)
    assert discord.token not in check.detail


async def test_a_channel_on_a_platform_without_a_token_can_never_be_posted_in():
    settings = load_settings(environ={"DOCENT_TRIAGE__SLACK_CHANNEL": "C0PRIVATE1"})
    check = await check_team(settings, "slack")
    assert check.status == "fail"
    assert "SLACK_BOT_TOKEN is not" in check.detail
    assert await check_team(settings, "discord") is None


async def test_the_doctor_fails_on_a_wrong_team_channel_and_on_pages_that_nobody_can_open(indexed, slack):
    environment = slack_environment(
        slack, DOCENT_TRIAGE__SLACK_CHANNEL="C0ABSENT01", DOCENT_WEB__ENABLED="true"
    )
    run = await asyncio.to_thread(docent, indexed, "doctor", **environment)
    assert run.returncode == 1
    assert "slack team: The bot is no member" in run.stdout
    assert "web: Nobody can open the team's pages: set WEB_TOKEN" in run.stdout
    environment |= {"DOCENT_TRIAGE__SLACK_CHANNEL": "C0PRIVATE1", "WEB_TOKEN": "t" * 24}
    run = await asyncio.to_thread(docent, indexed, "doctor", **environment)
    assert (run.returncode, run.stderr) == (0, "")
    assert "slack team: #private" in run.stdout
    assert "t" * 24 not in run.stdout


def test_the_doctor_says_that_nobody_hears_a_push_without_a_port(indexed):
    run = docent(indexed, "doctor", WEBHOOK_SECRET="a-webhook-secret")
    assert run.returncode == 0
    assert "WEBHOOK_SECRET is set, and no port is open" in run.stdout
    heard = docent(
        indexed, "doctor", WEBHOOK_SECRET="a-webhook-secret", WEB_TOKEN="t" * 24, DOCENT_WEB__ENABLED="true"
    )
    assert "WEBHOOK_SECRET" not in heard.stdout


async def test_the_service_warns_once_of_a_channel_that_it_cannot_post_in(indexed, slack):
    environment = slack_environment(slack, DOCENT_TRIAGE__SLACK_CHANNEL="C0ABSENT01")
    async with service(indexed, "--only", "slack", **environment) as running:
        await running.said("slack: ready.")
        line = await running.said("the support team is not reached")
    assert "no member of the team's channel #absent" in line
    assert len([each for each in running.lines if "not reached" in each]) == 1
