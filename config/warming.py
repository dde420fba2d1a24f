"""Warms a starting process up, so that the first question need not wait."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from bot.errors import AnswerError
from bot.ports import Retriever

PATIENCE_SECONDS = 30.0
"""How long the end of the process waits for what it began with."""


@asynccontextmanager
async def warming(retriever: Retriever) -> AsyncIterator[None]:
    """Loads the embedding model and the index meanwhile."""
    searching = asyncio.create_task(_searched(retriever))
    try:
        yield
    finally:
        # Milvus Lite never answers a call that still runs when it is closed, and the process would not end.
        await asyncio.wait([searching], timeout=PATIENCE_SECONDS)
        searching.cancel()
        await asyncio.wait([searching])


async def _searched(retriever: Retriever) -> None:
    # What is missing is said to whoever asks; it may be there by then.
    with suppress(AnswerError):
        await retriever.search("warm up", 1)
