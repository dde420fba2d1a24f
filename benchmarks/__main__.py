"""Prints a table of figures, each from this very run (``make bench``)."""

import os
import platform
import sys
from collections.abc import Callable, Sequence

import typer

from benchmarks import measuring
from benchmarks.workspace import ARCHIVE, Workspace, workspace

Rows = Sequence[tuple[str, str]]


def main(model: str = typer.Option("minilm", help="Embedding model, as in [embedding] model.")) -> None:
    """Index, search and answer on the Milvus documentation; a few minutes."""
    if not ARCHIVE.is_file():
        print("make bench needs the Milvus documentation in ../shared, which is not here.", file=sys.stderr)
        raise typer.Exit(1)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    print(f"embedding model {model}; {cores} cores, Python {platform.python_version()}\n")
    print("| what | figure |\n| --- | --- |")
    with workspace(model) as space:
        os.chdir(space.folder)
        parts: Sequence[Callable[[Workspace], Rows]] = (
            measuring.indexing,
            measuring.commands,
            measuring.quality,
            measuring.peer,
        )
        for part in parts:
            for name, figure in part(space):
                print(f"| {name} | {figure} |", flush=True)


if __name__ == "__main__":
    typer.run(main)
