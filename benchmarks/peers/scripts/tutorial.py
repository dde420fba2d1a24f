"""The tutorial's pipeline: pages split at ``# ``, dense vectors, the first three by inner product."""

from pathlib import Path

from pymilvus import MilvusClient

from benchmarks.peers.embedders import minilm

COLLECTION = "my_rag_collection"
K = 3
embedder = minilm()


def index(docs: Path, database: Path) -> int:
    pieces = []
    for path in sorted(docs.rglob("*.md")):
        pieces += [(str(path), text) for text in path.read_text().split("# ") if text.strip()]
    vectors = embedder.encode_documents([text for _, text in pieces])
    client = MilvusClient(str(database))
    client.create_collection(COLLECTION, dimension=384, metric_type="IP", consistency_level="Strong")
    data = [
        {"id": place, "vector": vector, "text": text, "path": path}
        for place, ((path, text), vector) in enumerate(zip(pieces, vectors, strict=True))
    ]
    for start in range(0, len(data), 1_000):
        client.insert(COLLECTION, data[start : start + 1_000])
    return len(pieces)


def opened(database: Path) -> MilvusClient:
    client = MilvusClient(str(database))
    client.load_collection(COLLECTION)
    return client


def search(client: MilvusClient, question: str, k: int) -> list[tuple[str, str]]:
    vectors = embedder.encode_queries([question])
    hits = client.search(
        COLLECTION,
        data=vectors,
        limit=k,
        search_params={"metric_type": "IP", "params": {}},
        output_fields=["text", "path"],
    )[0]
    return [(hit["entity"]["path"], hit["entity"]["text"]) for hit in hits]


def context(found: list[tuple[str, str]]) -> str:
    return "\n".join(text for _, text in found)
