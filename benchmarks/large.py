"""Indexes 100,000 chunks on a Milvus server and searches them: ``python -m benchmarks.large``."""

import asyncio
import json
import os
import re
import shutil
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import typer

from benchmarks.measuring import chunks_of
from benchmarks.workspace import ROOT, Workspace, rows, workspace
from config import wiring
from config.settings import load_settings

sys.path.append(str(ROOT / "tests" / "peers"))

from milvus_server import PEERS, free_port, serving

SERVER = "milvus 2.3.5"
SAMPLE = 2_000
TITLE = re.compile(r"(?m)^(title: |# )")
SOURCE = '[[docs]]\nname = "edition{number}"\nlocation = "edition{number}"\nurl = "https://milvus.io/docs/{{id}}"\n'


def editions(space: Workspace, count: int) -> None:
    """So many copies of the documentation; every title, and so every text to embed, is the copy's own."""
    config = space.config.read_text()
    sources = "".join(SOURCE.format(number=number) for number in range(count))
    space.config.write_text(sources + config[config.index("[llm]") :])
    for number in range(count):
        copy = space.folder / f"edition{number}"
        shutil.copytree(space.folder / "docs", copy)
        for page in copy.rglob("*.md"):
            page.write_text(TITLE.sub(rf"\g<1>Edition {number}: ", page.read_text()))


def embedder_alone(space: Workspace) -> float:
    """Texts a second, of a sample that is as long as the rest."""
    settings = load_settings(space.config)
    chunks = chunks_of(space.folder / "edition0", settings.index.chunk_chars)
    texts = [chunk.embedded for chunk in chunks[:: max(1, len(chunks) // SAMPLE)]]
    embedder = wiring.embedder_of(settings)
    embedder.encode_documents(texts[:8])
    start = perf_counter()
    embedder.encode_documents(texts)
    return len(texts) / (perf_counter() - start)


async def waits(space: Workspace) -> Sequence[float]:
    """Milliseconds of each of the evaluation's questions, the second time that it is asked."""
    took = []
    async with wiring.wire(space.config) as docent:
        for _ in range(2):
            took = []
            for row in rows():
                start = perf_counter()
                found = await docent.retriever.search(row["question"], docent.limits.passages)
                took.append((perf_counter() - start) * 1000)
                assert found, row["question"]
    return took


def measure(space: Workspace, count: int) -> None:
    """Index, between two looks at the embedder, since machines are not equally fast for half an hour."""
    editions(space, count)
    before = embedder_alone(space)
    full = space.docent("index", "--json")
    alone = statistics.mean([before, embedder_alone(space)])
    report = json.loads(full.output)
    rate = report["chunks"]["written"] / report["seconds"]
    again = space.docent("index", "--json")
    took = asyncio.run(waits(space))
    print(f"| sources, chunks on {SERVER} | {count}, {report['chunks']['total']} |")
    print(f"| of them embedded anew | {report['chunks']['embedded']} |")
    print(f"| end to end, embedder alone | {rate:.0f}, {alone:.0f} chunks/s |")
    print(f"| end to end over the embedder alone | {rate / alone:.0%} |")
    print(f"| second run, nothing changed, whole process | {again.seconds:.1f} s |")
    print(
        f"| search p50, p95 | {statistics.median(took):.1f}, {statistics.quantiles(took, n=20)[-1]:.1f} ms |"
    )


def main(model: str = "minilm", editions: int = 27) -> None:
    """Copy the documentation ``editions`` times, 3,800 chunks each, into a Milvus server; 25 minutes."""
    if not PEERS.is_dir():
        print("The Milvus server is not set up; `make test-peers` does that.", file=sys.stderr)
        raise typer.Exit(1)
    port = free_port()
    os.environ["DOCENT_MILVUS__URI"] = f"http://127.0.0.1:{port}"
    print("| what | figure |\n| --- | --- |")
    with workspace(model) as space, TemporaryDirectory(prefix="docent-bench-") as data:
        os.chdir(space.folder)
        with serving(SERVER, Path(data), port):
            measure(space, editions)


if __name__ == "__main__":
    typer.run(main)
