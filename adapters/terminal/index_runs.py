"""``docent index status``, ``history`` and ``rollback``: what the index serves and what its runs did."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from adapters.terminal.streams import one_line
from indexer.history import Run
from indexer.model import SourceReport

SHORT = 12
FAILURES_SHOWN = 10
ROLES = {
    "served": "Served",
    "before": "Kept for `docent index rollback`",
    "held": "Held back since a rollback",
}


class OfSource(Protocol):
    """One source's status."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def schedule(self) -> str: ...  # noqa: D102
    @property
    def due(self) -> datetime: ...  # noqa: D102
    @property
    def last(self) -> Run | None: ...  # noqa: D102


class OfIndex(Protocol):
    """The index's status."""

    @property
    def sources(self) -> Sequence[OfSource]: ...  # noqa: D102
    @property
    def running(self) -> Run | None: ...  # noqa: D102
    @property
    def serving(self) -> Mapping[str, str]: ...  # noqa: D102
    @property
    def trouble(self) -> str: ...  # noqa: D102


class Back(Protocol):
    """What a rollback did."""

    @property
    def was(self) -> str: ...  # noqa: D102
    @property
    def now(self) -> str: ...  # noqa: D102
    @property
    def answers(self) -> bool: ...  # noqa: D102


def show_history(runs: Sequence[Run], *, as_json: bool) -> None:
    """The runs, latest first."""
    if as_json:
        print(json.dumps({"runs": [run_json(run) for run in runs]}, ensure_ascii=False))
        return
    if not runs:
        print("No run is recorded yet. Begin with: docent index")
    for run in runs:
        print("\n".join(map(one_line, _run_lines(run))))


def show_status(status: OfIndex, *, as_json: bool) -> None:
    """What is served, and each source with its last run and its next."""
    if as_json:
        print(json.dumps(status_json(status), ensure_ascii=False))
        return
    for role, words in ROLES.items():
        if status.serving.get(role):
            print(one_line(f"{words}: {status.serving[role]}"))
    if status.trouble:
        print(one_line(f"What is served cannot be seen now: {status.trouble}"), file=sys.stderr)
    if status.running:
        print(one_line(f"A run is at work since {_when(status.running.started)}: {status.running.owner}"))
    for source in status.sources:
        print(one_line(f"{source.name}: {source.schedule}, next {_when(source.due)} while the service runs"))
        lines = _run_lines(source.last) if source.last else ["  never indexed"]
        print("\n".join(map(one_line, (f"  {line.strip()}" for line in lines))))


def show_rollback(done: Back, *, as_json: bool) -> None:
    """What is served now, and what else is to do."""
    if as_json:
        print(json.dumps({"was": done.was, "now": done.now, "answers": done.answers}))
        return
    print(one_line(f"Served now: {done.now}"))
    print(one_line(f"Before: {done.was}; kept, and no run brings it back but `docent index --full`."))
    if not done.answers:
        print("Set embedding.model back to the model that is named, and restart the service: until then it")
        print("cannot search this index.")


def run_json(run: Run) -> dict[str, Any]:
    """A run as ``--json`` prints it; times in UTC, ISO 8601."""
    return {
        "started": run.started.isoformat(timespec="seconds"),
        "cause": run.cause,
        "by": run.owner,
        "outcome": run.outcome,
        "message": run.message,
        "seconds": run.seconds,
        "chunks_total": run.chunks_total,
        "sources": [source_json(report) for report in run.sources],
    }


def source_json(report: SourceReport) -> dict[str, Any]:
    """What a run did with one source."""
    return {
        "source": report.source,
        "outcome": report.outcome,
        "message": report.message,
        "from": report.before,
        "to": report.revision,
        "pages": {
            "added": report.added,
            "changed": report.changed,
            "removed": report.removed,
            "unchanged": report.unchanged,
            "failed": len(report.failed),
        },
        "chunks": {"written": report.chunks_written, "embedded": report.chunks_embedded},
        "seconds": report.seconds,
        "failures": [{"path": failure.key.path, "reason": failure.reason} for failure in report.failed],
    }


def status_json(status: OfIndex) -> dict[str, Any]:
    """The status as ``--json`` prints it."""
    return {
        "index": {**status.serving, "error": status.trouble},
        "running": run_json(status.running) if status.running else None,
        "sources": [
            {
                "source": source.name,
                "schedule": source.schedule,
                "due": source.due.isoformat(timespec="seconds"),
                "last": run_json(source.last) if source.last else None,
            }
            for source in status.sources
        ],
    }


def _run_lines(run: Run) -> Iterator[str]:
    # A process that was killed at once left no time.
    took = f", {run.seconds:.1f} s" if run.seconds or run.outcome != "cut off" else ""
    yield f"{_when(run.started)}  {run.outcome}, {run.cause}{took}"
    if run.message:
        yield f"  {run.message}"
    for report in run.sources:
        yield f"  {report.source}{_revisions(report)}: {_counts(report)}"
        if report.message and report.message != run.message:
            yield f"    {report.message}"
        for failure in report.failed[:FAILURES_SHOWN]:
            yield f"    not indexed: {failure.key.path}: {failure.reason}"
        if len(report.failed) > FAILURES_SHOWN:
            yield f"    ... and {len(report.failed) - FAILURES_SHOWN} more"


def _counts(report: SourceReport) -> str:
    if report.outcome in ("refused", "failed", "cut off"):
        return report.outcome
    return (
        f"{report.added} added, {report.changed} changed, {report.removed} removed, "
        f"{report.unchanged} unchanged, {len(report.failed)} failed; {report.chunks_written} chunks written, "
        f"{report.chunks_embedded} embedded; {report.seconds:.1f} s"
    )


def _revisions(report: SourceReport) -> str:
    before, after = report.before[:SHORT], report.revision[:SHORT]
    if not after:
        return ""
    return f" {before} -> {after}" if before and before != after else f" {after}"


def _when(moment: datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")
