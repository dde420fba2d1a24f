"""Checks everything a question needs, part by part, for ``docent doctor``."""

import asyncio
from pathlib import Path

from bot.checking import Check
from bot.errors import AnswerError, ModelUnavailable, RetrievalUnavailable, sentence
from config import wiring
from config.settings import Settings
from indexer.errors import IndexingError


async def check(config: Path | None) -> list[Check]:
    """What is ready and what is not. Raises ConfigurationError where there is nothing to check with."""
    settings = wiring.start(config)
    sources = ", ".join(f"{table.name} ({table.kind or 'found by itself'})" for table in settings.docs)
    return [
        Check(name="configuration", status="ok", detail=f"{settings.origin}; sources: {sources or 'none'}"),
        await _embedding(settings),
        *await _index(config, settings),
        await _model(settings),
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
        store = wiring.store_of(settings)
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
