"""Finds passages in Milvus: by meaning and by words, joined into one ranking."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

from adapters.milvus import pages, schema
from adapters.milvus.connection import MilvusUnavailable
from adapters.milvus.editions import Shelf, Wanted, expression
from adapters.milvus.fusion import Ranking, fuse, varied
from adapters.milvus.neighbours import KEPT, beside, with_neighbours
from adapters.milvus.reader import Entities, Hits, Reader
from adapters.milvus.schema import Recipe
from adapters.milvus.tail import ordered
from adapters.milvus.twins import newer_first, outdated
from bot.errors import RetrievalUnavailable
from bot.model import EVERYTHING, Edition, Passage, Scope
from indexer.errors import EmbeddingUnavailable

CANDIDATES = 30
MOST_DEEPER = 4
"""How many times as many candidates are read at most, where several versions hold the same pages."""
QUERY_BYTES = 16_000
DENSE_WEIGHT = 0.6
LEAST_SCORE = 0.2
"""What the last passage of a ranking scores when the first scores 1: fused scores lie close together, and
whoever picks sentences from passages wants to know how far apart they are."""


class QueryEmbedder(Protocol):
    """The part of an embedding model that a search needs."""

    def encode_queries(self, queries: Sequence[str]) -> Sequence[Sequence[float]]:
        """One vector a query."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one query finds, each best first."""

    dense: Hits
    words: Hits
    superseded: frozenset[str] = frozenset()
    """Sources of which a newer version has a part of what was found, too."""


class MilvusRetriever:
    """Hybrid search behind ``alias``; implements ``bot.ports.Retriever``.

    Two searches are joined here instead of by ``hybrid_search``: the cosine of the best passage is what
    tells a covered question from one that is not, and a server-side ranker would hide it.
    """

    def __init__(
        self, *, uri: str, token: str = "", alias: str, recipe: Recipe, embedder: QueryEmbedder
    ) -> None:
        """Nothing is opened before the first search."""
        self._reader = Reader(uri=uri, token=token, alias=alias, recipe=recipe)
        self._embedder = embedder

    async def search(self, query: str, limit: int, *, scope: Scope | None = None) -> Sequence[Passage]:
        """At most ``limit`` passages, best first, short neighbours of the best among them.

        Raises RetrievalUnavailable.
        """
        try:
            depth = max(limit, CANDIDATES)
            found = await self._found(schema.fit(query, QUERY_BYTES), depth, scope or EVERYTHING)
            dense, words = found.dense, found.words
            if not dense:
                # Whatever is asked, something is nearest: an index that finds nothing holds nothing.
                raise MilvusUnavailable("The index holds no pages.", "Run `docent index`.")
            ranked = joined(dense, words, depth=depth)
            ranked = newer_first(ranked, _entities(dense, words, {}), found.superseded)
            if limit <= KEPT:
                return passages(ranked[:limit], dense, words, {})
            near = await self.near(ranked[:limit])
            old = outdated(_entities(dense, words, near))
            near = {key: row for key, row in near.items() if key not in old}
            return ordered(passages(with_neighbours(ranked, near), dense, words, near), query)[:limit]
        except* (MilvusUnavailable, EmbeddingUnavailable) as errors:
            raise _unavailable(errors.exceptions[0]) from errors.exceptions[0]

    async def editions(self) -> Sequence[Edition]:
        """What the index holds, as it was less than a minute ago. Raises RetrievalUnavailable."""
        try:
            return (await self._reader.shelf()).editions
        except MilvusUnavailable as error:
            raise _unavailable(error) from error

    async def page(self, path: str, *, scope: Scope | None = None) -> Sequence[Passage]:
        """The first passages of a page within ``scope``, of the newest version; implements ``PageReader``."""
        try:
            shelf = await self._reader.shelf()
            sources = pages.sources(shelf.editions, scope or EVERYTHING)
            rows = await self._reader.rows(pages.ids(path, sources))
        except MilvusUnavailable as error:
            raise _unavailable(error) from error
        return [_passage(row, 1.0, None) for row in pages.in_order(rows, sources)]

    async def close(self) -> None:
        """Let go of the connection, and of a Lite file's lock."""
        await self._reader.close()

    async def both(self, query: str, depth: int) -> tuple[Hits, Hits]:
        """What is found by meaning and by words, each at most ``depth`` and best first."""
        found = await self._found(query, depth, EVERYTHING)
        return found.dense, found.words

    async def _found(self, query: str, depth: int, scope: Scope) -> Found:
        # The search by words needs no vector, so it runs while the query is embedded. That saves a
        # server's round trip; Milvus Lite is Python in this process and gains nothing.
        async with asyncio.TaskGroup() as tasks:
            vectors = tasks.create_task(asyncio.to_thread(self._embedder.encode_queries, [query]))
            shelf = await self._reader.shelf(sources=scope.sources)
            versions = _versions(shelf, scope)
            wanted = Wanted(
                shelf=shelf,
                filter=expression(scope, shelf.editions),
                depth=depth * max(1, min(versions, MOST_DEEPER)),
            )
            found = tasks.create_task(self._reader.found(wanted, query, "sparse"))
            dense = await self._reader.found(wanted, (await vectors)[0], "dense")
        every = Found(dense=dense, words=found.result())
        return _newest(every, depth) if versions > 1 else every

    async def near(self, ranked: Ranking) -> Entities:
        """What stands beside the first of ``ranked`` on their pages."""
        wanted = beside(ranked)
        return await self._reader.rows(wanted) if wanted else {}


