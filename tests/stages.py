"""The same acts on each platform, before the service itself: Ann asks, Ben is of the team."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import discord_team
from discord_double import DiscordDouble
from services import Service, service, slack_environment
from slack_double import BOT as SLACK_BOT
from slack_double import SlackDouble

SLACK_TEAM = "C0PRIVATE1"
PAGES = {
    "DOCENT_WEB__ENABLED": "true",
    "DOCENT_WEB__PUBLIC_URL": "https://docent.example/team/",
    "WEB_TOKEN": "t" * 24,
}


class Stage(Protocol):
    """One platform with the bot on it; threads and cards go by their ids."""

    running: Service
    ben: str
    """How Ben's mention is written."""

    async def asks(self, text: str, thread: str = "", person: str = "ANN") -> str:
        """Somebody asks the bot by name, in a channel or in a thread; the thread's id."""
        ...

    async def says(self, person: str, text: str, thread: str) -> None:
        """Somebody writes in a thread, and all that comes of it is over."""
        ...

    async def answered(self, thread: str, count: int) -> str:
        """The words of the bot's answer of that number, when it is finished."""
        ...

    async def calls(self, thread: str) -> str:
        """Ann presses "Get a human" below the latest answer; the id of the card that is posted then."""
        ...

    async def presses(self, card: str, button: str) -> None:
        """Ben presses a button of a card."""
        ...

    async def fills(self, card: str, button: str, text: str) -> None:
        """Ben presses a button of a card and sends its form; all that comes of it is there."""
        ...

    async def approves(self, card: str, question: str, answer: str) -> None:
        """Ben lets others read what came of it."""
        ...

    async def shows(self, card: str, words: str) -> str:
        """All that a card says, as soon as ``words`` are in it."""
        ...

    def answers(self, thread: str) -> int:
        """How often the bot has answered in a thread."""
        ...

    def read(self, thread: str) -> str:
        """All that the bot has posted in a thread."""
        ...


class SlackStage:
    ben = "<@U0BEN00001>"

    def __init__(self, slack: SlackDouble, running: Service) -> None:
        self._slack, self.running = slack, running

    async def asks(self, text: str, thread: str = "", person: str = "ANN") -> str:
        given = {"thread": thread} if thread else {}
        ts = await self._slack.says(f"U_{person}", "C_GENERAL", f"<@{SLACK_BOT}> {text}", **given)
        return thread or ts

    async def says(self, person: str, text: str, thread: str) -> None:
        await self._slack.says(f"U_{person}", "C_GENERAL", text, thread=thread)
        await self._slack.idle()

    async def answered(self, thread: str, count: int) -> str:
        (found,) = await self._slack.until(lambda: self._finished(thread)[count - 1 : count])
        await self._slack.idle()
        return found.words

    async def calls(self, thread: str) -> str:
        latest = self._finished(thread)[-1]
        await self._slack.clicks("U_ANN", "C_GENERAL", latest.ts, "Get a human")
        (card,) = await self._slack.until(lambda: self._slack.channel("C_PRIVATE")[-1:])
        return card.ts

    async def presses(self, card: str, button: str) -> None:
        await self._slack.clicks("U_BEN", "C_PRIVATE", card, button)
        await self._slack.idle()

    async def fills(self, card: str, button: str, text: str) -> None:
        await self._sends(card, button, {"text": text})

    async def approves(self, card: str, question: str, answer: str) -> None:
        await self._sends(card, "Approve as answer", {"question": question, "answer": answer})

    async def _sends(self, card: str, button: str, values: dict[str, str]) -> None:
        known = len(self._slack.views)
        await self._slack.clicks("U_BEN", "C_PRIVATE", card, button)
        view = (await self._slack.until(lambda: self._slack.views[known:]))[0]
        before = self._card(card).edited
        await self._slack.submits("U_BEN", view, values)
        await self._slack.until(lambda: self._card(card).edited > before)
        await self._slack.idle()

    async def shows(self, card: str, words: str) -> str:
        def shown() -> str:
            found = self._card(card).words
            return found if words in found else ""

        return await self._slack.until(shown)

    def answers(self, thread: str) -> int:
        return len(self._finished(thread))

    def read(self, thread: str) -> str:
        return "\n".join(one.words for one in self._slack.answers("C_GENERAL", thread))

    def _card(self, card: str) -> Any:
        return next(one for one in self._slack.channel("C_PRIVATE") if one.ts == card)

    def _finished(self, thread: str) -> list[Any]:
        return [one for one in self._slack.answers("C_GENERAL", thread) if one.finished]


