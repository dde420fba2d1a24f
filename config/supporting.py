"""Wires the support team, and does beside the service what is due: cards, reminders, digest, retention."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

from adapters.embedding.choices import EmbeddingModel
from adapters.ledger.ledger import SqlLedger
from adapters.milvus.similar import MilvusThreads
from bot.channels.forgetting import Purge
from bot.chores import Chore, Chores, Take, daily
from bot.errors import LedgerUnavailable
from bot.insight.digest import Digest
from bot.insight.drafting import with_pages
from bot.insight.posting import DAYS, digest_chore
from bot.insight.reporting import digest_of
from bot.model import Passage
from bot.ports import LanguageModel, Retriever
from bot.support.desk import Relearn
from bot.support.handoff_ports import Threads
from bot.support.handoffs import Triaged
from bot.support.team import Support, support
from bot.triage.sorting import triage
from config.reporting import GAPS_LOOKED_UP, reader_of
from config.settings import Settings


def support_of(
    settings: Settings,
    ledger: SqlLedger,
    model: LanguageModel | None,
    relearn: Relearn | None = None,
    threads: Threads | None = None,
) -> Support:
    """The team as it is configured; without a ``model`` words alone decide what a message is, without
    ``threads`` what resembles it."""

    async def triager(message: str, passages: Sequence[Passage]) -> Triaged:
        return await triage(message, passages, model)

    return support(
        ledger=ledger,
        hand_offs=ledger.hand_offs,
        rules=settings.triage.rules(),
        clock=time.time,
        triager=triager,
        relearn=relearn,
        threads=threads,
        pages=settings.web.linked,
    )


@asynccontextmanager
async def threads_of(settings: Settings, embedder: EmbeddingModel) -> AsyncIterator[Threads]:
    """What finds similar threads by meaning, beside the index and with its embedding model."""
    threads = MilvusThreads(
        uri=settings.milvus.uri,
        token=settings.secrets.milvus_token.get_secret_value(),
        alias=settings.milvus.collection,
        embedder=embedder,
    )
    try:
        yield threads
    finally:
        await threads.close()


@asynccontextmanager
async def tended(
    parts: Support, settings: Settings, ledger: SqlLedger, retriever: Retriever
) -> AsyncIterator[None]:
    """Within, cards that wait are posted, people are reminded, and what is due is done."""
    chores = chores_of(parts, settings, ledger, retriever)
    async with _firings(settings) as take:
        doing = Chores(chores, take=take, clock=time.time)
        keeping = [asyncio.create_task(one.keep()) for one in (parts.reminders, parts.likeness, doing)]
        try:
            yield
        finally:
            for task in keeping:
                task.cancel()
            await asyncio.wait(keeping)


def chores_of(parts: Support, settings: Settings, ledger: SqlLedger, retriever: Retriever) -> Sequence[Chore]:
    """What is due at set times: what is too old leaves the ledger, the week's digest is posted."""
    return [*_retention(settings, ledger), *_digests(parts, settings, retriever)]


@asynccontextmanager
async def _firings(settings: Settings) -> AsyncIterator[Take]:
    from adapters.index_history import SqlFirings
    from indexer.errors import HistoryUnavailable

    firings = SqlFirings(settings.ledger.url)

    async def take(name: str, due: int) -> bool:
        try:
            return await asyncio.to_thread(firings.take, name, due)
        except HistoryUnavailable as error:
            raise LedgerUnavailable(str(error), "") from error

    try:
        yield take
    finally:
        firings.close()


def _retention(settings: Settings, ledger: SqlLedger) -> Iterator[Chore]:
    kept = settings.ledger.keep_seconds

    async def purge(due: float) -> bool:
        await ledger.purge(Purge(before=due - (kept or 0)))
        return True

    if kept is not None:
        yield Chore(name="retention", due=daily, do=purge)


def _digests(parts: Support, settings: Settings, retriever: Retriever) -> Iterator[Chore]:
    """One for each platform on which the team has a channel."""
    weekly = settings.triage.digest_time

    async def made(until: float) -> Digest:
        async with reader_of(settings) as reader:
            found = await digest_of(reader, DAYS, until, discreet=True)
        return replace(found, gaps=tuple(await with_pages(found.gaps, retriever, GAPS_LOOKED_UP)))

    for platform, channel in settings.triage.rules().channels.items() if weekly else ():
        if channel and weekly:
            say = partial(parts.board.say, platform, channel)
            ready = partial(parts.board.rooms.__contains__, platform)
            yield digest_chore(platform, weekly, made, say, ready, page_url=settings.web.linked or None)
