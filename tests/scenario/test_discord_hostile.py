"""Questions, pages and models that want to ping somebody: on Discord nobody ever is."""

from collections.abc import AsyncIterator

import pytest

from discord_bot import bot_in
from discord_double import DiscordDouble
from fakes import FakeModel, FakeRetriever, passage
from hostile import HOSTILE


@pytest.fixture
async def discord() -> AsyncIterator[DiscordDouble]:
    async with DiscordDouble(window=0.05) as double:
        yield double


class Echo(FakeModel):
    """Says what a page says, torn apart wherever a mention may begin."""

    said = ""

    async def stream(self, messages, *, effort=""):
        text = f"{self.said} [1]."
        self.pieces = tuple(text[at : at + 7] for at in range(0, len(text), 7))
        async for piece in super().stream(messages, effort=effort):
            yield piece


async def test_thirty_hostile_questions_and_pages_ping_nobody(discord, tmp_path):
    model, shelf = Echo(), FakeRetriever()
    async with bot_in(discord, tmp_path, model=model, retriever=shelf):
        for text in HOSTILE:
            model.said, shelf.passages = text, (passage(text, title=text[:200], heading=text[:200]),)
            mentioned = await discord.says("ANN", "GENERAL", f"<@BOT> how is data stored? {text}"[:1_990])
            await discord.answered(mentioned)
            await discord.says("ANN", mentioned, f"and for {text}?"[:1_990])
            await discord.commands(
                "BEN", "GENERAL", "ask", {"question": f"how is data stored? {text}"[:1_890]}
            )
        await discord.idle()
    posted = [call.body for call in discord.calls() if isinstance(call.body, dict) and "content" in call.body]
    assert len(HOSTILE) >= 30
    assert len(model.prompts) > len(HOSTILE)
    assert sum("everyone" in body["content"] for body in posted) > len(HOSTILE)
    assert all(body["allowed_mentions"] == {"parse": []} for body in posted)
    assert discord.pings == []
