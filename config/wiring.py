"""The one composition root: settings in, working parts out."""

import asyncio
import os
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import ValidationError

from adapters.chat_model import ChatModel
from adapters.embedding.choices import EmbeddingModel, load_embedder
from adapters.markup import Markup
from adapters.milvus.retriever import MilvusRetriever
from adapters.milvus.schema import Recipe
from adapters.milvus.store import MilvusStore
from adapters.sources.location import source_at
from bot.answering import Answerer, Limits
from config.errors import ConfigurationError
from config.logs import configure_logs
from config.sections import DocsSource
from config.settings import Settings, load_settings
from indexer import chunking
from indexer.syncing import Docs, Options, Synchronizer

MILVUS_DOCS = "https://milvus.io/docs/{id}"
NO_DOCS = "No documentation is configured. Add a [[docs]] table to docent.toml, or name a place with --docs."
SOURCES_CACHE = Path("data/sources")
MODEL_SHARE = 0.75
"""Of an answer's time: a model that stays silent so long leaves enough to quote the documentation instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Docent:
    """What answers questions; an async context that lets go of connections."""

    retriever: MilvusRetriever
    model: ChatModel | None
    answerer: Answerer
    limits: Limits

    async def __aenter__(self) -> Self:
        """Nothing is opened before it is needed."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the index and the model's connections."""
        await self.retriever.close()
        if self.model is not None:
            await self.model.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexOptions:
    """What one indexing run was asked for, beyond the configuration."""

    docs: str = ""
    """A location instead of the configured sources."""
    url: str = ""
    """Address template of the pages there."""
    full: bool = False
    allow_mass_removal: bool = False


def wire(config: Path | None) -> Docent:
    """Everything that answers, as ``config`` says. Raises ConfigurationError."""
    settings = start(config)
    embedder = embedder_of(settings)
    retriever = MilvusRetriever(
        uri=settings.milvus.uri,
        token=settings.secrets.milvus_token.get_secret_value(),
        alias=settings.milvus.collection,
        recipe=recipe_of(settings),
        embedder=embedder,
    )
    limits = limits_of(settings, embedder.min_similarity)
    model = model_of(settings)
    answerer = Answerer(retriever=retriever, model=model, limits=limits)
    return Docent(retriever=retriever, model=model, answerer=answerer, limits=limits)


def use(config: Path | None, work: Callable[[Docent], Awaitable[None]]) -> None:
    """Wire everything, work with it, let go of it."""

    async def run() -> None:
        async with wire(config) as docent:
            await work(docent)

    asyncio.run(run())


@contextmanager
def wire_index(config: Path | None, options: IndexOptions) -> Iterator[Synchronizer]:
    """Everything that indexes, until the end of the context. Raises ConfigurationError, IndexingError."""
    settings = start(config)
    docs = [_docs(settings, table) for table in tables(settings, options)]
    store = store_of(settings)
    try:
        yield Synchronizer(
            docs=docs,
            parser=Markup(),
            store=store,
            embedder=embedder_of(settings),
            options=Options(
                chunk_chars=settings.index.chunk_chars,
                full=options.full,
                allow_mass_removal=options.allow_mass_removal or settings.index.allow_mass_removal,
            ),
        )
    finally:
        store.close()


def start(config: Path | None) -> Settings:
    """The settings, with logging set up as they say."""
    settings = load_settings(config)
    configure_logs(settings.logs.level, settings.logs.format, secrets=settings.secrets.values())
    return settings


def tables(settings: Settings, options: IndexOptions) -> Sequence[DocsSource]:
    """The sources of one run: those configured, or the one location that was asked for."""
    if not options.docs:
        if not settings.docs:
            # Going on would take every page of the index for one whose source was given up.
            raise ConfigurationError([NO_DOCS])
        return settings.docs
    configured = [table for table in settings.docs if table.location == options.docs]
    if configured and not options.url:
        return configured
    name = re.sub(r"[^\w.-]+", "-", Path(options.docs.rstrip("/")).stem).strip("-.") or "docs"
    try:
        return [DocsSource(name=name, location=options.docs, url=options.url or MILVUS_DOCS)]
    except ValidationError as error:
        reason = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
        raise ConfigurationError([f"--docs and --url: expected {reason}."]) from error


def store_of(settings: Settings) -> MilvusStore:
    """The index, open for writing. Raises StoreUnavailable."""
    return MilvusStore(
        uri=settings.milvus.uri,
        token=settings.secrets.milvus_token.get_secret_value(),
        alias=settings.milvus.collection,
        recipe=recipe_of(settings),
    )


def recipe_of(settings: Settings) -> Recipe:
    """What this configuration's vectors and chunks are made with."""
    return Recipe(
        embedding=embedder_of(settings).fingerprint,
        chunking=f"{chunking.VERSION} {settings.index.chunk_chars}",
    )


def embedder_of(settings: Settings) -> EmbeddingModel:
    """The embedding model by its configured name; loaded at first use."""
    return load_embedder(
        settings.embedding.model,
        cache_dir=Path(os.path.expanduser(settings.embedding.cache_dir)),
        openai_base_url=settings.embedding.base_url,
        openai_api_key=settings.secrets.embedding_api_key.get_secret_value(),
    )


def model_of(settings: Settings) -> ChatModel | None:
    """The chat model; None where generation is switched off by an empty ``llm.base_url``."""
    llm = settings.llm
    if not llm.base_url:
        return None
    return ChatModel(
        base_url=llm.base_url,
        model=llm.model,
        api_key=settings.secrets.llm_api_key.get_secret_value(),
        reasoning_effort=llm.reasoning_effort,
        timeout_seconds=settings.answers.deadline_seconds * MODEL_SHARE,
        connect_seconds=llm.connect_seconds,
        max_tokens=llm.max_tokens,
        temperature=llm.temperature,
    )


def limits_of(settings: Settings, min_similarity: float | None) -> Limits:
    """How much one answer may read, write and take; the model's own floor unless one is configured."""
    answers = settings.answers
    return Limits(
        passages=answers.passages,
        context_chars=answers.context_chars,
        extract_chars=answers.extract_chars,
        question_chars=answers.question_chars,
        deadline_seconds=answers.deadline_seconds,
        min_similarity=min_similarity if answers.min_similarity is None else answers.min_similarity,
    )


def _docs(settings: Settings, table: DocsSource) -> Docs:
    source = source_at(
        table.location,
        root=table.root,
        ref=table.ref,
        kind=table.kind,
        cache_dir=SOURCES_CACHE,
        max_page_bytes=settings.index.max_page_bytes,
    )
    return Docs(name=table.name, source=source, url=table.url, anchors=table.anchors)
