"""Records a run: what it did, or why it did not."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from time import perf_counter

from indexer.errors import IndexingError, RolledBack, SuspiciousPlan
from indexer.history import Run
from indexer.model import Outcome, Report, SourceReport
from indexer.ports import History


def recorded(history: History, work: Callable[[], Report], *, cause: str, sources: Sequence[str]) -> Report:
    """Do ``work``, one run over ``sources``, and remember how it ended.

    Raises IndexBusy, and whatever ``work`` does.
    """
    before = history.revisions()
    run_id = history.begin(cause)
    run, start = Run(started=datetime.now(UTC), cause=cause, outcome="cut off"), perf_counter()
    try:
        report = work()
        run = _done(run, report)
        return report
    except IndexingError as error:
        run = _stopped(run, error, sources)
        raise
    finally:
        marked = tuple(replace(one, before=before.get(one.source, "")) for one in run.sources)
        history.end(run_id, replace(run, sources=marked, seconds=round(perf_counter() - start, 2)))


def _done(run: Run, report: Report) -> Run:
    outcomes = {one.outcome for one in report.sources}
    worst: Sequence[Outcome] = ("failed", "refused", "done", "nothing to do")
    outcome: Outcome = next((one for one in worst if one in outcomes), "done")
    message = next((one.message for one in report.sources if one.message), "")
    return replace(
        run, outcome=outcome, message=message, chunks_total=report.chunks_total, sources=report.sources
    )


def _stopped(run: Run, error: IndexingError, sources: Sequence[str]) -> Run:
    outcome: Outcome = "refused" if isinstance(error, SuspiciousPlan | RolledBack) else "failed"
    reports = (SourceReport(source=name, outcome=outcome, message=str(error)) for name in sources)
    return replace(run, outcome=outcome, message=str(error), sources=tuple(reports))
