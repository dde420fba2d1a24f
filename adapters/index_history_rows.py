"""Between the words of the indexing core and the rows of its history."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row

from adapters.index_history_tables import COUNTS
from indexer.history import Run
from indexer.model import Failure, Outcome, PageKey, SourceReport

MOST_FAILURES = 200
CUT_OFF = "The run ended before it was done: its process was stopped. The next run completes it."


def run_row(run_id: str, target: str, owner: str, cause: str, now: float) -> dict[str, Any]:
    """A run that begins; ``now`` in seconds since 1970."""
    return {
        "id": run_id,
        "target": target,
        "started": now,
        "seconds": 0.0,
        "cause": cause,
        "owner": owner,
        "outcome": "running",
        "message": "",
        "chunks_total": 0,
    }


def so_far(pages: int) -> str:
    """How far a run is that has written so many pages."""
    return f"{pages} {'page was' if pages == 1 else 'pages were'} written."


def source_row(run_id: str, report: SourceReport) -> dict[str, Any]:
    """What a run did with one source."""
    failed = report.failed[:MOST_FAILURES]
    return {
        "run_id": run_id,
        "source": report.source,
        "outcome": report.outcome,
        "message": _sendable(report.message),
        "revision": report.revision[:256],
        "before": report.before[:256],
        **{name: getattr(report, name) for name in COUNTS},
        "seconds": report.seconds,
        "failed": [[_sendable(one.key.path), _sendable(one.reason)] for one in failed],
    }


def run_of(row: Row[Any], sources: Sequence[Row[Any]], running: str) -> Run:
    """A run as it is told; ``running`` is the id of the one that lives, if any."""
    dead = row.outcome == "running" and row.id != running
    outcome: Outcome = "cut off" if dead else row.outcome
    return Run(
        started=datetime.fromtimestamp(row.started, UTC),
        cause=row.cause,
        owner=row.owner,
        outcome=outcome,
        message=f"{row.message} {CUT_OFF}".strip() if outcome == "cut off" else row.message,
        seconds=row.seconds,
        chunks_total=row.chunks_total,
        sources=tuple(_report_of(one) for one in sorted(sources, key=lambda one: str(one.source))),
    )


def of_source(run: Run) -> Run:
    """A run with one source's part of it, ended as that source's part did: others may have fared worse."""
    (report,) = run.sources
    return replace(run, outcome=report.outcome, message=report.message)


def _report_of(row: Row[Any]) -> SourceReport:
    failed = (
        Failure(key=PageKey(source=row.source, path=path), reason=reason) for path, reason in row.failed
    )
    counts = {name: getattr(row, name) for name in COUNTS}
    return SourceReport(
        source=row.source,
        outcome=row.outcome,
        message=row.message,
        revision=row.revision,
        before=row.before,
        failed=tuple(failed),
        seconds=row.seconds,
        **counts,
    )


def _sendable(text: str) -> str:
    # File names may hold bytes that are no text, and PostgreSQL refuses NUL.
    return text.encode("utf-8", "replace").decode().replace("\0", " ")
