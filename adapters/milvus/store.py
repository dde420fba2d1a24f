"""Writes pages into Milvus and reads back what it holds: the collection is its own manifest."""

import json
from array import array
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from adapters.milvus import sampling, schema
from adapters.milvus.aliases import Aliases, described
from adapters.milvus.connection import MilvusUnavailable, connect, discard_half_made, load, translated
from adapters.milvus.rows import MANIFEST_FIELDS, grouped, page_id, row_of
from adapters.milvus.schema import Abilities, Recipe
from indexer.errors import StoreUnavailable
from indexer.model import Chunk, Indexed, PageKey

ROWS_A_CALL = 500
ROWS_A_READ = 5_000
MOST_ROWS = 16_000
"""Milvus gives 16,384 rows a query at most."""
SAMPLES = 8


class MilvusStore:
    """The index of one recipe behind ``alias``; implements ``indexer.ports.VectorStore``.

    The rows live in a collection named after the recipe and its generation. Readers use the alias, which
    :meth:`finish` moves when a new collection is complete: nobody ever searches mixed vectors.
    """

    def __init__(self, *, uri: str, token: str = "", alias: str, recipe: Recipe) -> None:
        """Opens the connection. Raises StoreUnavailable."""
        self._uri, self._recipe, self._prefix = uri, recipe, recipe.prefix(alias)
        with _as_store_error(uri):
            self._client = connect(uri, token)
            self._can: Abilities = schema.abilities(self._client.get_server_version())
            self._aliases = Aliases(self._client, alias)
            self._collection = self._aliases.own(recipe)
            self._exists = self._client.has_collection(self._collection)
        schema.warn_once(self._can)
        self._held: Mapping[PageKey, Indexed] = {}

    def anew(self) -> None:
        """Write another index of this recipe from now on; what is served stays until :meth:`finish`."""
        with self._errors():
            if self._aliases.served():
                self._collection, self._exists = self._aliases.another(self._recipe), False
                self._held = {}

    def manifest(self) -> Mapping[PageKey, Indexed]:
        """What the index holds of every page; empty where there is no index yet."""
        if not self._exists:
            return {}
        with self._errors():
            self._held = self._of(self._collection)
        return self._held

    def served(self) -> Mapping[PageKey, Indexed]:
        """What answers are made of now: another collection's while one of a new recipe is being built."""
        with self._errors():
            name = self._aliases.served()
            return self._held if name in ("", self._collection) else self._of(name)

    @property
    def rebuilding(self) -> bool:
        """Whether another collection is served than this one."""
        with self._errors():
            return self._aliases.served() not in ("", self._collection)

    @property
    def rolled_back(self) -> str:
        """What is served since this collection was put back by hand; empty where it was not."""
        with self._errors():
            held = self._aliases.held() == self._collection and self._aliases.served() != self._collection
            return described(self._aliases.served()) if held else ""

    def digests(self, keys: Sequence[PageKey]) -> Mapping[PageKey, Collection[str]]:
        """Page to the digests of its chunks, of those that are served; none where an old schema has none."""
        found: defaultdict[PageKey, set[str]] = defaultdict(set)
        with self._errors():
            served = self._aliases.served()
            if not served or not self._has_digests(served):
                return {}
            for start in range(0, len(keys), ROWS_A_CALL):
                among = _of_pages(keys[start : start + ROWS_A_CALL])
                for row in self._rows(served, ["source", "path", "digest"], among):
                    found[PageKey(source=row["source"], path=row["path"])].add(row["digest"])
        return found

    def vectors(self, digests: Sequence[str]) -> Mapping[str, Sequence[float]]:
        """Digest to vector, of this collection's rows and those of a served one with the same model."""
        found: dict[str, Sequence[float]] = {}
        with self._errors():
            for name in self._comparable():
                missing = [digest for digest in digests if digest not in found]
                for start in range(0, len(missing), ROWS_A_CALL):
                    rows = self._client.query(
                        name,
                        filter=f"digest in {json.dumps(missing[start : start + ROWS_A_CALL])}",
                        output_fields=["digest", "dense"],
                        limit=MOST_ROWS,
                        consistency_level="Strong",
                    )
                    # As 4 bytes a number: lists of Python's own would take eight times the memory.
                    found |= {row["digest"]: array("f", row["dense"]) for row in rows}
        return found

    def replace(self, chunks: Sequence[Chunk], vectors: Sequence[Sequence[float]]) -> None:
        """Write whole pages; a page's surplus chunks go first, so that a crash leaves no stale tail."""
        with self._errors():
            self._make_collection(len(vectors[0]))
            self._delete_surplus(chunks)
            rows = [row_of(chunk, vector, self._can) for chunk, vector in zip(chunks, vectors, strict=True)]
            for start in range(0, len(rows), ROWS_A_CALL):
                self._client.upsert(self._collection, rows[start : start + ROWS_A_CALL])
            if self._can.flush_often:
                self._client.flush(self._collection)

    def remove(self, keys: Sequence[PageKey]) -> None:
        """Take all chunks of these pages away."""
        with self._errors():
            for start in range(0, len(keys), ROWS_A_CALL):
                among = _of_pages(keys[start : start + ROWS_A_CALL])
                self._client.delete(self._collection, filter=among)

    def finish(self, *, pages: int, chunks: int) -> None:
        """Flush, then let the alias point here if it does not; a new collection is checked before that."""
        if not self._exists:
            return
        with self._errors():
            # Rows that were just written are searched by brute force, many times slower, until a flush.
            self._client.flush(self._collection)
            load(self._client, self._collection)
            if not self._aliases.serve(self._collection, lambda: self._check(pages, chunks)):
                self._aliases.release_previous()

    def rollback(self) -> tuple[str, str]:
        """Serve the collection before again: what was served, what is served now, as people know them.

        Raises StoreUnavailable where there is none.
        """
        with self._errors():
            return self._aliases.rollback()

    @property
    def comparable(self) -> bool:
        """Whether this recipe's embedding model can search what is served."""
        with self._errors():
            return self._aliases.served().startswith(self._prefix)

    def serving(self) -> Mapping[str, str]:
        """What is ``served``, was ``before``, and is ``held`` back after a rollback; "" for none."""
        with self._errors():
            return self._aliases.shown()

    def close(self) -> None:
        """Let go of the connection, and of a Lite file's lock."""
        self._client.close()

    def _check(self, pages: int, chunks: int) -> None:
        held = self._of(self._collection)
        found = sum(indexed.chunks for indexed in held.values())
        if (len(held), found) != (pages, chunks):
            raise MilvusUnavailable(
                f"The new index holds {found} chunks of {len(held)} pages instead of {chunks} of {pages}.",
                "The one before is served on; run `docent index` again.",
            )
        samples = [f"{page_id(key)}-{0:06d}" for key in sorted(held)[:: max(1, len(held) // SAMPLES)]]
        lost = sampling.lost(self._client, self._collection, samples, self._can)
        if lost > len(samples) // 4:  # a server's index is approximate: one of eight may slip through
            raise MilvusUnavailable(
                f"The new index does not find its own text ({lost} of {len(samples)} searches failed).",
                "The one before is served on; run `docent index --full` to write it anew.",
            )

    def _comparable(self) -> Sequence[str]:
        names = [self._collection] if self._exists else []
        served = self._aliases.served()
        if served.startswith(self._prefix) and served not in names:
            names += [served] if self._has_digests(served) else []
        return names

    def _has_digests(self, collection: str) -> bool:
        fields = self._client.describe_collection(collection)["fields"]
        return any(field["name"] == "digest" for field in fields)

    def _of(self, collection: str) -> Mapping[PageKey, Indexed]:
        load(self._client, collection)
        return grouped(self._rows(collection, MANIFEST_FIELDS))

    def _rows(self, collection: str, fields: Sequence[str], among: str = "") -> Iterator[Mapping[str, Any]]:
        iterator = self._client.query_iterator(
            collection,
            batch_size=ROWS_A_READ,
            filter=among,
            output_fields=list(fields),
            consistency_level="Strong",
        )
        try:
            while batch := iterator.next():
                yield from batch
        finally:
            iterator.close()

    def _delete_surplus(self, chunks: Sequence[Chunk]) -> None:
        lengths = {chunk.key: chunk.of for chunk in chunks if chunk.key in self._held}
        surplus = [
            f'(page_id == "{page_id(key)}" and ordinal >= {length})'
            for key, length in lengths.items()
            if self._held[key].chunks > length or not self._held[key].fingerprint
        ]
        for start in range(0, len(surplus), 50):
            self._client.delete(self._collection, filter=" or ".join(surplus[start : start + 50]))

    def _make_collection(self, dim: int) -> None:
        if not self._exists:
            self._aliases.drop_abandoned(self._recipe)
            discard_half_made(self._uri, self._collection)
            schema.create(self._client, self._collection, dim, self._can)
            self._exists = True

    def _errors(self) -> AbstractContextManager[None]:
        return _as_store_error(self._uri)


@contextmanager
def _as_store_error(uri: str) -> Iterator[None]:
    try:
        with translated(uri):
            yield
    except MilvusUnavailable as error:
        raise StoreUnavailable(str(error)) from error


def _of_pages(keys: Sequence[PageKey]) -> str:
    return f"page_id in {json.dumps([page_id(key) for key in keys])}"
