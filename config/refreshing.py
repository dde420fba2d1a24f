"""Wires what keeps the index fresh within the service: schedules, and runs in a process of their own."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from adapters.index_history import SqlFirings
from adapters.index_process import index_apart
from adapters.milvus.sharing import offer, offered
from adapters.scheduler import IndexSchedule
from adapters.schedules import Schedule
from config import values
from config.errors import ConfigurationError
from config.indexing import wire_history
from config.sections import APPROVED
from config.settings import Settings
from indexer.errors import HistoryUnavailable, ScheduleUnusable
from indexer.history import Run

log = logging.getLogger(__name__)


def schedules(settings: Settings) -> Sequence[Schedule]:
    """Each time-table with its sources: their own, or that of ``[index]``."""
    index = settings.index
    timed = sorted(
        (table.every_seconds or 0, table.cron, table.name)
        if table.every or table.cron
        else (index.every_seconds or 0, index.cron, table.name)
        for table in settings.docs
    )
    return [
        Schedule(sources=tuple(name for *_, name in group), every_seconds=seconds or None, cron=cron)
        for (seconds, cron), group in groupby(timed, key=lambda one: one[:2])
    ]


@contextmanager
def wire_schedule(config: Path | None, settings: Settings) -> Iterator[IndexSchedule]:
    """What keeps the index fresh; its ``run(stop)`` is a part of the service. Raises ConfigurationError."""
    firings = SqlFirings(settings.ledger.url)

    async def refresh(sources: Sequence[str], cause: str) -> None:
        # The service opens a Milvus Lite file first, so that it never finds it taken by its own run.
        await index_apart(config, sources, cause, lambda: offer(settings.milvus.uri))

    try:
        with offered(settings.milvus.uri):
            yield IndexSchedule(
                schedules=schedules(settings),
                firings=firings,
                refresh=refresh,
                last_run=lambda sources: last_run(settings, sources),
                jitter_seconds=values.seconds(settings.index.jitter) if settings.index.jitter else 0,
            )
    except ScheduleUnusable as error:
        raise ConfigurationError([str(error)]) from error
    finally:
        firings.close()


def relearning(schedule: IndexSchedule | None) -> Callable[[], None] | None:
    """Starts a run over what the support team has approved; None where this process does not index."""
    return None if schedule is None else lambda: schedule.run_now("approved by the team", (APPROVED,))


def last_run(settings: Settings, sources: Sequence[str]) -> float:
    """When all of these were last brought in step, in seconds since 1970; 0 where one never was."""
    with wire_history(settings) as history:
        try:
            last = history.last_by_source()
        except HistoryUnavailable as error:
            log.warning("the last run is not known: %s", error)
            return datetime.now(UTC).timestamp()
    return min((_when(last.get(source)) for source in sources), default=0.0)


def _when(run: Run | None) -> float:
    return run.started.timestamp() if run and run.sources[0].outcome in ("done", "nothing to do") else 0.0
