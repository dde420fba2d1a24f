"""One support team for people on two platforms: a question in one, its card in the other."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

import discord_bot
import slack_bot
from bot.support import team_phrases as phrases
from bot.support.team_rules import Route, TeamRules
from discord_double import DiscordDouble
from discord_team import BEN, TEAM, cards, filled, words
from slack_double import BOT, SlackDouble

SLACK_TEAM, SLACK_BEN = "C0PRIVATE1", "U0BEN00001"
HOSTILE = "<!channel> <@U0ANN00001> @everyone <@&644444444444444444> **now**"


@pytest.fixture
async def discord() -> AsyncIterator[DiscordDouble]:
    async with DiscordDouble(window=0.5) as double:
        await double.lets_in("BEN", "PRIVATE")
        yield double


@pytest.fixture
async def slack() -> AsyncIterator[SlackDouble]:
    async with SlackDouble() as double:
        yield double


@asynccontextmanager
async def bot_in_both(discord, slack, folder, channels):
    """One process on both platforms: the two share their ledger and their rooms."""
    agreed = TeamRules(channels=channels, routes=(Route(who=(BEN, SLACK_BEN)),))
    async with (
        discord_bot.bot_in(discord, folder, team_rules=agreed) as one,
        slack_bot.bot_in(slack, folder, team_rules=agreed) as other,
    ):
        for here, there in ((one, other), (other, one)):
            here.support.board.rooms |= there.support.board.rooms
        yield one


async def test_a_question_in_discord_is_looked_after_in_slack(discord, slack, tmp_path):
    async with bot_in_both(discord, slack, tmp_path, {"slack": SLACK_TEAM}) as bot:
        asked = await discord.says("ANN", "GENERAL", discord_bot.ASKED)
        answer = await discord.answered(asked)
        await discord_bot.closed(bot, discord, asked)
        done = await discord.clicks("ANN", answer, "Get a human")
        (card,) = await slack.until(lambda: slack.channel("C_PRIVATE"))
        await slack.clicks("U_BEN", "C_PRIVATE", card.ts, "Claim")
        await discord.until(lambda: "has taken this on" in _said(discord, asked))
        await discord.says("ANN", asked, "and where do I see the log?")
        await discord.idle()
        await _filled_in_slack(slack, card.ts, "Reply", HOSTILE)
        await discord.until(lambda: "**now**" in _said(discord, asked))
        await _filled_in_slack(slack, card.ts, "Resolve", "It was a typo")
        await discord.until(lambda: "It was a typo" in _said(discord, asked))
    assert done.words == phrases.CALLED
    assert "Somebody asks for a human in Discord" in card.words
    assert f"https://discord.com/channels/611111111111111111/800000000000000001/{asked}" in str(card.blocks)
    assert "A member of the support team has taken this on" in _said(discord, asked)
    assert SLACK_BEN not in _said(discord, asked)
    assert len([one for one in discord.answers(asked) if one.finished]) == 1, "a person has it"
    assert discord.pings == []


async def test_a_question_in_slack_is_looked_after_in_discord(discord, slack, tmp_path):
    async with bot_in_both(discord, slack, tmp_path, {"discord": TEAM}):
        ts = await slack.says("U_ANN", "C_GENERAL", f"<@{BOT}> how is data stored?")
        answer = await slack.answered("C_GENERAL", ts)
        await slack.clicks("U_ANN", "C_GENERAL", answer.ts, "Get a human")
        (card,) = await discord.until(lambda: cards(discord))
        await discord.clicks("BEN", card, "Claim")
        await discord.until(lambda: f"<@{BEN}> has this." in words(discord, card.id))
        await filled(discord, "BEN", card.id, "Reply", HOSTILE)
        await slack.until(lambda: "now" in _answers(slack, ts))
        await filled(discord, "BEN", card.id, "Resolve", "It was a typo")
        await slack.until(lambda: "It was a typo" in _answers(slack, ts))
    assert "Somebody asks for a human in Slack" in card.words
    assert "[open the thread](<https://acme.slack.com/archives/C0GENERAL1" in card.words
    assert f"**Who should look:** <@{BEN}>\n" in card.words, "who is of Slack is called there"
    assert [ping.whom for ping in discord.pings] == [int(BEN)]
    assert "A member of the support team:" in _answers(slack, ts)
    assert "<!channel>" not in _answers(slack, ts)


def _said(discord, asked):
    return "\n".join(answer.words for answer in discord.answers(asked))


def _answers(slack, ts):
    return "\n".join(answer.words for answer in slack.answers("C_GENERAL", ts))


async def _filled_in_slack(slack, card, button, text):
    await slack.clicks("U_BEN", "C_PRIVATE", card, button)
    view = (await slack.until(lambda: [view for view in slack.views if "ref" in str(view.fields)]))[0]
    await slack.submits("U_BEN", view, {"text": text})
    await slack.until(lambda: not view.open)
