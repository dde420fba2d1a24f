"""Runs the indexer when it is due: APScheduler, its jobs shared by replicas, each firing taken by one."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from apscheduler.executors.base import BaseExecutor
from apscheduler.jobstores.base import ConflictingIdError
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.base import BaseScheduler
from sqlalchemy import Engine

from adapters.schedules import Schedule, last_due, period_seconds, trigger_of
from indexer.errors import IndexBusy, IndexingError

log = logging.getLogger(__name__)
POLL_SECONDS = 15.0
RETRY_SECONDS = 10.0
TABLE = "index_jobs"

Refresh = Callable[[Sequence[str], str], Awaitable[None]]
"""Index these sources (empty: all), for this cause. Raises IndexBusy while somebody else does."""


class Firings(Protocol):
    """What replicas share: the jobs, and who takes a firing."""

    def engine(self) -> Engine:
        """The database of the jobs. Raises HistoryUnavailable."""
        ...

    def take(self, job: str, due: int) -> bool:
        """Whether nobody has taken it before. Raises HistoryUnavailable."""
        ...


def due() -> None:
    """What the stored jobs name; :class:`_Handing` is what happens instead."""


class IndexSchedule:
    """Keeps an index fresh until it is stopped; one run at a time, whatever sets it off."""

    def __init__(
        self,
        *,
        schedules: Sequence[Schedule],
        firings: Firings,
        refresh: Refresh,
        last_run: Callable[[Sequence[str]], float] = lambda _: 0.0,
        jitter_seconds: float = 0.0,
    ) -> None:
        """``last_run`` tells when sources were last brought in step, in seconds since 1970; a firing is
        taken up to ``jitter_seconds`` late. Raises ScheduleUnusable.
        """
        self._schedules = {schedule.job: schedule for schedule in schedules}
        self._triggers = {job: trigger_of(schedule) for job, schedule in self._schedules.items()}
        self._firings, self._refresh = firings, refresh
        self._last_run, self._jitter = last_run, jitter_seconds
        self._wanted: dict[str, Sequence[str]] = {}
        self._asked = asyncio.Event()
        self._taking: set[asyncio.Task[None]] = set()

    def run_now(self, cause: str, sources: Sequence[str] = ()) -> None:
        """Index ``sources`` (empty: all) as soon as the run at work has ended; from the event loop."""
        known = self._wanted.get(cause)
        everything = (known is not None and not known) or not sources
        self._wanted[cause] = () if everything else tuple(sorted({*(known or ()), *sources}))
        self._asked.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop``. A database that is down, or a run that fails, is logged and tried again."""
        parts = [asyncio.create_task(part) for part in (self._watch(), self._work(), stop.wait())]
        try:
            done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
            for part in done:
                part.result()
        finally:
            for part in (*parts, *self._taking):
                part.cancel()
            await asyncio.gather(*parts, *self._taking, return_exceptions=True)

    async def _watch(self) -> None:
        """Asks the job store what is due, at least every POLL_SECONDS: clocks jump, and jobs are changed."""
        loop = asyncio.get_running_loop()
        scheduler = None
        try:
            while True:
                wait = RETRY_SECONDS
                try:
                    if scheduler is None:
                        scheduler = await asyncio.to_thread(self._opened, loop)
                    wait = await asyncio.to_thread(scheduler.poll)
                except Exception as error:
                    # Replicas that start together may both be making the table: the next look finds it.
                    log.warning("the schedule cannot be read now; trying again in %g s", wait)
                    log.debug("reading the schedule failed", exc_info=error)
                    scheduler = None
                await asyncio.sleep(wait)
        finally:
            if scheduler is not None:
                scheduler.shutdown()

    async def _work(self) -> None:
        while True:
            await self._asked.wait()
            self._asked.clear()
            wanted, self._wanted = self._wanted, {}
            everything = not all(wanted.values())
            sources = (
                () if everything else tuple(sorted({name for names in wanted.values() for name in names}))
            )
            cause = ", ".join(wanted)
            try:
                await self._refresh(sources, cause)
            except IndexBusy as error:
                log.info("the index is being written, trying again: %s", error)
                await asyncio.sleep(RETRY_SECONDS)
                for again, names in wanted.items():
                    self.run_now(again, names)
            except IndexingError as error:
                log.warning("the index was not refreshed: %s", error)
            except Exception:
                log.exception("the index was not refreshed")

    def _opened(self, loop: asyncio.AbstractEventLoop) -> "_Polled":
        def fired(job: str, moment: datetime) -> None:
            loop.call_soon_threadsafe(self._begin_taking, job, moment)

        scheduler = _Polled(
            timezone=UTC,
            jobstores={"default": SQLAlchemyJobStore(engine=self._firings.engine(), tablename=TABLE)},
            executors={"default": _Handing(fired)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        scheduler.start(paused=True)
        self._agree(scheduler)
        scheduler.resume()
        return scheduler

    def _agree(self, scheduler: BaseScheduler) -> None:
        """The stored jobs become those of the configuration; of one that stays, its next time stays too."""
        stored = {job.id for job in scheduler.get_jobs()}
        for job in stored - self._schedules.keys():
            scheduler.remove_job(job)
        now = datetime.now(UTC)
        for job, schedule in self._schedules.items():
            trigger = self._triggers[job]
            old = now.timestamp() - self._last_run(schedule.sources) >= period_seconds(trigger, now)
            first = {"next_run_time": last_due(schedule, now)} if old else {}
            if job not in stored:
                try:
                    scheduler.add_job(due, trigger, id=job, name=schedule.words, **first)
                except ConflictingIdError:
                    log.debug("another replica has just stored the job", extra={"job": job})
            elif old and schedule.every_seconds is not None:
                scheduler.modify_job(job, **first)

    def _begin_taking(self, job: str, moment: datetime) -> None:
        task = asyncio.create_task(self._take(job, moment))
        self._taking.add(task)
        task.add_done_callback(self._taking.discard)

    async def _take(self, job: str, moment: datetime) -> None:
        # Before the claim, so that replicas share the work, and deployments do not all ask at full hours.
        await asyncio.sleep(random.uniform(0, self._jitter))
        while job in self._schedules:
            try:
                if await asyncio.to_thread(self._firings.take, job, round(moment.timestamp())):
                    self.run_now("schedule", self._schedules[job].sources)
                return
            except IndexingError as error:
                log.warning("nobody can say whose turn it is, trying again: %s", error)
                await asyncio.sleep(RETRY_SECONDS)


class _Polled(BaseScheduler):  # type: ignore[misc]
    """APScheduler without a thread or timer of its own: an error in between then never ends it."""

    def wakeup(self) -> None:
        """Nothing: :meth:`poll` comes soon enough."""

    def shutdown(self, wait: bool = True) -> None:
        """Let go of the job store, once nothing is read there any more."""
        with self._jobstores_lock:
            super().shutdown(wait)

    def poll(self) -> float:
        """Hand over what is due; seconds until the next poll."""
        with self._jobstores_lock:
            return self._poll() if self.running else POLL_SECONDS

    def _poll(self) -> float:
        now = datetime.now(UTC)
        for job in self.get_jobs():
            # Further away than the trigger itself would say: the clock was set back meanwhile.
            nearest = job.trigger.get_next_fire_time(None, now)
            if nearest and job.next_run_time and job.next_run_time > nearest + timedelta(seconds=1):
                job.modify(next_run_time=nearest)
        wait = self._process_jobs()
        return POLL_SECONDS if wait is None else min(wait, POLL_SECONDS)


class _Handing(BaseExecutor):  # type: ignore[misc]
    """Hands a firing over instead of running anything: it knows for when it was due."""

    def __init__(self, fired: Callable[[str, datetime], None]) -> None:
        super().__init__()
        self._fired = fired

    def submit_job(self, job: Any, run_times: Sequence[datetime]) -> None:
        """``run_times``: when it was due; of missed ones only the latest."""
        self._fired(job.id, run_times[-1])

    def _do_submit_job(self, job: Any, run_times: Sequence[datetime]) -> None:
        raise NotImplementedError
