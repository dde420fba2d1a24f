"""What each step of the search is worth: ``python -m benchmarks.retrieval`` prints its ablations."""

import asyncio
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from adapters.milvus import fusion, retriever
from adapters.milvus.neighbours import with_neighbours
from adapters.milvus.tail import ordered
from benchmarks.workspace import workspace
from bot.answering import Limits
from bot.evaluation import evaluating, scoring
from bot.evaluation.rows import read_rows
from bot.model import Edition, Passage, Scope
from config import wiring

KEYS = ("hit@1", "hit@5", "hit@10", "context_recall@6000", "context_recall@12000")
DEPTHS = (30, 60)
WEIGHTS = (1.0, 0.8, 0.7, 0.5, 0.4, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One way to make a ranking of what both searches found."""

    name: str
    weight: float = retriever.DENSE_WEIGHT
    depth: int = retriever.CANDIDATES
    stretched: bool = False
    """Both lists stretched to 0..1, and nothing for an id that one of them lacks."""
    varied: bool = True
    neighbours: bool = True
    ordered: bool = True
    """What follows the first hits by page and words."""
    passages: int = Limits().passages


def variants() -> Iterator[Variant]:
    """As it is served, then with one step changed at a time."""
    served = Variant(name="as served")
    yield served
    yield replace(served, name="scores stretched to 0..1, missing ones 0", stretched=True)
    yield replace(served, name="chunks of one page not spread", varied=False)
    yield replace(served, name="no neighbours", neighbours=False)
    yield replace(served, name="what follows the first not ordered anew", ordered=False)
    yield Variant(name="none of the four", stretched=True, varied=False, neighbours=False, ordered=False)
    yield replace(served, name="60 candidates", depth=60)
    for count in (8, 16, 30):
        yield replace(served, name=f"{count} passages", passages=count)
    for weight in WEIGHTS:
        yield replace(served, name=f"meaning {weight:g}, words {1 - weight:g}", weight=weight)


class Recorded:
    """Answers searches from what both searches found before, ranked as ``variant`` says."""

    def __init__(self, live: Any, found: Mapping[str, tuple[Any, Any]], variant: Variant) -> None:
        """``live``: the retriever that was recorded; ``found``: query to what its two searches gave."""
        self._live, self._found, self._variant = live, found, variant

    async def editions(self) -> Sequence[Edition]:
        """Of one version."""
        return ()

    async def search(self, query: str, limit: int, *, scope: Scope | None = None) -> Sequence[Passage]:
        """The passages, best first."""
        if query not in self._found:
            return ()
        dense, words = (dict(list(hits.items())[: self._variant.depth]) for hits in self._found[query])
        ranked = ranking(dense, words, self._variant)
        ranked = ranked if self._variant.ordered else ranked[:limit]
        near = await self._live.near(ranked[:limit]) if self._variant.neighbours else {}
        found = retriever.passages(with_neighbours(ranked, near), dense, words, near)
        return (ordered(found, query) if self._variant.ordered else found)[:limit]


def ranking(dense: retriever.Hits, words: retriever.Hits, variant: Variant) -> fusion.Ranking:
    """Ids with their score, best first."""
    left, right = scores_of(dense), scores_of(words)
    if variant.stretched:
        low, high = stretched(left), stretched(right)
        both = {
            key: variant.weight * low.get(key, 0.0) + (1 - variant.weight) * high.get(key, 0.0)
            for key in (*low, *high)
        }
        ranked: fusion.Ranking = sorted(both.items(), key=lambda item: -item[1])
    else:
        ranked = fusion.fuse(left, right, dense_weight=variant.weight, depth=variant.depth)
    return fusion.varied(ranked) if variant.varied else ranked


def scores_of(hits: retriever.Hits) -> Mapping[str, float]:
    """Id to score, higher is better."""
    return {key: abs(float(hit["distance"])) for key, hit in hits.items()}


def stretched(scores: Mapping[str, float]) -> Mapping[str, float]:
    """Scores from 0 to 1."""
    low, high = min(scores.values(), default=0.0), max(scores.values(), default=0.0)
    return {key: (score - low) / (high - low) if high > low else 1.0 for key, score in scores.items()}


async def ablations(config: Path, file: Path) -> None:
    """One table row a variant, for the questions of ``file``."""
    rows = read_rows(file, ("gold", "snippet"))
    async with wiring.wire(config) as docent:
        live: Any = docent.retriever
        asked = [evaluating.searched(row) for row in rows]
        found = {query: await live.both(query, max(DEPTHS)) for query in asked}
        for variant in variants():
            recorded = Recorded(live, found, variant)
            limits = Limits(passages=variant.passages)
            results = [one async for one in evaluating.search_all(rows, recorded, limits)]
            print_row(variant.name, scoring.retrieval(results))


def print_row(name: str, scores: Mapping[str, Any]) -> None:
    """One line of the table."""
    print(f"| {name} | " + " | ".join(f"{scores[key]:.3f}" for key in KEYS) + " |", flush=True)


def main() -> None:
    """``python -m benchmarks.retrieval FILE [CONFIG]``; without CONFIG the documentation is indexed first."""
    file = Path(sys.argv[1]).resolve()
    print("| variant | " + " | ".join(KEYS) + " |\n|" + " --- |" * (len(KEYS) + 1))
    if len(sys.argv) > 2:
        os.chdir(Path(sys.argv[2]).parent)
        asyncio.run(ablations(Path(sys.argv[2]).resolve(), file))
        return
    with workspace("minilm") as space:
        space.docent("index")
        os.chdir(space.folder)
        asyncio.run(ablations(space.config, file))


if __name__ == "__main__":
    main()