class DiscordStage:
    ben = f"<@{discord_team.BEN}>"

    def __init__(self, discord: DiscordDouble, running: Service) -> None:
        self._discord, self.running = discord, running

    async def asks(self, text: str, thread: str = "", person: str = "ANN") -> str:
        said = await self._discord.says(person, thread or "GENERAL", f"<@BOT> {text}")
        return thread or str(said)

    async def says(self, person: str, text: str, thread: str) -> None:
        await self._discord.says(person, thread, text)
        await self._discord.idle()

    async def answered(self, thread: str, count: int) -> str:
        found = await self._discord.answered(thread, count)
        await self._discord.idle()
        return found.words

    async def calls(self, thread: str) -> str:
        latest = [one for one in self._discord.answers(thread) if one.finished][-1]
        await self._discord.clicks("ANN", latest, "Get a human")
        (card,) = await self._discord.until(lambda: discord_team.cards(self._discord)[-1:])
        return str(card.id)

    async def presses(self, card: str, button: str) -> None:
        await discord_team.pressed(self._discord, "BEN", int(card), button)
        await self._discord.idle()

    async def fills(self, card: str, button: str, text: str) -> None:
        await discord_team.filled(self._discord, "BEN", int(card), button, text)

    async def approves(self, card: str, question: str, answer: str) -> None:
        opened = await discord_team.pressed(self._discord, "BEN", int(card), "Approve as answer")
        sent = await self._discord.submits("BEN", opened, {"question": question, "answer": answer})
        await self._discord.until(lambda: sent.responses)
        await self._discord.idle()

    async def shows(self, card: str, words: str) -> str:
        def shown() -> str:
            found = discord_team.words(self._discord, int(card))
            return found if words in found else ""

        return await self._discord.until(shown)

    def answers(self, thread: str) -> int:
        return len([one for one in self._discord.answers(thread) if one.finished])

    def read(self, thread: str) -> str:
        return discord_team.said(self._discord, thread)


@asynccontextmanager
async def on_slack(folder: Path) -> AsyncIterator[Stage]:
    """Slack with a team, and ``docent serve`` in ``folder``."""
    async with SlackDouble() as slack:
        environment = slack_environment(slack, DOCENT_TRIAGE__SLACK_CHANNEL=SLACK_TEAM, **PAGES)
        async with service(folder, "--only", "slack,index", **environment) as running:
            await _ready(running, "slack")
            yield SlackStage(slack, running)


@asynccontextmanager
async def on_discord(folder: Path) -> AsyncIterator[Stage]:
    """The same for Discord."""
    async with DiscordDouble(window=0.5) as discord:
        await discord.lets_in("BEN", "PRIVATE")
        environment = {
            "DISCORD_TOKEN": discord.token,
            "DOCENT_DISCORD__API_URL": discord.api_url,
            "DOCENT_TRIAGE__DISCORD_CHANNEL": discord_team.TEAM,
            **PAGES,
            "PYTHONWARNINGS": "ignore:'audioop' is deprecated:DeprecationWarning",
        }
        async with service(folder, "--only", "discord,index", **environment) as running:
            await _ready(running, "discord")
            yield DiscordStage(discord, running)


async def _ready(running: Service, platform: str) -> None:
    for part in (platform, "index"):
        await running.said(f"{part}: ready.")


STAGES = {"slack": on_slack, "discord": on_discord}
