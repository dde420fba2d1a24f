"""The history of runs on real databases: kept, claimed once, told truly of what died."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from adapters.index_history import SqlFirings, SqlHistory
from adapters.index_history_tables import CLAIMS, IndexDatabase
from indexer.errors import HistoryUnavailable, IndexBusy
from indexer.history import Run
from indexer.model import Failure, PageKey, SourceReport
from postgres import Postgres, running_postgres

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with running_postgres() as postgres:
        yield postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'data' / 'ledger.db'}"
    postgres: Postgres = request.getfixturevalue("server")
    return postgres.database(
        "".join(filter(str.isalpha, request.node.name.lower()))[-50:] + str(time.time_ns())
    )


@pytest.fixture
def another(url: str) -> Iterator[Callable[..., SqlHistory]]:
    """Opens histories as other processes would."""
    opened = []

    def open_history(target: str = "index docs", place: str = url) -> SqlHistory:
        opened.append(SqlHistory(url=place, target=target))
        return opened[-1]

    yield open_history
    for one in opened:
        one.close()


@pytest.fixture
def history(another: Callable[..., SqlHistory]) -> SqlHistory:
    return another()


def run(*sources: SourceReport, **fields: object) -> Run:
    defaults: dict[str, object] = {"started": datetime.now(UTC), "outcome": "done"}
    return Run(sources=sources, **(defaults | fields))  # type: ignore[arg-type]


def test_a_run_is_told_as_it_was(history: SqlHistory) -> None:
    failure = Failure(key=PageKey(source="docs", path="a\udcff\0.md"), reason="is not UTF-8 text")
    report = SourceReport(
        source="docs", revision="c2", before="c1", added=1, changed=2, removed=3, unchanged=4,
        failed=(failure,), chunks_written=5, chunks_embedded=2, seconds=0.5,
    )  # fmt: skip
    history.end(history.begin("schedule"), run(report, seconds=1.5, chunks_total=99))
    (told,) = history.runs(10)
    assert (told.cause, told.outcome, told.seconds, told.chunks_total) == ("schedule", "done", 1.5, 99)
    assert told.owner == f"{socket.gethostname()}:{os.getpid()}"
    (kept,) = told.sources
    assert (kept.before, kept.revision, kept.chunks_written, kept.chunks_embedded) == ("c1", "c2", 5, 2)
    assert [one.reason for one in kept.failed] == ["is not UTF-8 text"]
    assert history.revisions() == {"docs": "c2"}


def test_the_latest_run_comes_first_and_each_source_has_its_own_last(history: SqlHistory) -> None:
    for number, name in enumerate(("docs", "faq", "docs")):
        report = SourceReport(source=name, revision=f"c{number}")
        history.end(history.begin("schedule"), run(report))
    failed = SourceReport(source="faq", outcome="failed", message="It is down.")
    history.end(history.begin("schedule"), run(failed, outcome="failed", message="It is down."))
    assert [told.sources[0].source for told in history.runs(2)] == ["faq", "docs"]
    last = history.last_by_source()
    assert (last["docs"].sources[0].revision, last["faq"].message) == ("c2", "It is down.")
    assert history.revisions() == {"docs": "c2", "faq": "c1"}


def test_a_source_is_not_blamed_for_another_one(history: SqlHistory) -> None:
    down = SourceReport(source="faq", outcome="failed", message="It is down.")
    parts = (SourceReport(source="docs", added=2), down)
    history.end(history.begin("by hand"), run(*parts, outcome="failed", message="It is down."))
    last = history.last_by_source()
    assert [(last[name].outcome, last[name].message) for name in ("docs", "faq")] == [
        ("done", ""),
        ("failed", "It is down."),
    ]


def test_the_second_of_two_runs_learns_who_is_at_work(
    history: SqlHistory, another: Callable[..., SqlHistory]
) -> None:
    first = history.begin("by hand")
    with pytest.raises(IndexBusy, match=rf"Process {os.getpid()} has been indexing since \d\d:"):
        another().begin("by hand")
    other = another("another index")
    other.end(other.begin("by hand"), run())
    assert history.runs(1)[0].outcome == "running"
    history.end(first, run())
    history.end(history.begin("by hand"), run())


def test_of_many_that_begin_at_once_one_runs(another: Callable[..., SqlHistory]) -> None:
    gate = threading.Barrier(8)

    def begin(_: int) -> bool:
        mine = another()
        gate.wait()
        try:
            mine.begin("schedule")
            return True
        except IndexBusy:
            return False

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(begin, range(8))) == 1


def test_a_run_whose_process_was_killed_is_cut_off_and_stands_in_nobodys_way(
    history: SqlHistory, url: str
) -> None:
    code = (
        "import sys; from adapters.index_history import SqlHistory;"
        "history = SqlHistory(url=sys.argv[1], target='index docs');"
        "history.wrote(history.begin('by hand'), 61);"
        "print('begun', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, url]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "begun\n"
        with pytest.raises(IndexBusy, match=f"Process {process.pid} "):
            history.begin("by hand")
        process.send_signal(signal.SIGKILL)
    (told,) = history.runs(9)
    assert told.outcome == "cut off"
    assert told.seconds > 0
    history.end(history.begin("by hand"), run())
    assert [told.outcome for told in history.runs(9)] == ["done", "cut off"]
    assert history.runs(9)[1].message.startswith("61 pages were written. ")
    assert history.runs(9)[1].message.endswith("The next run completes it.")


def test_a_run_that_is_interrupted_tells_what_it_had_written(history: SqlHistory) -> None:
    begun = history.begin("by hand")
    history.wrote(begun, 1)
    assert history.runs(1)[0].message == "1 page was written."
    history.end(begun, run(SourceReport(source="docs", outcome="cut off"), outcome="cut off", seconds=2.5))
    history.wrote(begun, 9)
    (told,) = history.runs(1)
    assert (told.message.split(" The")[0], told.seconds) == ("1 page was written.", 2.5)
    assert told.sources[0].outcome == "cut off"


def test_a_run_that_is_done_says_no_more_how_far_it_was(history: SqlHistory) -> None:
    begun = history.begin("by hand")
    history.wrote(begun, 5)
    history.end(begun, run())
    assert history.runs(1)[0].message == ""


@pytest.mark.parametrize("ago", [120.0, -7200.0])
def test_a_claim_that_nobody_renews_is_taken_over(
    history: SqlHistory, another: Callable[..., SqlHistory], url: str, ago: float
) -> None:
    history.begin("by hand")
    database = IndexDatabase(url)
    with database.begin() as connection:
        connection.execute(update(CLAIMS).values(owner="elsewhere:1", beat=time.time() - ago))
    database.close()
    another().begin("by hand")


def test_each_firing_is_taken_once_however_many_ask(url: str) -> None:
    replicas = [SqlFirings(url) for _ in range(4)]
    with ThreadPoolExecutor(16) as threads:
        asked = [(replica, due) for due in range(0, 2000, 100) for replica in replicas]
        taken = list(threads.map(lambda ask: ask[0].take("every 100 s", ask[1]), asked))
    assert sum(taken) == 20
    assert not replicas[0].take("every 100 s", 0)
    assert replicas[0].take("every 200 s", 0)
    for replica in replicas:
        replica.close()


def test_after_the_clock_was_set_back_the_same_times_can_be_taken_again(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    firings, now = SqlFirings(url), time.time()
    assert firings.take("job", 100)
    monkeypatch.setattr(time, "time", lambda: now - 86_400)
    assert firings.take("job", 100)
    assert not firings.take("job", 100)
    firings.close()


@pytest.mark.parametrize(
    "bad", ["sqlite:////proc/none/ledger.db", "postgresql+psycopg://127.0.0.1:1/x", "x://y"]
)
def test_a_history_that_is_down_stops_no_run(bad: str, caplog: pytest.LogCaptureFixture) -> None:
    history = SqlHistory(url=bad, target="index docs")
    assert history.revisions() == {}
    history.end(history.begin("by hand"), run())
    assert "this run is not recorded" in caplog.text
    with pytest.raises(HistoryUnavailable):
        history.runs(1)
    with pytest.raises(HistoryUnavailable):
        SqlFirings(bad).take("job", 1)
    history.close()
