"""Wires what looks back at questions: the support team's pages, and the digest."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.insight.digest import Digest
from bot.insight.drafting import with_page, with_pages
from bot.insight.gaps import Gap
from bot.insight.reporting import digest_of
from bot.ports import Retriever
from config import wiring
from config.settings import Settings

if TYPE_CHECKING:
    from adapters.ledger.reading import LedgerReader
    from adapters.web.port import Handler
    from indexer.history import Run

PATIENCE_SECONDS = 5.0
GAPS_LOOKED_UP = 10


@asynccontextmanager
async def reader_of(settings: Settings) -> AsyncIterator["LedgerReader"]:
    """Looks into the configured ledger, on connections of its own."""
    from adapters.ledger.database import Database
    from adapters.ledger.reading import LedgerReader

    reader = LedgerReader(Database(settings.ledger.url, PATIENCE_SECONDS))
    try:
        yield reader
    finally:
        await reader.aclose()


@asynccontextmanager
async def pages_of(settings: Settings, retriever: Retriever) -> AsyncIterator["Handler"]:
    """What answers requests for the support team's pages; ``retriever`` looks up what a gap is near to."""
    from adapters.web.access import Access
    from adapters.web.pages import Pages
    from adapters.web.rooms import Sources
    from config.indexing import wire_history

    async def described(gap: Gap) -> Gap:
        return await with_page(gap, retriever)

    def runs(number: int) -> "Sequence[Run]":
        with wire_history(settings) as history:
            return history.runs(number)

    access = Access(
        token=settings.secrets.web_token.get_secret_value(),
        user_header=settings.web.user_header,
        trusted_proxies=settings.web.trusted_proxies,
        clock=time.time,
    )
    async with reader_of(settings) as reader:
        yield Pages(access, Sources(records=reader, runs=runs, described=described), time.time).answer


async def made_digest(config: Path | None, days: int) -> Digest:
    """The digest of the last ``days``. Raises ConfigurationError, LedgerUnavailable.

    Where the index can be read meanwhile, the most asked gaps quote what their nearest page says.
    """
    async with wiring.wire(config) as docent, reader_of(wiring.start(config)) as reader:
        made = await digest_of(reader, days, time.time())
        return replace(made, gaps=tuple(await with_pages(made.gaps, docent.retriever, GAPS_LOOKED_UP)))
