"""Finds passages in Milvus: by meaning and by words, joined into one ranking."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from adapters.milvus import schema
from adapters.milvus.aliases import served_collection
from adapters.milvus.connection import LOST, MilvusUnavailable, connect, translated
from adapters.milvus.fusion import Ranking, fuse, varied
from adapters.milvus.neighbours import KEPT, beside, with_neighbours
from adapters.milvus.schema import Recipe
from adapters.milvus.tail import ordered
from bot.errors import RetrievalUnavailable
from bot.model import Passage
from indexer.errors import EmbeddingUnavailable

FIELDS = ["path", "title", "heading", "url", "text", "ordinal"]
CANDIDATES = 30
QUERY_BYTES = 16_000
DENSE_WEIGHT = 0.6
LEAST_SCORE = 0.2
"""What the last passage of a ranking scores when the first scores 1: fused scores lie close together, and
whoever picks sentences from passages wants to know how far apart they are."""


Hits = Mapping[str, Any]
"""Id to hit, best first."""
Entities = Mapping[str, Mapping[str, Any]]
"""Id to a row's fields."""
T = TypeVar("T")


class QueryEmbedder(Protocol):
    """The part of an embedding model that a search needs."""

    def encode_queries(self, queries: Sequence[str]) -> Sequence[Sequence[float]]:
        """One vector a query."""
        ...


