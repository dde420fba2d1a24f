"""Replays a documentation's history commit by commit: ``python -m benchmarks.replay``."""

import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import typer

from benchmarks.indexes import digests, rows_of
from benchmarks.workspace import CONFIG, ROOT, SHARED, Unwatched
from config import indexing
from config.logs import configure_logs
from indexer.model import Report

BUNDLE = SHARED / "corpus" / "milvus-docs-en.bundle"


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout.strip()


def index(name: str, *, full: bool = False) -> Report:
    """One run into the database ``data/<name>.db`` of the working folder."""
    os.environ["DOCENT_MILVUS__URI"] = f"data/{name}.db"
    options = indexing.IndexOptions(full=full, allow_mass_removal=True)
    with indexing.wire_index(Path("docent.toml"), options) as synchronizer:
        return synchronizer.run(synchronizer.plan(), Unwatched())


def replay(folder: Path) -> tuple[int, int, int, list[str], float]:
    """Texts embedded, texts that were new, commits, the tags where a rebuild differs, seconds."""
    commits = git(folder / "docs", "rev-list", "--reverse", "HEAD").split()
    tagged = {git(folder / "docs", "rev-list", "-1", tag): tag for tag in git(folder / "docs", "tag").split()}
    embedded = new = 0
    differing, held, start = [], set[str](), perf_counter()
    for commit in commits:
        git(folder / "docs", "checkout", "--quiet", "--force", commit)
        report = index("replayed")
        rows = rows_of(folder / "data" / "replayed.db")
        if held:
            embedded += report.chunks_embedded
            new += len(digests(rows) - held)
        held = digests(rows)
        if tag := tagged.get(commit):
            index(f"rebuilt-{tag}")
            if rows_of(folder / "data" / f"rebuilt-{tag}.db") != rows:
                differing.append(tag)
            print(f"| {tag}: chunks | {len(rows)} |", flush=True)
    return embedded, new, len(commits), differing, perf_counter() - start


def main(model: str = "minilm") -> None:
    """Index every commit after the one before it, and anew at every tag."""
    configure_logs("error", "text", secrets=())
    print("| what | figure |\n| --- | --- |")
    with TemporaryDirectory(prefix="docent-bench-") as name:
        folder = Path(name)
        subprocess.run(["git", "clone", "--quiet", str(BUNDLE), str(folder / "docs")], check=True)
        (folder / "docent.toml").write_text(CONFIG.format(model=model, models=ROOT / "data" / "models"))
        os.chdir(folder)
        embedded, new, commits, differing, seconds = replay(folder)
    print(f"| commits, seconds with the rebuilds | {commits}, {seconds:.0f} |")
    print(f"| texts embedded after the first commit, texts that were new | {embedded}, {new} |")
    print(f"| embedded over new | {embedded / new:.3f} |")
    print(f"| tags at which a rebuild differs | {', '.join(differing) or 'none'} |")


if __name__ == "__main__":
    typer.run(main)
