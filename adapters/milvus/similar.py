"""Keeps the questions that were handed over as vectors in Milvus, and finds those that resemble another."""

import asyncio
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any, Protocol, TypeVar

from adapters.milvus import schema
from adapters.milvus.connection import MilvusUnavailable, connect, discard_half_made, load, translated
from adapters.milvus.schema import Abilities, Recipe
from bot.channels.posts import Entry
from bot.errors import RetrievalUnavailable
from indexer.errors import EmbeddingUnavailable

VERSION = "1"
"""Of the fields below."""
FIELDS = {"ref", "revision", "dense"}
READ_CHARS = 2_000
MOST_ROWS = 16_000
"""Milvus gives 16,384 rows a query at most."""
UNRELATED = 0.33
"""MiniLM's ``min_similarity``, where a model's own was not measured."""
CLOSER = 0.2
"""Two questions about one thing are closer than a question and a passage that belongs to it.

Of 30 pairs of paraphrased support questions, all of one product, MiniLM finds 80 % with it and shows one
of another pair for 3 % of the questions; multilingual-e5 finds 77 % and shows 13 %. Cosines lie closer
together there, as ``similarity_spread`` says.
"""
T = TypeVar("T")


class Embedder(Protocol):
    """The part of an embedding model that this needs."""

    @property
    def fingerprint(self) -> str:
        """Equal where vectors can be compared."""
        ...

    @property
    def min_similarity(self) -> float | None:
        """Cosine below which a passage has nothing to do with a question; None where not measured."""
        ...

    @property
    def similarity_spread(self) -> float:
        """How many times closer together its cosines lie than MiniLM's."""
        ...

    def encode_queries(self, queries: Sequence[str]) -> Sequence[Sequence[float]]:
        """One vector of length 1 a question."""
        ...


