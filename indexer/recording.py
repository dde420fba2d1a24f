"""Records a run: what it did, or why it did not."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from time import perf_counter

from indexer.errors import IndexingError, RolledBack, SuspiciousPlan
from indexer.history import Run
from indexer.model import Outcome, Report, SourceReport
from indexer.ports import History
from indexer.syncing import Watcher


class Noting:
    """Keeps in the history how far a run is; implements ``indexer.syncing.Watcher``."""

    def __init__(self, watcher: Watcher, history: History, run_id: str) -> None:
        """``watcher`` is told as well."""
        self._watcher, self._history, self._run_id = watcher, history, run_id
        self._pages = 0

    def planned(self, pages: int) -> None:
        """The run will write so many pages."""
        self._watcher.planned(pages)

    def wrote(self, pages: int, chunks: int) -> None:
        """So many more pages and chunks are written."""
        self._pages += pages
        self._history.wrote(self._run_id, self._pages)
        self._watcher.wrote(pages, chunks)


def recorded(
    history: History,
    work: Callable[[Watcher], Report],
    watcher: Watcher,
    *,
    cause: str,
    sources: Sequence[str],
) -> Report:
    """Do ``work``, one run over ``sources``, and remember how it ended.

    Raises IndexBusy, and whatever ``work`` does.
    """
    before = history.revisions()
    run_id = history.begin(cause)
    cut = tuple(SourceReport(source=name, outcome="cut off") for name in sources)
    run = Run(started=datetime.now(UTC), cause=cause, outcome="cut off", sources=cut)
    start = perf_counter()
    try:
        report = work(Noting(watcher, history, run_id))
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
