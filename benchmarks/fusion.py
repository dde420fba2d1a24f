"""What each choice of the search is worth: ``python -m benchmarks.fusion`` prints its ablations."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from typing import Any

from adapters.milvus import analysis, retriever
from benchmarks.workspace import Workspace, rows, workspace
from bot import evaluating, scoring
from bot.answering import Limits
from bot.model import Passage
from config import wiring

WEIGHTS = (1.0, 0.75, 0.6, 0.5, 0.25, 0.0)
DEPTHS = (30, 50)
COUNTS = (8, 24)


class Recorded:
    """Answers searches from what both searches found before, joined as it is told."""

    def __init__(self, found: Mapping[str, tuple[Any, Any]]) -> None:
        """``found``: query to what was found by meaning and by words."""
        self._found = found
        self.weight, self.depth = retriever.DENSE_WEIGHT, retriever.CANDIDATES

    async def search(self, query: str, limit: int) -> Sequence[Passage]:
        """The passages under the present weight and depth."""
        if query not in self._found:
            return ()
        dense, words = (dict(list(hits.items())[: self.depth]) for hits in self._found[query])
        return retriever.joined(dense, words, dense_weight=self.weight)[:limit]


async def record(space: Workspace) -> Recorded:
    """Both searches of every question, at the greatest depth."""
    found = {}
    async with wiring.wire(space.config) as docent:
        for row in rows():
            found[row["question"]] = await docent.retriever.both(row["question"], max(DEPTHS))
    return Recorded(found)


async def scored(recorded: Recorded, count: int) -> Mapping[str, Any]:
    """The scores of all questions with contexts of at most ``count`` passages."""
    limits = Limits(passages=count)
    return scoring.retrieval([one async for one in evaluating.search_all(rows(), recorded, limits)])


async def ablations(name: str) -> None:
    """Index the documentation and print one table row a variant."""
    with workspace("minilm") as space:
        os.chdir(space.folder)
        with wiring.wire_index(space.config, wiring.IndexOptions()) as synchronizer:
            synchronizer.run(synchronizer.plan(), Unwatched())
        recorded = await record(space)
    for recorded.weight in WEIGHTS:
        label = f"meaning {recorded.weight:g}, words {1 - recorded.weight:g}"
        print_row(f"{name}, {label}", await scored(recorded, Limits().passages))
    recorded.weight = retriever.DENSE_WEIGHT
    for recorded.depth in DEPTHS:
        for count in COUNTS:
            print_row(f"{name}, {recorded.depth} candidates, {count} passages", await scored(recorded, count))


class Unwatched:
    """A watcher that shows nothing."""

    def planned(self, pages: int) -> None:
        """Nothing."""

    def wrote(self, pages: int, chunks: int) -> None:
        """Nothing."""


def print_row(name: str, scores: Mapping[str, Any]) -> None:
    """One line of the table."""
    keys = ("hit@1", "hit@5", "hit@10", "context_recall@6000", "context_recall@12000")
    print(f"| {name} | " + " | ".join(f"{scores[key]:.3f}" for key in keys) + " |", flush=True)


def main() -> None:
    """With stop words and without."""
    print("| variant | hit@1 | hit@5 | hit@10 | context_recall@6000 | @12000 |")
    print("| --- | --- | --- | --- | --- | --- |")
    asyncio.run(ablations("stop words"))
    analysis.STOP_WORDS = ()
    asyncio.run(ablations("no stop words"))


if __name__ == "__main__":
    main()
