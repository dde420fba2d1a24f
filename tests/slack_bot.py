"""Docent in the Slack double, with a ledger in a file and a model that says what a test tells it."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.ledger.ledger import SqlLedger
from adapters.slack.app import Access, Parts, serve_socket
from bot.answering import Answerer, Limits
from bot.channels.attending import Attendant, FairUse
from bot.channels.commanding import Commands
from bot.channels.listening import Rules
from bot.channels.replying import Replier
from bot.support.handoff_ports import Triager
from bot.support.team import Support, support
from bot.support.team_rules import TeamRules
from fakes import FakeModel, FakeRetriever, passage
from slack_double import SlackDouble


@dataclass
class Bot:
    """What tests look at and change while the bot runs."""

    ledger: SqlLedger
    model: FakeModel
    retriever: FakeRetriever
    support: Support
    task: asyncio.Task[None]


def access(slack: SlackDouble, **fields: Any) -> Access:
    return Access(
        bot_token=slack.bot_token,
        app_token=slack.app_token,
        signing_secret=slack.signing_secret,
        api_url=slack.api_url,
        **fields,
    )


@asynccontextmanager
async def bot_in(
    slack: SlackDouble,
    folder: Path,
    *,
    model: FakeModel | None = None,
    retriever: FakeRetriever | None = None,
    rules: Rules | None = None,
    fair: FairUse | None = None,
    team: str = "",
    team_rules: TeamRules | None = None,
    triager: Triager | None = None,
    sources: Mapping[str, Sequence[str]] | None = None,
    **fields: Any,
) -> AsyncIterator[Bot]:
    """The bot, connected; ``fields`` are of ``Access``. It ends as the service does."""
    ledger = SqlLedger(f"sqlite:///{folder}/ledger.db")
    model = model or FakeModel("It is kept in ", "object storage [1].")
    retriever = retriever or FakeRetriever(passage(), passage("Metadata are kept in etcd.", number=2))
    answerer = Answerer(retriever=retriever, model=model, limits=Limits(deadline_seconds=20))
    agreed = team_rules or TeamRules(channels={"slack": team})
    parts_of_team = support(
        ledger=ledger, hand_offs=ledger.hand_offs, rules=agreed, clock=time.time, triager=triager
    )
    parts = Parts(
        attendant=Attendant(
            replier=Replier(answerer=answerer, ledger=ledger, clock=time.time, sources=sources or {}),
            ledger=ledger,
            rules=rules or Rules(),
            fair=fair or FairUse(questions_per_minute=1000),
            team=parts_of_team.team,
        ),
        ledger=ledger,
        commands=Commands(ledger=ledger, clock=time.time, withdrawn=parts_of_team.team.withdrawn),
        support=parts_of_team,
        prompts=("How do I get started?",),
    )
    ready = asyncio.Event()
    task = asyncio.create_task(serve_socket(access(slack, **fields), parts, ready))
    up = asyncio.create_task(ready.wait())
    await asyncio.wait([task, up], return_when=asyncio.FIRST_COMPLETED)
    up.cancel()
    if task.done():
        task.result()
    await slack.connected(fields.get("sockets", 1))
    try:
        yield Bot(ledger=ledger, model=model, retriever=retriever, support=parts_of_team, task=task)
    finally:
        task.cancel()
        await asyncio.wait([task])
        await ledger.aclose()
