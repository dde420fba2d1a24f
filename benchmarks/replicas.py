"""Two replicas share a schedule: ``python -m benchmarks.replicas`` counts who ran each firing."""

import asyncio
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import typer

REPLICAS = 2


def main(
    url: str = typer.Option("", help="Shared database [default: SQLite in a temporary folder]."),
    firings: int = 20,
    every: int = 1,
    serve: str = typer.Option("", hidden=True),
) -> None:
    """Let two processes serve one schedule until so many firings are done."""
    if serve:
        asyncio.run(replica(url, Path(serve), every))
        return
    with TemporaryDirectory(prefix="docent-bench-") as name:
        folder = Path(name)
        runs = measure(url or f"sqlite:///{folder / 'ledger.db'}", folder, firings, every)
    by_due = Counter(due for due, _ in runs)
    by_replica = Counter(process for _, process in runs)
    wanted = sorted(by_due)[:firings]
    gaps = sum(later - earlier != every for earlier, later in pairwise(wanted))
    print("| what | figure |\n| --- | --- |")
    print(f"| firings, runs of them | {len(wanted)}, {sum(by_due[due] for due in wanted)} |")
    print(f"| run twice, left out | {sum(count > 1 for count in by_due.values())}, {gaps} |")
    print(f"| shared among replicas | {' / '.join(map(str, by_replica.values()))} |")


def measure(url: str, folder: Path, firings: int, every: int) -> Sequence[tuple[int, str]]:
    """Each run as when it was due and which process did it."""
    command = [sys.executable, "-m", "benchmarks.replicas", "--url", url, "--every", str(every), "--serve"]
    environ = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    processes = [
        subprocess.Popen([*command, str(folder / f"replica{number}")], env=environ)
        for number in range(REPLICAS)
    ]
    try:
        while len({due for due, _ in told(folder)}) < firings + 1:
            time.sleep(every / 2)
    finally:
        for process in processes:
            process.terminate()
            process.wait()
    return told(folder)


def told(folder: Path) -> Sequence[tuple[int, str]]:
    lines = [(line, path.name) for path in folder.glob("replica*") for line in path.read_text().splitlines()]
    return [(int(line), name) for line, name in lines]


async def replica(url: str, log: Path, every: int) -> None:
    """Serve the schedule; a run writes down for when it was due."""
    from adapters.index_history import SqlFirings
    from adapters.scheduler import IndexSchedule
    from adapters.schedules import Schedule

    class Told(SqlFirings):
        """Remembers the firing that was taken last."""

        due = 0

        def take(self, job: str, due: int) -> bool:
            taken = super().take(job, due)
            self.due = due if taken else self.due
            return taken

    firings = Told(url)

    async def refresh(sources: Sequence[str], cause: str) -> None:
        with log.open("a") as file:
            file.write(f"{firings.due}\n")

    schedules = [Schedule(sources=("docs",), every_seconds=every)]
    schedule = IndexSchedule(schedules=schedules, firings=firings, refresh=refresh, jitter_seconds=every / 10)
    await schedule.run(asyncio.Event())


if __name__ == "__main__":
    typer.run(main)
