"""Sample searches: does a collection find its own rows?"""

from collections.abc import Sequence
from typing import Any

from adapters.milvus.schema import Abilities

DEPTH = 10
SAME = 0.999
"""Cosine from which two vectors count as equal: many rows may share one, and then any of them will do."""


def lost(client: Any, collection: str, ids: Sequence[str], can: Abilities) -> int:
    """How many of these rows are not found by their own vector, or by their own words."""
    rows = client.get(collection, ids=list(ids), output_fields=["digest", "dense", *_words(can)])
    if not rows:
        return len(ids)
    found = _search(client, collection, [row["dense"] for row in rows], "dense", "IP")
    missed = {row["id"] for row, hits in zip(rows, found, strict=True) if not _holds(hits, row["digest"])}
    if can.bm25:
        found = _search(client, collection, [row["words"] for row in rows], "sparse", "BM25")
        # Words that half of all rows share rank none of them first: something found is enough.
        missed |= {row["id"] for row, hits in zip(rows, found, strict=True) if not hits}
    return len(ids) - len(rows) + len(missed)


def _words(can: Abilities) -> Sequence[str]:
    return ["words"] if can.bm25 else []


def _holds(hits: Sequence[Any], digest: str) -> bool:
    return any(hit["entity"]["digest"] == digest or hit["distance"] >= SAME for hit in hits)


def _search(client: Any, collection: str, data: list[Any], field: str, metric: str) -> Sequence[Any]:
    found: Sequence[Any] = client.search(
        collection,
        data,
        anns_field=field,
        limit=DEPTH,
        output_fields=["digest"],
        search_params={"metric_type": metric},
        consistency_level="Strong",
    )
    return found
