"""Checks everything a question needs, part by part, for ``docent doctor``."""

import asyncio
from pathlib import Path

from adapters.ledger.ledger import SqlLedger
from bot.checking import Check
from bot.errors import AnswerError, LedgerUnavailable, ModelUnavailable, RetrievalUnavailable, sentence
from config import discord_access, indexing, wiring
from config.settings import Settings
from config.team_channel import check_team
from indexer.errors import IndexingError

LOCKED = (
    "Nobody can open the team's pages: set WEB_TOKEN in the environment or in .env, or [web] user_header "
    "with trusted_proxies."
)
DEAF = "WEBHOOK_SECRET is set, and no port is open that could hear a push: set [web] enabled = true."


async def check(config: Path | None) -> list[Check]:
    """What is ready and what is not. Raises ConfigurationError where there is nothing to check with."""
    settings = wiring.start(config)
    sources = ", ".join(f"{table.name} ({table.kind or 'found by itself'})" for table in settings.docs)
    return [
        Check(name="configuration", status="ok", detail=f"{settings.origin}; sources: {sources or 'none'}"),
        await _embedding(settings),
        *await _index(config, settings),
        await _model(settings),
        await _ledger(settings),
        *await _slack(settings),
        *await _discord(settings),
        *[found for name in ("slack", "discord") if (found := await check_team(settings, name))],
        *_web(settings),
    ]


async def _embedding(settings: Settings) -> Check:
    try:
        dim = await asyncio.to_thread(lambda: wiring.embedder_of(settings).dim)
    except IndexingError as error:
        return Check(name="embedding", status="fail", detail=str(error))
    return Check(name="embedding", status="ok", detail=f"{settings.embedding.model}, {dim} dimensions")


async def _index(config: Path | None, settings: Settings) -> list[Check]:
    async with wiring.wire(config) as docent:
        try:
            await docent.retriever.search("check", 1)
        except RetrievalUnavailable as error:
            return [Check(name="index", status="fail", detail=sentence(error))]
        except AnswerError as error:
            return [Check(name="index", status="fail", detail=sentence(error))]
    return [await asyncio.to_thread(_held, settings)]


def _held(settings: Settings) -> Check:
    try:
        store = indexing.store_of(settings)
        try:
            held = store.manifest()
        finally:
            store.close()
    except IndexingError as error:
        return Check(name="index", status="fail", detail=str(error))
    chunks = sum(page.chunks for page in held.values())
    unfinished = sum(not page.fingerprint for page in held.values())
    detail = f"{len(held)} pages, {chunks} chunks"
    if unfinished:
        return Check(
            name="index", status="warn", detail=f"{detail}; {unfinished} unfinished: run `docent index`"
        )
    return Check(name="index", status="ok" if held else "fail", detail=detail)


async def _model(settings: Settings) -> Check:
    model = wiring.model_of(settings)
    if model is None:
        return Check(name="model", status="ok", detail="switched off; answers quote the documentation")
    try:
        return Check(name="model", status="ok", detail=await model.check())
    except ModelUnavailable as error:
        detail = f"{sentence(error)} Until then answers quote the documentation."
        return Check(name="model", status="warn", detail=detail)
    finally:
        await model.close()


async def _ledger(settings: Settings) -> Check:
    ledger = SqlLedger(settings.ledger.url)
    try:
        return Check(name="ledger", status="ok", detail=await ledger.check())
    except LedgerUnavailable as error:
        return Check(name="ledger", status="fail", detail=sentence(error))
    finally:
        await ledger.aclose()


async def _slack(settings: Settings) -> list[Check]:
    secrets, slack = settings.secrets, settings.slack
    token = secrets.slack_bot_token.get_secret_value()
    if not token:
        return [Check(name="slack", status="ok", detail="switched off: SLACK_BOT_TOKEN is not set")]
    from adapters.slack.checkup import check_slack

    found = await check_slack(
        bot_token=token,
        app_token=secrets.slack_app_token.get_secret_value(),
        api_url=slack.api_url,
        proxy=slack.proxy,
    )
    second = "SLACK_APP_TOKEN" if slack.mode == "socket" else "SLACK_SIGNING_SECRET"
    if not getattr(secrets, second.lower()):
        found.append(Check(name="slack", status="fail", detail=f'mode = "{slack.mode}" needs {second}.'))
    return found


async def _discord(settings: Settings) -> list[Check]:
    if not settings.secrets.discord_token.get_secret_value():
        return [Check(name="discord", status="ok", detail="switched off: DISCORD_TOKEN is not set")]
    from adapters.discord.checkup import check_discord

    return await check_discord(discord_access.access_of(settings))


def _web(settings: Settings) -> list[Check]:
    web, secrets = settings.web, settings.secrets
    if not web.enabled:
        deaf = secrets.webhook_secret and settings.slack.mode != "http"
        return [Check(name="web", status="warn", detail=DEAF)] if deaf else []
    if not secrets.web_token and not (web.user_header and web.trusted_proxies):
        return [Check(name="web", status="fail", detail=LOCKED)]
    return [Check(name="web", status="ok", detail=f"the team's pages, on port {web.port} of {web.host}")]
