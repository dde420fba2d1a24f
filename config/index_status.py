"""What an operator asks of the index: what is served, what runs did, and to go back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from adapters.schedules import next_due
from config.errors import ConfigurationError
from config.indexing import store_of, wire_history
from config.refreshing import schedules
from config.settings import Settings
from config.wiring import start
from indexer.errors import ScheduleUnusable, StoreUnavailable
from indexer.history import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """One configured source."""

    name: str
    schedule: str
    """In words, such as ``every 1h`` or ``0 4 * * *``."""
    due: datetime
    """When the service reads it next."""
    last: Run | None
    """The last run that dealt with it, its ``sources`` holding this one alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexStatus:
    """The index as a whole."""

    sources: Sequence[SourceStatus]
    running: Run | None
    serving: Mapping[str, str]
    """``served``, ``before`` and ``held``, as the store tells them; empty with ``trouble``."""
    trouble: str = ""
    """Why the index cannot be looked into now, as a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RolledBackTo:
    """What a rollback did."""

    was: str
    now: str
    answers: bool
    """Whether the configured embedding model can search what is served now."""


def status_of(config: Path | None) -> IndexStatus:
    """Raises ConfigurationError, HistoryUnavailable."""
    settings = start(config)
    serving, trouble = _serving(settings)
    with wire_history(settings) as history:
        last, latest = history.last_by_source(), history.runs(1)
    return IndexStatus(
        sources=list(_sources(settings, last)),
        running=next((run for run in latest if run.outcome == "running"), None),
        serving=serving,
        trouble=trouble,
    )


def runs_of(config: Path | None, number: int) -> Sequence[Run]:
    """The last runs, latest first. Raises ConfigurationError, HistoryUnavailable."""
    with wire_history(start(config)) as history:
        return history.runs(number)


def roll_back(config: Path | None) -> RolledBackTo:
    """Serve the index before again. Raises ConfigurationError, StoreUnavailable, IndexBusy."""
    settings = start(config)
    store = store_of(settings)
    try:
        with wire_history(settings) as history:
            run_id = history.begin("rollback")
            run = Run(started=datetime.now(UTC), cause="rollback", outcome="failed")
            try:
                was, now = store.rollback()
                run = Run(started=run.started, cause="rollback", outcome="done", message=f"{now} is served.")
                return RolledBackTo(was=was, now=now, answers=store.comparable)
            except StoreUnavailable as error:
                run = Run(started=run.started, cause="rollback", outcome="failed", message=str(error))
                raise
            finally:
                history.end(run_id, run)
    finally:
        store.close()


def _serving(settings: Settings) -> tuple[Mapping[str, str], str]:
    try:
        store = store_of(settings)
        try:
            return store.serving(), ""
        finally:
            store.close()
    except StoreUnavailable as error:
        return {}, str(error)


def _sources(settings: Settings, last: Mapping[str, Run]) -> Sequence[SourceStatus]:
    now = datetime.now(UTC)
    try:
        return [
            SourceStatus(name=name, schedule=one.words, due=next_due(one, now), last=last.get(name))
            for one in schedules(settings)
            for name in one.sources
        ]
    except ScheduleUnusable as error:
        raise ConfigurationError([str(error)]) from error
