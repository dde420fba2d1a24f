"""The one collection schema: a dense vector a chunk, and BM25 where the server computes it."""

import logging
import re
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any

from adapters.milvus.analysis import analyzer

log = logging.getLogger(__name__)

VERSION = "3"
MAX_BYTES = {
    "page_id": 32, "source": 256, "version": 256, "path": 1024, "title": 1024, "heading": 2048, "url": 4096,
}  # fmt: skip
MAX_TEXT_BYTES = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What an index's vectors and chunks are made with; it names the physical collection."""

    embedding: str
    """The embedding model's fingerprint, such as ``minilm-384-256-53aa5117``."""
    chunking: str
    """Version and size of the chunker."""

    def collection(self, alias: str, generation: int = 1) -> str:
        """The physical collection behind ``alias``; each that is built anew is another ``generation``."""
        digest = sha256(f"{VERSION}\n{self.embedding}\n{self.chunking}".encode()).hexdigest()[:8]
        return f"{self.prefix(alias)}{digest}" + (f"_{generation}" if generation > 1 else "")

    def generation(self, alias: str, collection: str) -> int:
        """Which generation ``collection`` is, from 1; 0 where it is made with another recipe."""
        found = re.fullmatch(rf"{re.escape(self.collection(alias))}(?:_(\d+))?", collection)
        return int(found[1] or 1) if found else 0

    def prefix(self, alias: str) -> str:
        """How every collection begins whose vectors this embedding model can be compared with."""
        return f"{alias}__{re.sub(r'[^0-9A-Za-z]+', '_', self.embedding)}__"


def made_with(collection: str) -> str:
    """The embedding model in a physical collection's name, for people."""
    return collection.partition("__")[2].partition("__")[0].replace("_", "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What this Milvus can do."""

    bm25: bool
    dense_index: bool
    """False for Milvus Lite: it searches exactly either way, and an index file of its own may be left
    truncated by a kill, which then keeps the collection from loading."""
    flush_often: bool = False
    """Milvus Lite slows down by the row until a flush: 1,000 unflushed ones make a search ten times as
    long, and a flush of 64 takes 30 ms. A server searches fresh rows well and limits flushes."""


def abilities(version: str) -> Abilities:
    """From ``get_server_version()``: BM25 came with Milvus 2.5 and is in Milvus Lite 3."""
    if version.startswith("milvus_lite"):
        return Abilities(bm25=True, dense_index=False, flush_often=True)
    found = re.match(r"v?(\d+)\.(\d+)", version)
    return Abilities(bm25=found is None or (int(found[1]), int(found[2])) >= (2, 5), dense_index=True)


@cache
def warn_once(can: Abilities) -> None:
    """Says, once a process, what this Milvus cannot do."""
    if not can.bm25:
        log.warning("This Milvus has no BM25 (2.5 or newer has): searching by meaning alone.")


def create(client: Any, name: str, dim: int, can: Abilities) -> None:
    """Create the collection ``name`` for vectors of length ``dim``, with its indexes."""
    from pymilvus import DataType, MilvusClient

    schema = MilvusClient.create_schema(enable_dynamic_field=False)
    schema.add_field("id", DataType.VARCHAR, is_primary=True, max_length=64)
    for field, size in MAX_BYTES.items():
        schema.add_field(field, DataType.VARCHAR, max_length=size)
    for field in ("ordinal", "of"):
        schema.add_field(field, DataType.INT64)
    schema.add_field("fingerprint", DataType.VARCHAR, max_length=64)
    schema.add_field("digest", DataType.VARCHAR, max_length=32)
    schema.add_field("text", DataType.VARCHAR, max_length=MAX_TEXT_BYTES)
    schema.add_field("dense", DataType.FLOAT_VECTOR, dim=dim)
    index = MilvusClient.prepare_index_params()
    if can.dense_index:
        index.add_index("dense", index_type="AUTOINDEX", metric_type="IP")
    if can.bm25:
        _add_bm25(schema, index)
    # Answers read Bounded (a Strong read costs up to 0.4 s on a server); the manifest asks for Strong.
    client.create_collection(name, schema=schema, index_params=index, consistency_level="Bounded")


def _add_bm25(schema: Any, index: Any) -> None:
    from pymilvus import DataType, Function, FunctionType

    schema.add_field(
        "words",
        DataType.VARCHAR,
        max_length=MAX_TEXT_BYTES,
        enable_analyzer=True,
        analyzer_params=analyzer(),
    )
    schema.add_field("sparse", DataType.SPARSE_FLOAT_VECTOR)
    bm25 = Function(
        name="bm25",
        input_field_names=["words"],
        output_field_names=["sparse"],
        function_type=FunctionType.BM25,
    )
    schema.add_function(bm25)
    # Said outright, because Milvus and Milvus Lite differ in what they take without.
    params = {"bm25_k1": 1.2, "bm25_b": 0.75}
    index.add_index("sparse", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25", params=params)


def fit(text: str, size: int) -> str:
    """``text`` cut to at most ``size`` bytes of UTF-8, between characters."""
    raw = text.encode("utf-8", errors="replace")
    return raw[:size].decode("utf-8", errors="ignore") if len(raw) > size else raw.decode()
