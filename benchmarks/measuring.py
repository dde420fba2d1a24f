"""The measurements, one function a question, each in seconds, milliseconds or shares."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from time import perf_counter
from typing import Any

from benchmarks import tutorial
from benchmarks.workspace import Workspace, rows
from bot.evaluation import evaluating, scoring
from config import wiring
from indexer import chunking

Rows = Sequence[tuple[str, str]]


def indexing(space: Workspace) -> Rows:
    """A full run, the embedder alone on the same chunks, then runs with less to do."""
    full = space.docent("index", "--json")
    memory = getrusage(RUSAGE_CHILDREN).ru_maxrss / 1024
    report = json.loads(full.output)
    alone = _embedder_alone(space)
    written, seconds = report["chunks"]["written"], report["seconds"]
    nothing = space.docent("index", "--json")
    space.page.write_text(space.page.read_text() + "\n## One more\n\nA new section.\n")
    changed = json.loads(space.docent("index", "--json").output)
    return (
        ("pages, chunks", f"{report['pages']['added']}, {written}"),
        ("full index, whole process", f"{full.seconds:.1f} s"),
        ("peak memory of it", f"{memory:.0f} MB"),
        ("end to end", f"{written / seconds:.0f} chunks/s"),
        ("embedder alone, same chunks, same minutes", f"{written / alone:.0f} chunks/s"),
        ("end to end over the embedder alone", f"{alone / seconds:.0%}"),
        ("embedding's share of the run itself", f"{report['embed_seconds'] / seconds:.0%}"),
        ("second run, nothing changed, whole process", f"{nothing.seconds:.1f} s"),
        ("  chunks written by it", str(json.loads(nothing.output)["chunks"]["written"])),
        (
            "one page changed: chunks written, seconds",
            f"{changed['chunks']['written']}, {changed['seconds']:.2f} s",
        ),
    )


def commands(space: Workspace) -> Rows:
    """What somebody at a terminal waits for, each the best of three."""
    waits = {
        "docent --help": ("--help",),
        "docent ask, cold": ("ask", "How is data stored in Milvus?"),
        "docent search, cold": ("search", "How is data stored in Milvus?"),
    }
    return [
        (name, f"{min(space.docent(*arguments).seconds for _ in range(3)):.2f} s")
        for name, arguments in waits.items()
    ]


def quality(space: Workspace) -> Rows:
    """Docent's retrieval and extractive answers on the public questions."""
    asked = rows()
    found, said = asyncio.run(_asked(space, asked))
    retrieval, answers = scoring.retrieval(found), scoring.answers(said)
    return (
        *_retrieval_rows("Docent", retrieval),
        ("Docent: facts_found in extracts", f"{answers['facts_found']:.3f}"),
        ("Docent: citations valid", f"{answers['citations_valid']:.3f}"),
        ("Docent: longest extract", f"{max(len(one.answer.text) for one in said if one.answer)} characters"),
    )


def peer(space: Workspace) -> Rows:
    """The tutorial's pipeline over the same pages with the same embedder."""
    embedder = wiring.embedder_of(wiring.start(space.config))
    root = space.folder / "docs" / "en"
    client, count, seconds = tutorial.index(root, space.folder / "tutorial.db", embedder.encode_documents)
    found = tutorial.search_all(client, rows(), embedder.encode_queries)
    return (
        ("tutorial: pieces, seconds to index", f"{count}, {seconds:.1f} s"),
        *_retrieval_rows("tutorial", scoring.retrieval(found)),
        (
            "tutorial: snippet in the 3 pieces it sends",
            f"{scoring.share(list(map(tutorial.top_three_holds, found))):.3f}",
        ),
    )


async def _asked(
    space: Workspace, asked: Sequence[Mapping[str, Any]]
) -> tuple[list[scoring.Found], list[scoring.Said]]:
    # Paths of the index are relative to the working folder.
    async with wiring.wire(space.config) as docent:
        found = [one async for one in evaluating.search_all(asked, docent.retriever, docent.limits)]
        said = [one async for one in evaluating.answer_all(asked, docent.answerer)]
    return found, said


def _retrieval_rows(name: str, scores: Mapping[str, float]) -> Rows:
    shares = " / ".join(f"{scores[f'hit@{k}']:.3f}" for k in (1, 3, 5, 10))
    recall = f"{scores['context_recall@6000']:.3f} / {scores['context_recall@12000']:.3f}"
    return (
        (f"{name}: hit@1 / 3 / 5 / 10", shares),
        (f"{name}: context_recall@6000 / @12000", recall),
        (f"{name}: search p50 / p95", f"{scores['p50_ms']} / {scores['p95_ms']} ms"),
    )


def _embedder_alone(space: Workspace) -> float:
    settings = wiring.start(space.config)
    chunks = chunks_of(space.folder / "docs", settings.index.chunk_chars)
    texts = [chunk.embedded for chunk in chunks]
    embedder = wiring.embedder_of(settings)
    embedder.encode_documents(texts[:8])
    start = perf_counter()
    embedder.encode_documents(texts)
    return perf_counter() - start


def chunks_of(folder: Path, size: int) -> Sequence[chunking.Chunk]:
    """What the documentation in ``folder`` is cut into, at most ``size`` characters each."""
    from adapters.markup import Markup
    from adapters.sources.location import source_at
    from indexer import markdown

    parser = Markup()
    with source_at(str(folder), cache_dir=folder.parent / "cache").open() as tree:
        pages, _ = markdown.pages(
            tree, source="milvus", url="https://milvus.io/docs/{id}", anchors="milvus", recipe=""
        )
    return [
        chunk
        for page in pages
        for chunk in chunking.chunks(page, parser.blocks(page.text), anchors="milvus", size=size)
    ]
