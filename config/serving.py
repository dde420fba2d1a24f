"""Wires the service: each surface, the indexer's schedule and the web port as a part of one process."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from adapters.ledger.ledger import SqlLedger
from adapters.scheduler import IndexSchedule
from adapters.web.port import Doors, serve_web
from bot.channels.attending import Attendant, FairUse
from bot.channels.commanding import Commands
from bot.channels.listening import Rules
from bot.channels.replying import Replier
from bot.channels.serving import Part, supervise
from bot.support.team import Support
from config import discord_access, supporting, wiring
from config.errors import ConfigurationError
from config.pushes import hearing
from config.refreshing import relearning, wire_schedule
from config.reporting import pages_of
from config.settings import Settings
from config.surfaces import Discord, Slack
from config.team_channel import warning
from config.warming import warming

NAMES = ("slack", "discord", "index", "web")
REINDEXING = "I read the documentation anew; `docent index history` will tell what came of it."
NOTHING = (
    "There is nothing to serve: set SLACK_BOT_TOKEN with SLACK_APP_TOKEN, or DISCORD_TOKEN, in the "
    "environment or in .env. README.md says how to get them."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    """What all surfaces share."""

    settings: Settings
    docent: wiring.Docent
    ledger: SqlLedger
    room: asyncio.Semaphore
    doors: Doors
    support: Support
    schedule: IndexSchedule | None
    """What keeps the index fresh, where this process does."""

    def attendant(self, table: Slack | Discord) -> Attendant:
        """What attends to one surface, by its table of the configuration."""
        limits = self.settings.limits
        return Attendant(
            replier=Replier(
                answerer=self.docent.answerer, ledger=self.ledger, clock=time.time, sources=table.sources
            ),
            ledger=self.ledger,
            rules=Rules(
                channels=table.channels,
                users=table.users,
                auto_answer=table.auto_answer,
                watch=self.settings.triage.watch,
            ),
            fair=FairUse(
                concurrent_answers=limits.concurrent_answers,
                questions_per_minute=limits.questions_per_minute,
                edit_seconds=limits.edit_seconds,
            ),
            room=self.room,
            team=self.support.team,
        )

    def commands(self, name: str = "/docent") -> Commands:
        """The words that are no questions."""
        reindex = self._reindex if self.schedule else None
        return Commands(
            ledger=self.ledger,
            clock=time.time,
            name=name,
            reindex=reindex,
            withdrawn=self.support.team.withdrawn,
        )

    async def _reindex(self, cause: str) -> str:
        if self.schedule:
            self.schedule.run_now(cause)
        return REINDEXING


async def serve(
    config: Path | None, only: Collection[str], stop: asyncio.Event, tell: Callable[[str], None]
) -> bool:
    """Run every part that is switched on, or ``only`` those named, until ``stop``; whether any was ready.

    ``tell`` gets sentences for the operator. Raises ConfigurationError.
    """
    settings = wiring.start(config, level="info")
    names = chosen(settings, only)
    with wire_schedule(config, settings) if "index" in names else nullcontext() as schedule:
        async with _core(settings, schedule) as core:
            return await supervise([_part(name, core) for name in names], stop, tell)


def chosen(settings: Settings, only: Collection[str]) -> Sequence[str]:
    """The parts to run. Raises ConfigurationError where one cannot run, or there is none."""
    unknown = sorted(set(only) - set(NAMES))
    if unknown:
        raise ConfigurationError([f"--only: {unknown[0]!r} is none of {', '.join(NAMES)}."])
    lacks = {name: _lacks(name, settings) for name in NAMES}
    names = [name for name in NAMES if (name in only if only else not lacks[name])]
    if "slack" in names and settings.slack.mode == "http" and "web" not in names:
        names.append("web")
    if missing := [f"{name} cannot be served: {lacks[name]}" for name in names if lacks[name]]:
        raise ConfigurationError(missing)
    if not {"slack", "discord", "web"} & set(names) and not only:
        raise ConfigurationError([NOTHING])
    return names


def _lacks(name: str, settings: Settings) -> str:
    """What a part needs and does not have, as a sentence."""
    secrets = settings.secrets
    match name:
        case "slack":
            second = "SLACK_APP_TOKEN" if settings.slack.mode == "socket" else "SLACK_SIGNING_SECRET"
            wanted = ["SLACK_BOT_TOKEN", second]
        case "discord":
            wanted = ["DISCORD_TOKEN"]
        case "web":
            return (
                "" if settings.web.enabled or settings.slack.mode == "http" else "set [web] enabled = true."
            )
        case _:
            return "" if settings.docs else "add a [[docs]] table to docent.toml."
    missing = [name for name in wanted if not getattr(secrets, name.lower()).get_secret_value()]
    return f"set {' and '.join(missing)} in the environment or in .env." if missing else ""


@asynccontextmanager
async def _core(settings: Settings, schedule: IndexSchedule | None) -> AsyncIterator[Core]:
    ledger = SqlLedger(settings.ledger.url)
    try:
        async with (
            wiring.wired(settings) as docent,
            warming(docent.retriever),
            supporting.threads_of(settings, docent.embedder) as threads,
        ):
            support = supporting.support_of(settings, ledger, docent.model, relearning(schedule), threads)
            async with supporting.tended(support, settings, ledger, docent.retriever):
                yield Core(
                    settings=settings,
                    docent=docent,
                    ledger=ledger,
                    room=asyncio.Semaphore(settings.limits.concurrent_answers),
                    doors=Doors(),
                    support=support,
                    schedule=schedule,
                )
    finally:
        await ledger.aclose()


def _part(name: str, core: Core) -> Part:
    match name:
        case "slack":
            return Part(name=name, run=lambda ready: _slack(core, ready), surface=True)
        case "discord":
            return Part(name=name, run=lambda ready: _discord(core, ready), surface=True)
        case "index":
            return Part(name=name, run=lambda ready: _index(core, ready))
        case _:
            return Part(name=name, run=lambda ready: _web(core, ready))


async def _index(core: Core, ready: asyncio.Event) -> None:
    if core.schedule is None:
        return
    with hearing(core.settings, core.schedule, core.doors):
        ready.set()
        await core.schedule.run(asyncio.Event())


async def _web(core: Core, ready: asyncio.Event) -> None:
    web = core.settings.web
    if not web.enabled:
        await serve_web(web.host, web.port, core.doors, ready)
        return
    async with pages_of(core.settings, core.docent.retriever) as answer:
        with core.doors.open("/", answer):
            await serve_web(web.host, web.port, core.doors, ready)


async def _discord(core: Core, ready: asyncio.Event) -> None:
    from adapters.discord.app import Parts, serve

    discord, watched = core.settings.discord, core.settings.triage.watch
    parts = Parts(
        attendant=core.attendant(discord),
        ledger=core.ledger,
        commands=core.commands(),
        support=core.support,
        admins=discord.admins,
        auto_answer=[forum for forum in discord.auto_answer if forum not in watched],
    )
    async with warning(core.settings, "discord", ready):
        await serve(discord_access.access_of(core.settings), parts, ready)


async def _slack(core: Core, ready: asyncio.Event) -> None:
    from adapters.slack.app import Access, Parts, serve_http, serve_socket

    slack, secrets = core.settings.slack, core.settings.secrets
    access = Access(
        bot_token=secrets.slack_bot_token.get_secret_value(),
        app_token=secrets.slack_app_token.get_secret_value(),
        signing_secret=secrets.slack_signing_secret.get_secret_value(),
        api_url=slack.api_url,
        proxy=slack.proxy,
        sockets=slack.sockets,
        stream=slack.stream,
    )
    parts = Parts(
        attendant=core.attendant(slack),
        ledger=core.ledger,
        commands=core.commands(),
        support=core.support,
        admins=slack.admins,
        prompts=slack.prompts,
    )
    async with warning(core.settings, "slack", ready):
        http = slack.mode == "http"
        await (serve_http(access, parts, core.doors, ready) if http else serve_socket(access, parts, ready))
