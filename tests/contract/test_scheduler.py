"""The schedule on a real job store: each firing once, whatever dies, jumps or waits."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from sqlalchemy import Engine

from adapters import scheduler
from adapters.index_history import SqlFirings
from adapters.scheduler import IndexSchedule
from adapters.schedules import EPOCH, Schedule, trigger_of
from indexer.errors import HistoryUnavailable, IndexBusy, ScheduleUnusable, SourceUnavailable

DAILY = Schedule(sources=("docs", "faq"), every_seconds=86_400)
RAN = ("docs", "faq"), "schedule"


class Counting:
    """Firings of a database, that tell when somebody asked."""

    def __init__(self, url: str) -> None:
        self.firings, self.answers = SqlFirings(url), asyncio.Queue[bool]()
        self.down = 0
        self._loop = asyncio.get_running_loop()

    def engine(self) -> Engine:
        if self.down:
            self.down -= 1
            self._loop.call_soon_threadsafe(self.answers.put_nowait, False)
            raise HistoryUnavailable("The database is down.")
        return self.firings.engine()

    def take(self, job: str, due: int) -> bool:
        taken = self.firings.take(job, due)
        self._loop.call_soon_threadsafe(self.answers.put_nowait, taken)
        return taken


class Replica:
    """A schedule and what it ran; runs wait for ``gate``."""

    def __init__(self, url: str, *schedules: Schedule, last: float = 0.0) -> None:
        self.firings = Counting(url)
        self.runs: asyncio.Queue[tuple[Sequence[str], str]] = asyncio.Queue()
        self.gate = asyncio.Event()
        self.gate.set()
        self.errors: list[Exception] = []
        self.schedule = IndexSchedule(
            schedules=schedules or [DAILY],
            firings=self.firings,
            refresh=self.refresh,
            last_run=lambda _: last,
        )

    async def refresh(self, sources: Sequence[str], cause: str) -> None:
        self.runs.put_nowait((sources, cause))
        await self.gate.wait()
        if self.errors:
            raise self.errors.pop(0)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'ledger.db'}"


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(scheduler, "POLL_SECONDS", 0.02)


@asynccontextmanager
async def serving(replica: Replica) -> AsyncIterator[Replica]:
    stop = asyncio.Event()
    task = asyncio.create_task(replica.schedule.run(stop))
    yield replica
    stop.set()
    await task
    replica.firings.firings.close()


async def test_an_index_that_was_never_made_is_made_at_the_start(url: str) -> None:
    async with serving(Replica(url)) as replica:
        assert await replica.runs.get() == RAN


async def test_of_two_replicas_that_start_one_runs(url: str) -> None:
    one, other = Replica(url), Replica(url)
    other.runs = one.runs
    async with serving(one), serving(other):
        assert await one.runs.get() == RAN
    async with serving(Replica(url)) as late:
        assert await late.firings.answers.get() is False
    assert one.runs.empty()
    assert late.runs.empty()


async def test_a_fresh_index_is_left_alone_until_it_is_due(url: str) -> None:
    stored(url, DAILY, due_in=timedelta(hours=3))
    async with serving(Replica(url, last=time.time())) as replica:
        replica.schedule.run_now("webhook", ["faq"])
        assert await replica.runs.get() == (("faq",), "webhook")
    assert replica.runs.empty()


async def test_firings_that_were_missed_while_nothing_ran_become_one(url: str) -> None:
    hourly = Schedule(sources=("docs",), cron="0 * * * *")
    stored(url, hourly, due_in=timedelta(hours=-5))
    async with serving(Replica(url, hourly, last=time.time())) as replica:
        assert await replica.runs.get() == (("docs",), "schedule")
        assert await replica.firings.answers.get() is True
        replica.schedule.run_now("last")
        assert await replica.runs.get() == ((), "last")
    assert replica.firings.answers.empty()


async def test_a_clock_that_was_set_back_does_not_silence_the_schedule(url: str) -> None:
    stored(url, DAILY, due_in=timedelta(days=400))
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    async with serving(Replica(url, last=time.time())):
        with job_store(url) as jobs:
            async with asyncio.timeout(20):
                while jobs.get_next_run_time() > tomorrow:
                    await asyncio.to_thread(time.monotonic)
            assert (jobs.get_next_run_time() - EPOCH).total_seconds() % 86_400 == 0


@contextmanager
def job_store(url: str) -> Iterator[SQLAlchemyJobStore]:
    jobs = SQLAlchemyJobStore(url=url, tablename=scheduler.TABLE)
    jobs.start(_Scheduling(), "default")
    yield jobs
    jobs.shutdown()


class _Scheduling:
    """What a job store asks of its scheduler."""

    timezone = UTC


def stored(url: str, schedule: Schedule, due_in: timedelta) -> None:
    """A job as an earlier process left it."""
    jobs = SQLAlchemyJobStore(url=url, tablename=scheduler.TABLE)
    earlier = scheduler._Polled(jobstores={"default": jobs}, timezone=UTC)
    earlier.start(paused=True)
    earlier.add_job(
        scheduler.due,
        trigger_of(schedule),
        id=schedule.job,
        coalesce=True,
        misfire_grace_time=None,
        next_run_time=datetime.now(UTC) + due_in,
    )
    earlier.shutdown()


async def test_what_is_asked_for_during_a_run_is_done_once_after_it(url: str) -> None:
    async with serving(Replica(url, last=time.time())) as replica:
        replica.gate.clear()
        replica.schedule.run_now("webhook", ["docs"])
        await replica.runs.get()
        for source in ("faq", "docs", "faq"):
            replica.schedule.run_now("webhook", [source])
        replica.gate.set()
        assert await replica.runs.get() == (("docs", "faq"), "webhook")
        replica.schedule.run_now("webhook", ["docs"])
        replica.schedule.run_now("/docent reindex")
        assert await replica.runs.get() == ((), "webhook, /docent reindex")
    assert replica.runs.empty()


async def test_a_run_that_fails_is_not_the_last_one_and_a_busy_index_is_waited_for(url: str) -> None:
    async with serving(Replica(url, last=time.time())) as replica:
        replica.errors = [IndexBusy("Process 7."), SourceUnavailable("Down."), ValueError("planted")]
        replica.schedule.run_now("webhook", ["docs"])
        assert [await replica.runs.get() for _ in range(2)] == [(("docs",), "webhook")] * 2
        replica.schedule.run_now("by hand")
        assert await replica.runs.get() == ((), "by hand")
        replica.schedule.run_now("again")
        assert await replica.runs.get() == ((), "again")


async def test_a_database_that_is_down_at_the_start_is_tried_until_it_is_there(url: str) -> None:
    replica = Replica(url)
    replica.firings.down = 3
    async with serving(replica):
        assert await replica.runs.get() == RAN


async def test_a_changed_schedule_takes_the_place_of_the_stored_one(url: str) -> None:
    async with serving(Replica(url)) as replica:
        await replica.runs.get()
    async with serving(Replica(url, Schedule(sources=("docs",), cron="0 4 * * 1"))) as replica:
        await replica.runs.get()
    with job_store(url) as jobs:
        assert [job.id for job in jobs.get_all_jobs()] == ["cron 0 4 * * 1"]


def test_a_schedule_that_cannot_be_read_is_refused_before_anything_runs(url: str) -> None:
    with pytest.raises(ScheduleUnusable, match="five fields"):
        IndexSchedule(
            schedules=[Schedule(sources=("docs",), cron="every day")],
            firings=SqlFirings(url),
            refresh=None,  # type: ignore[arg-type]
        )