class MilvusRetriever:
    """Hybrid search behind ``alias``; implements ``bot.ports.Retriever``.

    Two searches are joined here instead of by ``hybrid_search``: the cosine of the best passage is what
    tells a covered question from one that is not, and a server-side ranker would hide it.
    """

    def __init__(
        self, *, uri: str, token: str = "", alias: str, recipe: Recipe, embedder: QueryEmbedder
    ) -> None:
        """Nothing is opened before the first search."""
        self._uri, self._token, self._alias = uri, token, alias
        self._recipe, self._embedder = recipe, embedder
        self._client: Any = None
        self._bm25 = False
        self._loaded = ""
        self._opening = asyncio.Lock()

    async def search(self, query: str, limit: int) -> Sequence[Passage]:
        """At most ``limit`` passages, best first, short neighbours of the best among them.

        Raises RetrievalUnavailable.
        """
        try:
            depth = max(limit, CANDIDATES)
            dense, words = await self.both(schema.fit(query, QUERY_BYTES), depth)
            if not dense:
                # Whatever is asked, something is nearest: an index that finds nothing holds nothing.
                raise MilvusUnavailable("The index holds no pages.", "Run `docent index`.")
            ranked = joined(dense, words, depth=depth)
            if limit <= KEPT:
                return passages(ranked[:limit], dense, words, {})
            near = await self.near(ranked[:limit])
            return ordered(passages(with_neighbours(ranked, near), dense, words, near), query)[:limit]
        except* (MilvusUnavailable, EmbeddingUnavailable) as errors:
            error = errors.exceptions[0]
            advice = error.advice if isinstance(error, MilvusUnavailable) else ""
            reason = error.reason if isinstance(error, MilvusUnavailable) else str(error)
            raise RetrievalUnavailable(reason, advice) from error

    async def close(self) -> None:
        """Let go of the connection, and of a Lite file's lock."""
        if self._client is not None:
            await asyncio.to_thread(self._client.close)
            self._client = None

    async def both(self, query: str, depth: int) -> tuple[Hits, Hits]:
        """What is found by meaning and by words, each at most ``depth`` and best first."""
        # The search by words needs no vector, so it runs while the query is embedded. That saves a
        # server's round trip; Milvus Lite is Python in this process and gains nothing.
        async with asyncio.TaskGroup() as tasks:
            vectors = tasks.create_task(asyncio.to_thread(self._embedder.encode_queries, [query]))
            collection = await self._opened()
            words = tasks.create_task(self._found(collection, query, "sparse", "BM25", depth))
            dense = await self._found(collection, (await vectors)[0], "dense", "IP", depth)
        return dense, words.result()

    async def near(self, ranked: Ranking) -> Entities:
        """What stands beside the first of ``ranked`` on their pages."""
        wanted = list(beside(ranked))
        if not wanted:
            return {}
        collection = self._loaded
        rows = await asyncio.to_thread(
            self._retried, lambda: self._client.get(collection, ids=wanted, output_fields=["id", *FIELDS])
        )
        return {row["id"]: row for row in rows}

    async def _opened(self) -> str:
        """The collection to search now."""
        async with self._opening:
            if self._client is None:
                await asyncio.to_thread(self._connect)
        return await asyncio.to_thread(self._retried, self._collection)

    def _connect(self) -> None:
        client = connect(self._uri, self._token)
        with translated(self._uri):
            can = schema.abilities(client.get_server_version())
        schema.warn_once(can)
        self._bm25 = can.bm25
        self._client = client

    async def _found(self, collection: str, data: Any, field: str, metric: str, depth: int) -> Hits:
        if field == "sparse" and not self._bm25:
            return {}
        return await asyncio.to_thread(
            self._retried, lambda: self._hits(collection, data, field, metric, depth)
        )

    def _retried(self, call: Callable[[], T]) -> T:
        """A long-lived channel is closed now and then by the server; the second try opens a new one."""
        from grpc import RpcError
        from pymilvus.exceptions import MilvusException

        with translated(self._uri):
            try:
                return call()
            except (MilvusException, RpcError) as error:
                if not any(word in str(error).lower() for word in LOST):
                    raise
                return call()

    def _hits(self, collection: str, data: Any, field: str, metric: str, depth: int) -> Hits:
        found = self._client.search(
            collection,
            [data],
            anns_field=field,
            limit=depth,
            output_fields=FIELDS,
            search_params={"metric_type": metric},
            consistency_level="Bounded",
        )
        return {hit["id"]: hit for hit in found[0]}

    def _collection(self) -> str:
        """The collection behind the alias, asked each time: an index run may have moved it."""
        name = served_collection(self._client, self._alias)
        if not name:
            raise MilvusUnavailable("There is no index yet.", "Run `docent index` first.")
        if not name.startswith(self._recipe.prefix(self._alias)):
            raise MilvusUnavailable(
                f"The index was made with the embedding model {schema.made_with(name)}, "
                f"but {self._recipe.embedding} is configured.",
                "Run `docent index` to build it anew, or set embedding.model back.",
            )
        if name != self._loaded:
            # Milvus Lite opens every collection released, and a server may have released it.
            self._client.load_collection(name)
            self._loaded = name
        return name


def joined(
    dense: Hits, words: Hits, *, depth: int = CANDIDATES, dense_weight: float = DENSE_WEIGHT
) -> Ranking:
    """One ranking of both searches, each at most ``depth`` hits; scores from 0 to 1."""
    # Milvus Lite reports BM25 scores as negative numbers, servers as positive: the best is the largest.
    scores = {key: abs(float(hit["distance"])) for key, hit in words.items()}
    return varied(fuse(_cosines(dense), scores, dense_weight=dense_weight, depth=depth))


def passages(ranked: Ranking, dense: Hits, words: Hits, near: Entities) -> Sequence[Passage]:
    """The passages of ``ranked``, each of which one of the other three holds; the first scores 1."""
    entities = dict(near) | {key: hit["entity"] for hits in (words, dense) for key, hit in hits.items()}
    cosines, scores = _cosines(dense), [score for _, score in ranked]
    low, high = min(scores, default=0.0), max(scores, default=0.0)
    width = high - low if high > low else 1.0
    return [
        _passage(entities[key], 1 - (high - score) / width * (1 - LEAST_SCORE), cosines.get(key))
        for key, score in ranked
    ]


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
    )
