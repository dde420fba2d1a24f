"""Kills runs at random moments and looks whether one more run heals: ``python -m benchmarks.kills``."""

import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import typer

from benchmarks.indexes import rows_of
from benchmarks.workspace import CONFIG, ROOT
from config.logs import configure_logs

STARTS = ("nothing", "an earlier state of the pages", "an index with other chunks")


def docent(folder: Path, *arguments: str, chunk_chars: int = 1_000) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "DOCENT_INDEX__CHUNK_CHARS": str(chunk_chars)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def index(folder: Path, *, chunk_chars: int = 1_000) -> float:
    """A run to its end; seconds. Raises where it fails."""
    start = perf_counter()
    process = docent(folder, "index", "--allow-mass-removal", chunk_chars=chunk_chars)
    if process.wait():
        raise RuntimeError(f"docent index ended with {process.returncode}")
    return perf_counter() - start


def edit(docs: Path) -> None:
    """Change a third of the pages, remove one, add one."""
    pages = sorted(docs.rglob("*.md"))
    for page in pages[::3]:
        page.write_text(page.read_text() + "\n## One more\n\nA section that was not there before.\n")
    pages[1].unlink()
    (docs / "added.md").write_text("# Added\n\nA page that was not there before.\n")


def prepare(folder: Path, model: str) -> dict[str, float]:
    """The databases that trials begin with, and how long a whole run takes from each, in seconds."""
    (folder / "docent.toml").write_text(CONFIG.format(model=model, models=ROOT / "data" / "models"))
    shutil.copytree(ROOT / "samples", folder / "docs")
    seconds = {}
    for start, chunk_chars in zip(STARTS[1:], (1_000, 1_400), strict=True):
        index(folder, chunk_chars=chunk_chars)
        shutil.move(folder / "data" / "docent.db", folder / start)
        shutil.rmtree(folder / "data")
    edit(folder / "docs")
    for start in STARTS:
        begin(folder, start)
        seconds[start] = index(folder)
    return seconds


def begin(folder: Path, start: str) -> None:
    shutil.rmtree(folder / "data", ignore_errors=True)
    if (folder / start).exists():
        shutil.copytree(folder / start, folder / "data" / "docent.db")


def trial(folder: Path, start: str, after: float) -> tuple[bool, bool]:
    """Kill a run after so many seconds; whether it was still at work, and whether one more heals it."""
    begin(folder, start)
    process = docent(folder, "index", "--allow-mass-removal")
    try:
        process.wait(after)
        killed = False
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        killed = process.wait() == -signal.SIGKILL
    index(folder)
    return killed, rows_of(folder / "data" / "docent.db") == rows_of(folder / "clean.db")


def main(model: str = "minilm", kills: int = 50, seed: int = 1) -> None:
    """Kill ``kills`` runs, spread over all starts and all moments."""
    configure_logs("error", "text", secrets=())
    chance = random.Random(seed)
    healed = done = 0
    with TemporaryDirectory(prefix="docent-bench-") as name:
        folder = Path(name)
        seconds = prepare(folder, model)
        begin(folder, "nothing")
        index(folder)
        shutil.move(folder / "data" / "docent.db", folder / "clean.db")
        while done < kills:
            start = STARTS[done % len(STARTS)]
            after = chance.uniform(0, seconds[start])
            killed, equal = trial(folder, start, after)
            done += killed  # one that had ended before is tried again
            healed += killed and equal
            if not equal:
                print(f"not healed: from {start}, killed after {after:.2f} s", file=sys.stderr)
    print("| what | figure |\n| --- | --- |")
    print(f"| runs killed with SIGKILL, then one more run: index equal to a clean one | {healed} of {done} |")


if __name__ == "__main__":
    typer.run(main)
