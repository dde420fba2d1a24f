"""Looks into finished indexes, to compare them row by row."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

FIELDS = ("id", "path", "title", "heading", "url", "text", "ordinal", "of", "fingerprint", "digest", "dense")


def rows_of(database: Path, alias: str = "docs") -> Mapping[str, tuple[Any, ...]]:
    """Every row that is served, by id; the file is let go of again."""
    from milvus_lite.server_manager import server_manager_instance
    from pymilvus import MilvusClient

    client = MilvusClient(str(database))
    try:
        client.load_collection(alias)
        iterator = client.query_iterator(alias, batch_size=1_000, output_fields=list(FIELDS))
        found: dict[str, tuple[Any, ...]] = {}
        while batch := iterator.next():
            found |= {row["id"]: tuple(_plain(row[field]) for field in FIELDS) for row in batch}
        iterator.close()
        return found
    finally:
        client.close()
        server_manager_instance.release_server(str(database))


def digests(rows: Mapping[str, tuple[Any, ...]]) -> set[str]:
    """What was embedded, each text once."""
    place = FIELDS.index("digest")
    return {row[place] for row in rows.values()}


def _plain(value: Any) -> Any:
    # Batches and threads may change the last bits of a vector.
    return tuple(round(float(number), 4) for number in value) if isinstance(value, list) else value
