"""The support team in Discord as its operator sets it up: real processes, a real index."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from discord_double import DiscordDouble
from discord_team import BEN, TEAM, cards, filled, pressed, said, words
from services import service


@pytest.fixture
async def discord() -> AsyncIterator[DiscordDouble]:
    async with DiscordDouble(window=0.5) as double:
        await double.lets_in("BEN", "PRIVATE")
        yield double


async def test_a_card_of_a_killed_process_works_in_the_next_and_watched_forums_are_triaged(
    indexed: Path, discord: DiscordDouble
) -> None:
    forum = str(discord.guild.channel("HELP_FORUM").id)
    environment = {
        "DISCORD_TOKEN": discord.token,
        "DOCENT_DISCORD__API_URL": discord.api_url,
        "DOCENT_DISCORD__MESSAGE_CONTENT": "true",
        "DOCENT_DISCORD__AUTO_ANSWER": forum,
        "DOCENT_TRIAGE__DISCORD_CHANNEL": TEAM,
        "DOCENT_TRIAGE__WATCH": forum,
        "PYTHONWARNINGS": "ignore:'audioop' is deprecated:DeprecationWarning",
    }
    async with service(indexed, "--only", "discord", **environment) as first:
        await first.said("discord: ready.")
        asked = await discord.says("ANN", "GENERAL", "<@BOT> how is data stored?")
        answer = await discord.answered(asked)
        await discord.clicks("ANN", answer, "Get a human")
        (card,) = await discord.until(lambda: cards(discord))
        opened = await pressed(discord, "BEN", card.id, "Reply")
        first.kill()
        await first.end()
    async with service(indexed, "--only", "discord", **environment) as second:
        await second.said("discord: ready.")
        await discord.submits("BEN", opened, {"text": "It is in the bucket"})
        await discord.until(lambda: "It is in the bucket" in said(discord, asked))
        await filled(discord, "BEN", card.id, "Resolve", "Told where it is")
        resolved = words(discord, card.id)
        post = await discord.posts_in_forum("ANN", "HELP_FORUM", "Why does my cluster fail?", "It does.")
        await discord.until(lambda: "👀" in discord.message(post).reactions)
        await discord.idle()
    assert f"<@{BEN}> has resolved this: Told where it is" in resolved
    assert len(cards(discord)) == 2
    assert discord.answers(post) == []
    assert not [line for line in (*first.lines, *second.lines) if discord.token in line]
