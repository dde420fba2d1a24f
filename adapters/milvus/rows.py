"""Between the indexing core's chunks and the rows of a collection (pure)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from adapters.milvus import schema
from adapters.milvus.schema import Abilities
from indexer.model import Chunk, Indexed, PageKey

MANIFEST_FIELDS = ["source", "path", "fingerprint", "of"]


def page_id(key: PageKey) -> str:
    """A page's key as 32 hexadecimal digits: safe in a filter whatever the path holds."""
    return sha256(f"{key.source}\0{key.path}".encode("utf-8", errors="replace")).hexdigest()[:32]


def row_of(chunk: Chunk, vector: Sequence[float], can: Abilities) -> dict[str, Any]:
    """A chunk as it is written."""
    page = page_id(chunk.key)
    row = {
        "id": f"{page}-{chunk.ordinal:06d}",
        "page_id": page,
        "source": chunk.key.source,
        "version": chunk.version,
        "path": chunk.key.path,
        "title": schema.fit(chunk.title, schema.MAX_BYTES["title"]),
        "heading": schema.fit(chunk.heading, schema.MAX_BYTES["heading"]),
        "url": schema.fit(chunk.url, schema.MAX_BYTES["url"]),
        "ordinal": chunk.ordinal,
        "of": chunk.of,
        "fingerprint": chunk.fingerprint,
        "digest": chunk.digest,
        "text": schema.fit(chunk.text, schema.MAX_TEXT_BYTES),
        "dense": list(vector),
    }
    if can.bm25:
        row["words"] = schema.fit(chunk.embedded, schema.MAX_TEXT_BYTES)
    return row


def grouped(rows: Iterable[Mapping[str, Any]]) -> dict[PageKey, Indexed]:
    """What the index holds of each page, of rows with :data:`MANIFEST_FIELDS`."""
    seen: defaultdict[PageKey, list[tuple[str, int]]] = defaultdict(list)
    for row in rows:
        seen[PageKey(source=row["source"], path=row["path"])].append((row["fingerprint"], int(row["of"])))
    return {key: _indexed(marks) for key, marks in seen.items()}


def _indexed(marks: Sequence[tuple[str, int]]) -> Indexed:
    """A page counts as indexed only where all its chunks are there and agree on what they are."""
    whole = len(set(marks)) == 1 and marks[0][1] == len(marks)
    return Indexed(fingerprint=marks[0][0] if whole else "", chunks=len(marks))
