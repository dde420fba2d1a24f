"""Remembers indexing runs in the ledger's database, and lets one process at a time write an index."""

import logging
import time
from collections.abc import Mapping, Sequence
from threading import Event
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from adapters.index_claims import beating, claim, lives, owner
from adapters.index_history_rows import of_source, run_of, run_row, so_far, source_row
from adapters.index_history_tables import CLAIMS, FIRINGS, RUNS, SOURCES, IndexDatabase
from indexer.errors import HistoryUnavailable
from indexer.history import Run

log = logging.getLogger(__name__)
KEPT_SECONDS = 400 * 86_400.0
FIRINGS_KEPT_SECONDS = 30 * 86_400.0
CLOCK_ERROR_SECONDS = 600.0
DONE = ("done", "nothing to do")


class SqlHistory:
    """The runs over one index; implements ``indexer.ports.History``.

    A database that is down is logged, and the run goes on without it.
    """

    def __init__(self, *, url: str, target: str) -> None:
        """``url`` as in ``[ledger]``; ``target`` names the index among those that share the database."""
        self._database, self._target = IndexDatabase(url), target
        self._beating: Event | None = None
        self._noted = False

    def begin(self, cause: str) -> str:
        """Claim the index; gives the run's id. Raises IndexBusy, which says who has it."""
        run_id, now = uuid4().hex, time.time()
        try:
            with self._database.begin() as connection:
                claim(connection, self._target, run_id, now)
                died = (RUNS.c.target == self._target, RUNS.c.outcome == "running")
                connection.execute(update(RUNS).where(*died).values(outcome="cut off"))
                old = select(RUNS.c.id).where(RUNS.c.started < now - KEPT_SECONDS)
                connection.execute(delete(SOURCES).where(SOURCES.c.run_id.in_(old)))
                connection.execute(delete(RUNS).where(RUNS.c.id.in_(old)))
                connection.execute(insert(RUNS).values(run_row(run_id, self._target, owner(), cause, now)))
        except HistoryUnavailable as error:
            log.warning("this run is not recorded: %s", error)
            return run_id
        self._beating, self._noted = beating(self._database, run_id), True
        return run_id

    def wrote(self, run_id: str, pages: int) -> None:
        """Keep how far a run is; once that fails no more, because a run does not wait for it."""
        if not self._noted:
            return
        mine = update(RUNS).where(RUNS.c.id == run_id, RUNS.c.outcome == "running")
        try:
            with self._database.begin() as connection:
                connection.execute(mine.values(message=so_far(pages), seconds=time.time() - RUNS.c.started))
        except HistoryUnavailable as error:
            self._noted = False
            log.warning("how far this run is, is not recorded: %s", error)

    def end(self, run_id: str, run: Run) -> None:
        """Let the index go, and keep what the run did."""
        if self._beating is not None:
            self._beating.set()
        # What a run that was cut off had written stays said.
        known = ("outcome", "seconds", "chunks_total", *(("message",) if run.outcome != "cut off" else ()))
        try:
            with self._database.begin() as connection:
                connection.execute(delete(CLAIMS).where(CLAIMS.c.run_id == run_id))
                values = {name: getattr(run, name) for name in known}
                connection.execute(update(RUNS).where(RUNS.c.id == run_id).values(values))
                if rows := [source_row(run_id, report) for report in run.sources]:
                    connection.execute(insert(SOURCES), rows)
        except HistoryUnavailable as error:
            log.warning("how this run ended is not recorded: %s", error)

    def runs(self, limit: int) -> Sequence[Run]:
        """The last runs, latest first; one that died is told as cut off. Raises HistoryUnavailable."""
        latest = select(RUNS).where(RUNS.c.target == self._target).order_by(RUNS.c.started.desc())
        with self._database.begin() as connection:
            rows = connection.execute(latest.limit(limit)).all()
            parts = select(SOURCES).where(SOURCES.c.run_id.in_([row.id for row in rows]))
            sources = connection.execute(parts).all()
            held = connection.execute(select(CLAIMS).where(CLAIMS.c.target == self._target)).first()
        running = held.run_id if held and lives(held, time.time()) else ""
        return [run_of(row, [one for one in sources if one.run_id == row.id], running) for row in rows]

    def revisions(self) -> Mapping[str, str]:
        """By source, what the last run that was done with it read; empty where nothing is known."""
        done = (
            select(SOURCES.c.source, SOURCES.c.revision)
            .join(RUNS, RUNS.c.id == SOURCES.c.run_id)
            .where(RUNS.c.target == self._target, SOURCES.c.outcome.in_(DONE))
            .order_by(RUNS.c.started)
        )
        try:
            with self._database.begin() as connection:
                # The latest comes last and so stays.
                return {row.source: row.revision for row in connection.execute(done)}
        except HistoryUnavailable:
            return {}

    def last_by_source(self) -> Mapping[str, Run]:
        """Of each source the last run that dealt with it, and how that ended for this source alone.

        Raises HistoryUnavailable.
        """
        query = (
            select(SOURCES.c.source, SOURCES.c.run_id)
            .join(RUNS, RUNS.c.id == SOURCES.c.run_id)
            .where(RUNS.c.target == self._target)
            .order_by(RUNS.c.started)
        )
        with self._database.begin() as connection:
            latest = {row.source: row.run_id for row in connection.execute(query)}
            rows = connection.execute(select(RUNS).where(RUNS.c.id.in_(latest.values()))).all()
            sources = connection.execute(select(SOURCES).where(SOURCES.c.run_id.in_(latest.values()))).all()
        by_id: dict[str, Any] = {row.id: row for row in rows}
        return {
            one.source: of_source(run_of(by_id[one.run_id], [one], ""))
            for one in sources
            if latest[one.source] == one.run_id
        }

    def close(self) -> None:
        """Close all connections; what was claimed stays claimed until it is stale."""
        if self._beating is not None:
            self._beating.set()
        self._database.close()


class SqlFirings:
    """Lets each firing of a schedule be taken once, whoever asks; the replicas share the database."""

    def __init__(self, url: str) -> None:
        """``url`` as in ``[ledger]``."""
        self._database = IndexDatabase(url)

    def engine(self) -> Engine:
        """The database, for the scheduler's own table. Raises HistoryUnavailable."""
        return self._database.engine()

    def close(self) -> None:
        """Close all connections."""
        self._database.close()

    def take(self, job: str, due: int) -> bool:
        """Whether this process is the first to ask for the firing of ``job`` that was due then.

        ``due`` in seconds since 1970. Raises HistoryUnavailable where nobody can tell.
        """
        now = time.time()
        old, ahead = (
            FIRINGS.c.claimed < now - FIRINGS_KEPT_SECONDS,
            FIRINGS.c.claimed > now + CLOCK_ERROR_SECONDS,
        )
        try:
            with self._database.begin() as connection:
                # Taken in the future: the clock was set back, and these times come a second time.
                connection.execute(delete(FIRINGS).where(old | ahead))
                connection.execute(insert(FIRINGS).values(job=job, due=due, claimed=now))
        except HistoryUnavailable as error:
            if isinstance(error.__cause__, IntegrityError):
                return False
            raise
        return True