def joined(
    dense: Hits, words: Hits, *, depth: int = CANDIDATES, dense_weight: float = DENSE_WEIGHT
) -> Ranking:
    """One ranking of both searches, each at most ``depth`` hits; scores from 0 to 1."""
    # Milvus Lite reports BM25 scores as negative numbers, servers as positive: the best is the largest.
    scores = {key: abs(float(hit["distance"])) for key, hit in words.items()}
    return varied(fuse(_cosines(dense), scores, dense_weight=dense_weight, depth=depth))


def passages(ranked: Ranking, dense: Hits, words: Hits, near: Entities) -> Sequence[Passage]:
    """The passages of ``ranked``, each of which one of the other three holds; the first scores 1."""
    entities = _entities(dense, words, near)
    cosines, scores = _cosines(dense), [score for _, score in ranked]
    low, high = min(scores, default=0.0), max(scores, default=0.0)
    width = high - low if high > low else 1.0
    return [
        _passage(entities[key], 1 - (high - score) / width * (1 - LEAST_SCORE), cosines.get(key))
        for key, score in ranked
    ]


def _versions(shelf: Shelf, scope: Scope) -> int:
    """How many versions are searched. Raises MilvusUnavailable where nothing is within ``scope``."""
    within = [edition for edition in shelf.editions if scope.holds(edition)]
    if shelf.editions and not within:
        named = ", ".join((*scope.sources, *scope.versions))
        raise MilvusUnavailable(f"The index holds no pages of {named}.", "Run `docent index`.")
    return len({edition.version for edition in within if edition.version})


def _newest(found: Found, depth: int) -> Found:
    entities = _entities(found.dense, found.words, {})
    old = outdated(entities)
    return Found(
        dense=_without(found.dense, old, depth),
        words=_without(found.words, old, depth),
        superseded=frozenset(entities[key]["source"] for key in old),
    )


def _without(hits: Hits, old: frozenset[str], depth: int) -> Hits:
    return dict(islice(((key, hit) for key, hit in hits.items() if key not in old), depth))


def _entities(dense: Hits, words: Hits, near: Entities) -> Entities:
    return dict(near) | {key: hit["entity"] for hits in (words, dense) for key, hit in hits.items()}


def _cosines(dense: Hits) -> Mapping[str, float]:
    return {key: float(hit["distance"]) for key, hit in dense.items()}


def _passage(entity: Mapping[str, Any], score: float, similarity: float | None) -> Passage:
    return Passage(
        text=entity["text"],
        title=entity["title"],
        heading=entity["heading"],
        url=entity["url"],
        path=entity["path"],
        ordinal=int(entity["ordinal"]),
        score=score,
        similarity=similarity,
        source=entity["source"],
        version=entity.get("version", ""),
    )


def _unavailable(error: Exception) -> RetrievalUnavailable:
    if isinstance(error, MilvusUnavailable):
        return RetrievalUnavailable(error.reason, error.advice)
    return RetrievalUnavailable(str(error))
