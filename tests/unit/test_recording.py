"""What is remembered of a run, however it ends."""

from collections.abc import Mapping, Sequence

import pytest

from fakes import Quiet
from indexer.errors import IndexBusy, RolledBack, SourceUnavailable, StoreUnavailable, SuspiciousPlan
from indexer.history import Run
from indexer.model import Report, SourceReport
from indexer.recording import recorded
from indexer.syncing import Watcher


class Kept:
    """A history in memory."""

    def __init__(self, busy: bool = False) -> None:
        self.busy = busy
        self.ended: list[Run] = []
        self.written: list[tuple[str, int]] = []

    def begin(self, cause: str) -> str:
        if self.busy:
            raise IndexBusy("Process 7 has been indexing since 10:00.")
        return cause

    def wrote(self, run_id: str, pages: int) -> None:
        self.written.append((run_id, pages))

    def end(self, run_id: str, run: Run) -> None:
        self.ended.append(run)

    def runs(self, limit: int) -> Sequence[Run]:
        return self.ended[:limit]

    def revisions(self) -> Mapping[str, str]:
        return {"docs": "commit-1"}


def report(**fields: str) -> Report:
    return Report(chunks_total=9, sources=(SourceReport(source="docs", revision="commit-2", **fields),))


def run(history: Kept, work: object) -> Run:
    def working(watcher: Watcher) -> Report:
        watcher.planned(3)
        watcher.wrote(2, 9)
        watcher.wrote(1, 1)
        if isinstance(work, BaseException):
            raise work
        assert isinstance(work, Report)
        return work

    recorded(history, working, Quiet(), cause="schedule", sources=["docs"])
    return history.ended[0]


def test_a_run_tells_from_which_revision_to_which() -> None:
    kept = run(Kept(), report())
    assert (kept.outcome, kept.cause, kept.chunks_total) == ("done", "schedule", 9)
    assert (kept.sources[0].before, kept.sources[0].revision) == ("commit-1", "commit-2")


def test_a_run_without_work_and_one_with_a_source_that_failed_say_so() -> None:
    assert run(Kept(), report(outcome="nothing to do")).outcome == "nothing to do"
    failed = run(Kept(), report(outcome="failed", message="It is down."))
    assert (failed.outcome, failed.message) == ("failed", "It is down.")


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (SuspiciousPlan("Most pages would go."), "refused"),
        (RolledBack("Rolled back."), "refused"),
        (SourceUnavailable("It is down."), "failed"),
        (StoreUnavailable("The disk is full."), "failed"),
        (KeyboardInterrupt(), "cut off"),
        (ValueError("planted"), "cut off"),
    ],
)
def test_a_run_that_stops_is_remembered_with_its_reason_and_still_raises(
    error: BaseException, outcome: str
) -> None:
    history = Kept()
    with pytest.raises(type(error)):
        run(history, error)
    kept = history.ended[0]
    expected = str(error) if outcome in ("refused", "failed") else ""
    assert (kept.outcome, kept.message) == (outcome, expected)
    assert [(one.source, one.outcome, one.message) for one in kept.sources] == [("docs", outcome, expected)]


def test_nothing_is_done_while_another_run_is_at_work() -> None:
    history = Kept(busy=True)
    with pytest.raises(IndexBusy):
        run(history, AssertionError("it worked all the same"))
    assert history.ended == []


def test_how_far_a_run_is_is_remembered_meanwhile() -> None:
    history = Kept()
    run(history, report())
    assert history.written == [("schedule", 2), ("schedule", 3)]
