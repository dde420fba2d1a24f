"""Docent in the Discord double, with a ledger in a file and a model that says what a test tells it."""

import asyncio
import time
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.discord.app import Parts, serve
from adapters.discord.connection import Access
from adapters.ledger.ledger import SqlLedger
from bot.answering import Answerer, Limits
from bot.channels.attending import Attendant, FairUse
from bot.channels.commanding import Commands
from bot.channels.listening import Rules
from bot.channels.replying import Replier
from bot.model import Place
from bot.support.handoff_ports import Triager
from bot.support.team import Support, support
from bot.support.team_rules import TeamRules
from discord_double import GUILD, DiscordDouble
from fakes import FakeModel, FakeRetriever, passage

ASKED = "<@BOT> how is data stored?"
ANSWER = "It is kept in object storage [1]."


@dataclass
class Bot:
    """What tests look at and change while the bot runs."""

    ledger: SqlLedger
    model: FakeModel
    retriever: FakeRetriever
    support: Support
    task: asyncio.Task[None]


def access(discord: DiscordDouble, **fields: Any) -> Access:
    given = {"token": discord.token, "api_url": discord.api_url, "message_content": True}
    return Access(**(given | fields))


def parts_of(
    ledger: SqlLedger,
    answerer: Answerer,
    *,
    rules: Rules | None = None,
    fair: FairUse | None = None,
    team_rules: TeamRules | None = None,
    triager: Triager | None = None,
    admins: Collection[str] = (),
    sources: Mapping[str, Sequence[str]] | None = None,
) -> Parts:
    rules, agreed = rules or Rules(), team_rules or TeamRules()
    team = support(ledger=ledger, hand_offs=ledger.hand_offs, rules=agreed, clock=time.time, triager=triager)
    return Parts(
        attendant=Attendant(
            replier=Replier(answerer=answerer, ledger=ledger, clock=time.time, sources=sources or {}),
            ledger=ledger,
            rules=rules,
            fair=fair or FairUse(questions_per_minute=1000),
            team=team.team,
        ),
        ledger=ledger,
        commands=Commands(ledger=ledger, clock=time.time, withdrawn=team.team.withdrawn),
        support=team,
        admins=admins,
        auto_answer={*rules.auto_answer} - {*rules.watch},
    )


@asynccontextmanager
async def bot_in(
    discord: DiscordDouble,
    folder: Path,
    *,
    model: FakeModel | None = None,
    retriever: FakeRetriever | None = None,
    rules: Rules | None = None,
    fair: FairUse | None = None,
    team: str = "",
    team_rules: TeamRules | None = None,
    triager: Triager | None = None,
    admins: Collection[str] = (),
    sources: Mapping[str, Sequence[str]] | None = None,
    **fields: Any,
) -> AsyncIterator[Bot]:
    """The bot, connected; ``fields`` are of ``Access``. It ends as the service does."""
    ledger = SqlLedger(f"sqlite:///{folder}/ledger.db")
    model = model or FakeModel("It is kept in ", "object storage [1].")
    retriever = retriever or FakeRetriever(passage(), passage("Metadata are kept in etcd.", number=2))
    answerer = Answerer(retriever=retriever, model=model, limits=Limits(deadline_seconds=20))
    agreed = team_rules or TeamRules(channels={"discord": team})
    parts = parts_of(
        ledger,
        answerer,
        rules=rules,
        fair=fair,
        team_rules=agreed,
        triager=triager,
        admins=admins,
        sources=sources,
    )
    ready = asyncio.Event()
    task = asyncio.create_task(serve(access(discord, **fields), parts, ready))
    up = asyncio.create_task(ready.wait())
    try:
        await asyncio.wait([task, up], return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
        yield Bot(ledger=ledger, model=model, retriever=retriever, support=parts.support, task=task)
    finally:
        for running in (task, up):
            running.cancel()
        await asyncio.wait([task, up])
        await ledger.aclose()


def place(discord: DiscordDouble, channel: str, thread: int = 0) -> Place:
    id = str(discord.guild.channel(channel).id)
    return Place(platform="discord", workspace=str(GUILD), channel=id, thread=str(thread or ""))


async def ref_of(bot: Bot, discord: DiscordDouble, asked: int, channel: str = "GENERAL") -> str:
    entry = await bot.ledger.asked(place(discord, channel), str(asked))
    assert entry is not None
    return entry.ref


async def closed(bot: Bot, discord: DiscordDouble, asked: int) -> None:
    """Returns when the ledger has the end of a question: people see the answer a moment before."""
    while (await bot.ledger.asked(place(discord, "GENERAL"), str(asked))).state == "open":
        pass


class Halting(FakeModel):
    """Stops behind its first words until it may go on."""

    def __init__(self, *pieces):
        super().__init__(*pieces)
        self.go_on = asyncio.Event()

    async def stream(self, messages, *, effort=""):
        async for piece in super().stream(messages, effort=effort):
            yield piece
            await self.go_on.wait()


class Stepping(FakeModel):
    """Writes one more piece each time that it is told to, then all of the rest."""

    def __init__(self, *pieces):
        super().__init__(*pieces)
        self.step, self.rest = asyncio.Event(), asyncio.Event()

    async def stream(self, messages, *, effort=""):
        async for piece in super().stream(messages, effort=effort):
            yield piece
            if not self.rest.is_set():
                await self.step.wait()
                self.step.clear()
