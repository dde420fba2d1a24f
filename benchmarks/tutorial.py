"""The pipeline Docent grew from, as a peer: split at ``# ``, dense vectors, top 3 by inner product."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from bot.evaluation import scoring
from bot.evaluation.scoring import Found
from bot.model import Passage

Embed = Callable[[Sequence[str]], Sequence[Sequence[float]]]
TOP = 3
DEPTH = 30
COLLECTION = "my_rag_collection"


def index(root: Path, database: Path, embed: Embed) -> tuple[Any, int, float]:
    """The client, how many pieces there are, and the seconds it took."""
    from pymilvus import MilvusClient

    start = perf_counter()
    pieces = [
        (str(path.relative_to(root)), text)
        for path in sorted(root.rglob("*.md"))
        for text in path.read_text().split("# ")
        if text.strip()
    ]
    vectors = embed([text for _, text in pieces])
    client = MilvusClient(str(database))
    client.create_collection(
        COLLECTION, dimension=len(vectors[0]), metric_type="IP", consistency_level="Strong"
    )
    data = [
        {"id": place, "vector": list(map(float, vector)), "text": text, "path": path}
        for place, ((path, text), vector) in enumerate(zip(pieces, vectors, strict=True))
    ]
    for batch in range(0, len(data), 1_000):
        client.insert(COLLECTION, data[batch : batch + 1_000])
    return client, len(pieces), perf_counter() - start


def search_all(client: Any, rows: Sequence[Mapping[str, Any]], embed: Embed) -> Sequence[Found]:
    """What each question finds; the context is filled up as Docent's is, to compare like with like."""
    return [_found(client, row, embed) for row in rows]


def top_three_holds(found: Found) -> bool:
    """Whether the snippet stands in what the tutorial really sends: its first three pieces."""
    return scoring.holds("\n".join(hit.text for hit in found.passages[:TOP]), found.row["snippet"])


def _found(client: Any, row: Mapping[str, Any], embed: Embed) -> Found:
    start = perf_counter()
    vector = list(map(float, embed([row["question"]])[0]))
    hits = client.search(
        COLLECTION,
        data=[vector],
        limit=DEPTH,
        search_params={"metric_type": "IP", "params": {}},
        output_fields=["text", "path"],
    )[0]
    milliseconds = (perf_counter() - start) * 1000
    passages = [_passage(hit) for hit in hits]
    recalled = {
        budget: scoring.holds(_context(passages, budget), row["snippet"]) for budget in (6_000, 12_000)
    }
    return Found(row=row, passages=passages, recalled=recalled, milliseconds=milliseconds)


def _passage(hit: Mapping[str, Any]) -> Passage:
    entity = hit["entity"]
    return Passage(
        text=entity["text"], title="", heading="", url="", path=entity["path"], score=float(hit["distance"])
    )


def _context(passages: Sequence[Passage], budget: int) -> str:
    chosen = []
    for passage in passages:
        if len(passage.text) + 2 <= budget:
            chosen.append(passage.text)
            budget -= len(passage.text) + 2
    return "\n".join(chosen)
