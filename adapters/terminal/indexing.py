"""``docent index``: plan, show, run, report."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from adapters.terminal.index_runs import source_json
from adapters.terminal.interrupts import remembered
from adapters.terminal.streams import one_line
from indexer.model import Plan, Report
from indexer.ports import History
from indexer.recording import recorded
from indexer.syncing import Synchronizer, Watcher, summary

LISTED = 20
NICE = 10


class Bar:
    """Shows a run as a progress bar; implements ``indexer.syncing.Watcher``."""

    def __init__(self, progress: Progress, interrupted: Callable[[], None]) -> None:
        """``progress`` is running already; ``interrupted`` raises once Ctrl-C was pressed."""
        self._progress, self._interrupted = progress, interrupted
        self._task = progress.add_task("Reading", total=None)

    def planned(self, pages: int) -> None:
        """The run will write so many pages."""
        self._progress.update(self._task, description="Indexing pages", total=pages)

    def wrote(self, pages: int, chunks: int) -> None:
        """So many more pages and chunks are written."""
        self._interrupted()
        self._progress.advance(self._task, pages)


def index(
    synchronizer: Synchronizer, history: History, *, dry_run: bool, as_json: bool, cause: str = "by hand"
) -> bool:
    """One indexing run, or only its plan; whether every source was dealt with. Raises IndexingError."""
    if dry_run:
        plan = synchronizer.plan()
        _print(summary(plan), as_json, plan)
        return not plan.skipped
    with _bar() as watcher:
        report = recorded(
            history,
            lambda noting: synchronizer.run(synchronizer.plan(), noting),
            watcher,
            cause=cause,
            sources=synchronizer.names,
        )
    _print(report, as_json)
    return not any(one.message for one in report.sources)


def give_way() -> None:
    """Let everything else on this machine go first: answers do not wait for an index."""
    os.nice(NICE)


@contextmanager
def _bar() -> Iterator[Watcher]:
    console = Console(file=sys.stderr)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    shown = Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
    with shown as progress, remembered() as interrupted:
        yield Bar(progress, interrupted)


def _print(report: Report, as_json: bool, plan: Plan | None = None) -> None:
    if as_json:
        print(json.dumps(report_json(report), ensure_ascii=False))
        return
    if plan is not None:
        _print_plan(plan)
    print(
        f"Pages: {report.added} added, {report.changed} changed, {report.removed} removed, "
        f"{report.unchanged} unchanged, {len(report.failed)} failed"
    )
    if plan is None:
        print(
            f"Chunks: {report.chunks_written} written ({report.chunks_embedded} embedded anew), "
            f"{report.chunks_removed} removed, {report.chunks_total} in all"
        )
        print(f"Took {report.seconds:.1f} s, {report.embed_seconds:.1f} s of it embedding")
    for source in report.sources:
        if source.message:
            print(one_line(f"Left as it was: {source.source}: {source.message}"), file=sys.stderr)
    for failure in report.failed:
        print(one_line(f"Not indexed: {failure.key.path}: {failure.reason}"), file=sys.stderr)


def _print_plan(plan: Plan) -> None:
    lines = [f"+ {page.key.path}" for page in plan.added] + [f"~ {page.key.path}" for page in plan.changed]
    lines += [f"- {key.path}" for key in plan.removed]
    print("\n".join(map(one_line, lines[:LISTED])))
    if len(lines) > LISTED:
        print(f"... and {len(lines) - LISTED} more")


def report_json(report: Report) -> dict[str, Any]:
    """A report as ``docent index --json`` prints it."""
    return {
        "pages": {
            "added": report.added,
            "changed": report.changed,
            "removed": report.removed,
            "unchanged": report.unchanged,
            "failed": len(report.failed),
        },
        "chunks": {
            "written": report.chunks_written,
            "embedded": report.chunks_embedded,
            "removed": report.chunks_removed,
            "total": report.chunks_total,
        },
        "seconds": report.seconds,
        "embed_seconds": report.embed_seconds,
        "sources": [source_json(one) for one in report.sources],
        "failures": [
            {"source": failure.key.source, "path": failure.key.path, "reason": failure.reason}
            for failure in report.failed
        ],
    }
