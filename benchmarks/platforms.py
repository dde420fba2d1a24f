"""What the benchmarks of the chat platforms share: a folder with an index, a chat model, rows of a table."""

import asyncio
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from commands import docent, prepared
from openai_double import Reply, Request, delta, events

ANSWER = [f"word{number} " for number in range(60)] + ["and so it is kept in object storage [1]."]


class PacedModel:
    """Notes when each prompt comes, and answers at once."""

    def __init__(self) -> None:
        self.asked: list[float] = []

    def __call__(self, request: Request) -> Reply:
        """The reply to one request."""
        del request
        self.asked.append(time.perf_counter())
        return events(*[delta(word) for word in ANSWER])


async def indexed(work: Path) -> Path:
    """A working folder with an index of the sample pages."""
    folder = prepared(work, Path(__file__).parents[1] / "data" / "models")
    run = await asyncio.to_thread(docent, folder, "index")
    assert run.returncode == 0, run.stderr
    return folder


def show(name: str, seconds: Sequence[float]) -> None:
    """One row: median and 95th percentile in milliseconds."""
    p50, p95 = statistics.median(seconds), statistics.quantiles(seconds, n=20)[-1]
    row(name, f"{p50 * 1000:.0f} / {p95 * 1000:.0f} ms")


def row(name: str, figure: str) -> None:
    """One line of the table, as soon as it is known."""
    print(f"| {name} | {figure} |", flush=True)
