"""How searches fare while the whole index is written anew: ``python -m benchmarks.serving``."""

import asyncio
import os
import statistics
from collections.abc import Awaitable, Callable, Sequence
from time import perf_counter

import typer

from adapters.index_process import index_apart
from adapters.milvus.connection import served_address
from benchmarks.workspace import Unwatched, Workspace, rows, workspace
from bot.errors import AnswerError
from config import indexing, wiring

IDLE_SECONDS = 20.0
PAUSE_SECONDS = 0.05


class Reader:
    """Searches again and again, and keeps how long each took, in milliseconds."""

    def __init__(self, docent: wiring.Docent) -> None:
        self._docent, self._questions = docent, [row["question"] for row in rows()]
        self.waits: list[float] = []
        self.failed = 0

    async def until(self, ended: Callable[[], bool]) -> None:
        """Search, with a short pause in between, until ``ended``."""
        while not ended():
            question = self._questions[len(self.waits) % len(self._questions)]
            start = perf_counter()
            try:
                found = await self._docent.retriever.search(question, 8)
            except AnswerError:
                found = ()
            self.failed += not found
            self.waits.append((perf_counter() - start) * 1000)
            await asyncio.sleep(PAUSE_SECONDS)


def p95(waits: Sequence[float]) -> float:
    return statistics.quantiles(waits, n=20)[-1]


async def idle(docent: wiring.Docent) -> Reader:
    reader, end = Reader(docent), perf_counter() + IDLE_SECONDS
    await reader.until(lambda: perf_counter() > end)
    return reader


async def during(docent: wiring.Docent, work: Callable[[], Awaitable[None]]) -> tuple[Reader, float]:
    reader, start = Reader(docent), perf_counter()
    run = asyncio.ensure_future(work())
    await reader.until(run.done)
    await run
    return reader, perf_counter() - start


async def apart(space: Workspace) -> None:
    """A full run as the service does it, in a process of its own."""
    uri = wiring.start(space.config).milvus.uri
    await index_apart(space.config, (), "benchmark", lambda: served_address(uri), full=True)


async def in_thread(space: Workspace) -> None:
    """The same in a thread of this process, for comparison."""

    def work() -> None:
        with indexing.wire_index(space.config, indexing.IndexOptions(full=True)) as synchronizer:
            synchronizer.run(synchronizer.plan(), Unwatched())

    await asyncio.to_thread(work)


async def measure(space: Workspace, thread: bool) -> None:
    async with wiring.wire(space.config) as docent:
        await idle(docent)  # a first time, so that nothing is loaded while it counts
        quiet = await idle(docent)
        busy, seconds = await during(docent, lambda: (in_thread if thread else apart)(space))
    print(f"| search p50, p95, idle | {statistics.median(quiet.waits):.1f}, {p95(quiet.waits):.1f} ms |")
    print(
        f"| search p50, p95 during a full re-index ({seconds:.0f} s, {len(busy.waits)} searches) "
        f"| {statistics.median(busy.waits):.1f}, {p95(busy.waits):.1f} ms |"
    )
    print(f"| p95 during it over idle p95 | {p95(busy.waits) / p95(quiet.waits):.2f} |")
    print(f"| searches that failed or found nothing | {quiet.failed + busy.failed} |")


def main(model: str = "minilm", thread: bool = False) -> None:
    """Index the documentation, then search while it is written anew, as the service does or in a thread."""
    print("| what | figure |\n| --- | --- |")
    with workspace(model) as space:
        os.chdir(space.folder)
        space.docent("index")
        os.environ["PYTHONPATH"] = str(wiring.__file__).rsplit("/config/", 1)[0]
        asyncio.run(measure(space, thread))


if __name__ == "__main__":
    typer.run(main)
