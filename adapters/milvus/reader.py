"""Reads from the collection that is served now, whichever an index run has moved the alias to."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from adapters.milvus import schema
from adapters.milvus.aliases import served_collection
from adapters.milvus.connection import LOST, MilvusUnavailable, connect, load, translated
from adapters.milvus.editions import Shelf, Wanted, shelf_of
from adapters.milvus.schema import Recipe

FIELDS = ("source", "path", "title", "heading", "url", "text", "ordinal")
SHELF_SECONDS = 30.0
"""How long what the index holds is taken for known."""

Hits = Mapping[str, Any]
"""Id to hit, best first."""
Entities = Mapping[str, Mapping[str, Any]]
"""Id to a row's fields."""
T = TypeVar("T")


class Reader:
    """One connection for all searches; every method raises MilvusUnavailable."""

    def __init__(self, *, uri: str, token: str, alias: str, recipe: Recipe) -> None:
        """Nothing is opened before the first call."""
        self._uri, self._token = uri, token
        self._alias, self._recipe = alias, recipe
        self._client: Any = None
        self._bm25 = False
        self._shelf: Shelf | None = None
        self._opening = asyncio.Lock()

    async def shelf(self, *, sources: Sequence[str] = ()) -> Shelf:
        """The collection behind the alias, and what it holds; looked at anew for ``sources`` it lacks.

        The alias is asked each time: an index run may have moved it.
        """
        async with self._opening:
            if self._client is None:
                await asyncio.to_thread(self._connect)
            if self._shelf is None:
                # Milvus Lite opens a collection twice for two who come at once, and loads the wrong one.
                return await asyncio.to_thread(self._retried, lambda: self._current(sources))
        return await asyncio.to_thread(self._retried, lambda: self._current(sources))

    async def found(self, wanted: Wanted, data: Any, field: str) -> Hits:
        """What is found for ``data`` in ``field``: a vector in ``dense``, words in ``sparse``."""
        if field == "sparse" and not self._bm25:
            return {}
        return await asyncio.to_thread(self._retried, lambda: self._hits(wanted, data, field))

    async def rows(self, ids: Sequence[str]) -> Entities:
        """The rows with these ids in the collection that was searched last; some may not exist."""
        shelf = self._shelf
        if shelf is None:
            return {}
        rows = await asyncio.to_thread(
            self._retried,
            lambda: self._client.get(
                shelf.collection, ids=list(ids), output_fields=["id", *fields_of(shelf)]
            ),
        )
        return {row["id"]: row for row in rows}

    async def close(self) -> None:
        """Let go of the connection, and of a Lite file's lock."""
        if self._client is not None:
            await asyncio.to_thread(self._client.close)
            self._client = None

    def _connect(self) -> None:
        client = connect(self._uri, self._token)
        with translated(self._uri):
            can = schema.abilities(client.get_server_version())
        schema.warn_once(can)
        self._bm25 = can.bm25
        self._client = client

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

    def _hits(self, wanted: Wanted, data: Any, field: str) -> Hits:
        found = self._client.search(
            wanted.shelf.collection,
            [data],
            anns_field=field,
            filter=wanted.filter,
            limit=wanted.depth,
            output_fields=fields_of(wanted.shelf),
            search_params={"metric_type": "BM25" if field == "sparse" else "IP"},
            consistency_level="Bounded",
        )
        return {hit["id"]: hit for hit in found[0]}

    def _current(self, sources: Sequence[str]) -> Shelf:
        name, shelf, now = self._collection(), self._shelf, time.monotonic()
        if shelf is None or name != shelf.collection:
            # Milvus Lite opens every collection released, and a server may have released it.
            load(self._client, name)
            shelf = None
        known = {edition.source for edition in shelf.editions} if shelf else set()
        if shelf is None or now - shelf.looked > SHELF_SECONDS or not known.issuperset(sources):
            shelf = shelf_of(self._client, name, now)
        self._shelf = shelf
        return shelf

    def _collection(self) -> str:
        name = served_collection(self._client, self._alias)
        if not name:
            raise MilvusUnavailable("There is no index yet.", "Run `docent index` first.")
        if not name.startswith(self._recipe.prefix(self._alias)):
            raise MilvusUnavailable(
                f"The index was made with the embedding model {schema.made_with(name)}, "
                f"but {self._recipe.embedding} is configured.",
                "Run `docent index` to build it anew, or set embedding.model back.",
            )
        return name


def fields_of(shelf: Shelf) -> list[str]:
    """What is read of a row."""
    return [*FIELDS, *(["version"] if shelf.versioned else [])]