class MilvusThreads:
    """Implements ``bot.support.handoff_ports.Threads``; every method raises RetrievalUnavailable.

    The collection is no part of the index: it has no alias, its name does not begin as those of the index
    do, and it holds no text. It is made when the first question is handed over.
    """

    def __init__(self, *, uri: str, token: str = "", alias: str, embedder: Embedder) -> None:
        """Nothing is opened before the first call; ``alias`` is the index's."""
        self._uri, self._token, self._embedder = uri, token, embedder
        self._prefix = f"{alias}_threads__"
        recipe = Recipe(embedding=embedder.fingerprint, chunking="")
        self._collection = f"{recipe.prefix(f'{alias}_threads')}{VERSION}"
        self._least = (embedder.min_similarity or UNRELATED) + CLOSER / embedder.similarity_spread
        self._client: Any = None
        self._can: Abilities | None = None
        self._loaded = False
        self._opening, self._writing = Lock(), Lock()

    async def held(self) -> Mapping[str, int]:
        """The refs of the questions that can be found, with their revisions."""
        return await self._done(self._held)

    async def keep(self, questions: Sequence[Entry]) -> None:
        """Let these be found, in place of what they were before they were edited."""
        if questions:
            await self._done(lambda: self._write(questions, self._vectors(questions)))

    async def remove(self, refs: Collection[str]) -> None:
        """Let these be found no more."""
        if refs:
            await self._done(lambda: self._delete(refs))

    async def similar(self, question: Entry, limit: int) -> Sequence[str]:
        """At most ``limit`` refs, most alike first; the question itself can be found from then on."""
        return await self._done(lambda: self._similar(question, limit))

    async def close(self) -> None:
        """Let go of the connection."""
        if self._client is not None:
            await asyncio.to_thread(self._client.close)
            self._client, self._loaded = None, False

    async def _done(self, work: Callable[[], T]) -> T:
        def run() -> T:
            with self._errors():
                return work()

        return await asyncio.to_thread(run)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            with translated(self._uri):
                yield
        except MilvusUnavailable as error:
            self._loaded = False  # it may have been dropped, or the server begun anew
            raise RetrievalUnavailable(error.reason, error.advice) from error
        except EmbeddingUnavailable as error:
            raise RetrievalUnavailable(str(error)) from error

    def _held(self) -> Mapping[str, int]:
        if not self._opened():
            return {}
        rows = self._client.query(
            self._collection, filter="revision >= 0", output_fields=["ref", "revision"],
            limit=MOST_ROWS, consistency_level="Strong",
        )  # fmt: skip
        return {row["ref"]: int(row["revision"]) for row in rows}

    def _delete(self, refs: Collection[str]) -> None:
        if self._opened():
            with self._written():
                self._client.delete(self._collection, filter=f"ref in {json.dumps(sorted(refs))}")

    def _similar(self, question: Entry, limit: int) -> Sequence[str]:
        vector = self._known(question) if self._opened() else None
        if vector is None:
            vector = self._vectors([question])[0]
            self._write([question], [vector])
        found = self._client.search(
            self._collection,
            [vector],
            anns_field="dense",
            limit=limit + 1,
            output_fields=["ref"],
            search_params={"metric_type": "IP"},
            consistency_level="Strong",  # in an outage the next one comes within seconds
        )
        alike = [hit["ref"] for hit in found[0] if float(hit["distance"]) >= self._least]
        return [ref for ref in alike if ref != question.ref][:limit]

    def _known(self, question: Entry) -> Sequence[float] | None:
        """Its vector as it was kept: a card is drawn several times."""
        rows = self._client.get(self._collection, ids=[question.ref], output_fields=["revision", "dense"])
        return next((row["dense"] for row in rows if row["revision"] == question.revision), None)

    def _vectors(self, questions: Sequence[Entry]) -> Sequence[Sequence[float]]:
        return self._embedder.encode_queries([entry.text[:READ_CHARS] for entry in questions])

    def _write(self, questions: Sequence[Entry], vectors: Sequence[Sequence[float]]) -> None:
        if not self._opened():
            self._create(len(vectors[0]))
        rows = [
            {"ref": entry.ref, "revision": entry.revision, "dense": list(vector)}
            for entry, vector in zip(questions, vectors, strict=True)
        ]
        with self._written():
            self._client.upsert(self._collection, rows)

    @contextmanager
    def _written(self) -> Iterator[None]:
        """One at a time: a write beside a flush leaves Milvus Lite with a log file that it never closes."""
        with self._writing:
            yield
            if self._can and self._can.flush_often:
                self._client.flush(self._collection)

    def _opened(self) -> bool:
        """Whether the collection is there, and loaded."""
        with self._opening:
            if self._client is None:
                client = connect(self._uri, self._token)
                self._can = schema.abilities(client.get_server_version())
                self._client = client
            if not self._loaded and self._client.has_collection(self._collection):
                load(self._client, self._collection)
                self._loaded = True
            return self._loaded

    def _create(self, dim: int) -> None:
        from pymilvus import DataType, MilvusClient

        made = MilvusClient.create_schema(enable_dynamic_field=False)
        made.add_field("ref", DataType.VARCHAR, is_primary=True, max_length=64)
        made.add_field("revision", DataType.INT64)
        made.add_field("dense", DataType.FLOAT_VECTOR, dim=dim)
        index = MilvusClient.prepare_index_params()
        if self._can and self._can.dense_index:
            index.add_index("dense", index_type="AUTOINDEX", metric_type="IP")
        with self._opening:
            if not self._client.has_collection(self._collection):
                self._drop_others()
                discard_half_made(self._uri, self._collection)
                self._client.create_collection(self._collection, schema=made, index_params=index)
            load(self._client, self._collection)
            self._loaded = True

    def _drop_others(self) -> None:
        """What another embedding model left would follow the ledger no more."""
        for name in self._client.list_collections():
            if name.startswith(self._prefix) and name != self._collection:
                fields = {field["name"] for field in self._client.describe_collection(name)["fields"]}
                if fields == FIELDS:
                    self._client.drop_collection(name)
