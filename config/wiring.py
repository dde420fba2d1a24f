"""The one composition root: settings in, working parts out."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from adapters.chat_model import ChatModel
from adapters.cross_encoder import CrossEncoder
from adapters.embedding.choices import EmbeddingModel, load_embedder
from adapters.milvus.retriever import MilvusRetriever
from adapters.milvus.schema import Recipe
from adapters.milvus.sharing import reachable
from bot.answering import Answerer, Limits
from bot.ports import LanguageModel, Reranker
from bot.search.looking_up import LookingUp
from bot.search.reranking import ModelReranker
from config.logs import configure_logs
from config.settings import Settings, load_settings
from indexer import chunking

MODEL_SHARE = 0.75
"""Of an answer's time: a model that stays silent so long leaves enough to quote the documentation instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Docent:
    """What answers questions; an async context that lets go of connections."""

    retriever: MilvusRetriever
    model: ChatModel | None
    answerer: Answerer
    limits: Limits
    embedder: EmbeddingModel
    reranker: Reranker | None = None

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


def wire(config: Path | None) -> Docent:
    """Everything that answers, as ``config`` says. Raises ConfigurationError."""
    settings = start(config)
    return wired(settings, reachable(settings.milvus.uri))


def wired(settings: Settings, uri: str = "") -> Docent:
    """Everything that answers, as ``settings`` say; from the index at ``uri``. Raises ConfigurationError."""
    embedder = embedder_of(settings)
    retriever = MilvusRetriever(
        uri=uri or settings.milvus.uri,
        token=settings.secrets.milvus_token.get_secret_value(),
        alias=settings.milvus.collection,
        recipe=recipe_of(settings),
        embedder=embedder,
    )
    limits = limits_of(settings, embedder)
    model = model_of(settings)
    reranker = reranker_of(settings, model)
    lookups = lookups_of(settings, model, retriever, limits)
    answerer = Answerer(retriever=retriever, model=model, limits=limits, reranker=reranker, lookups=lookups)
    return Docent(
        retriever=retriever,
        model=model,
        answerer=answerer,
        limits=limits,
        embedder=embedder,
        reranker=reranker,
    )


def use(config: Path | None, work: Callable[[Docent], Awaitable[None]]) -> None:
    """Wire everything, work with it, let go of it."""

    async def run() -> None:
        async with wire(config) as docent:
            await work(docent)

    asyncio.run(run())


def start(config: Path | None, *, level: str = "") -> Settings:
    """The settings, with logging set up as they say; at ``level`` where they leave it open."""
    settings = load_settings(config)
    chosen = "level" in settings.logs.model_fields_set
    configure_logs(
        settings.logs.level if chosen or not level else level,
        settings.logs.format,
        secrets=settings.secrets.values(),
    )
    return settings


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


def reranker_of(settings: Settings, model: LanguageModel | None) -> Reranker | None:
    """What ranks passages anew; None where nothing does, or where the chat model should and there is none."""
    chosen = settings.answers.rerank
    if chosen == "llm":
        return ModelReranker(model) if model is not None else None
    return CrossEncoder(chosen.removeprefix("cross-encoder:").strip()) if chosen else None


def lookups_of(
    settings: Settings, model: ChatModel | None, retriever: MilvusRetriever, limits: Limits
) -> LookingUp | None:
    """What lets the chat model look further by itself; None where it may not, or where there is none."""
    if model is None or not settings.answers.tools:
        return None
    return LookingUp(
        model=model,
        retriever=retriever,
        pages=retriever,
        scale=limits.scale,
        most=settings.answers.max_tool_calls,
        chars=limits.context_chars,
    )


def limits_of(settings: Settings, embedder: EmbeddingModel) -> Limits:
    """How much one answer may read, write and take; the model's own floors unless one is configured."""
    answers = settings.answers
    own, configured = embedder.min_similarity, answers.min_similarity
    # A configured floor moves the one for other languages by as much.
    moved = 0.0 if own is None or configured is None else configured - own
    foreign = embedder.foreign_similarity
    return Limits(
        passages=answers.passages,
        context_chars=answers.context_chars,
        extract_chars=answers.extract_chars,
        question_chars=answers.question_chars,
        deadline_seconds=answers.deadline_seconds,
        min_similarity=own if configured is None else configured,
        foreign_similarity=None if foreign is None else foreign + moved,
        similarity_spread=embedder.similarity_spread,
    )
