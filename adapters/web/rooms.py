"""Which page an address means, and where its contents come from."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import HTMLResponse, Response

from adapters.web import views
from adapters.web.exporting import exported
from adapters.web.reports import Reports
from adapters.web.requested import PERIODS, asked, period
from bot.insight.gaps import Gap, draft
from bot.insight.records import Records
from indexer.history import Run

RUNS_SHOWN = 100
STORY = re.compile(r"/t/([0-9a-zA-Z_-]{1,64})")
GAP = re.compile(r"/gaps/([0-9a-f]{12})(\.md)?")
Query = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where the pages have their contents from; only looked at, never changed."""

    records: Records
    runs: Callable[[int], Sequence[Run]]
    """The last indexing runs, latest first; blocks, and raises HistoryUnavailable."""
    described: Callable[[Gap], Awaitable[Gap]]
    """Adds what the documentation says nearest to a gap."""


class Rooms:
    """The pages by their addresses."""

    def __init__(self, sources: Sources, clock: Callable[[], float]) -> None:
        """``clock`` gives seconds since the epoch."""
        self._sources, self._clock = sources, clock
        self._reports = Reports(sources.records, clock)
        self._fixed: Mapping[str, Callable[[Query], Awaitable[Response]]] = {
            "/": self._inbox,
            "/login": self._inbox,
            "/export.csv": lambda query: exported(sources.records, asked(query), "csv", clock()),
            "/export.json": lambda query: exported(sources.records, asked(query), "json", clock()),
            "/gaps": self._gaps,
            "/figures": self._figures,
            "/digest": self._digest,
            "/index": self._index,
        }

    async def find(self, path: str, query: Query) -> Response | None:
        """The page; None where there is none. Raises LedgerUnavailable, HistoryUnavailable."""
        if path in self._fixed:
            return await self._fixed[path](query)
        if match := STORY.fullmatch(path):
            story = await self._sources.records.story(match[1])
            return HTMLResponse(views.story(story, match[1])) if story else None
        if match := GAP.fullmatch(path):
            return await self._gap(match[1], period(query), as_file=bool(match[2]))
        return None

    async def _inbox(self, query: Query) -> Response:
        return HTMLResponse(await views.inbox(self._sources.records, asked(query)))

    async def _gaps(self, query: Query) -> Response:
        days = period(query)
        return HTMLResponse(views.gaps(await self._reports.gaps(days), days))

    async def _figures(self, query: Query) -> Response:
        days = period(query)
        return HTMLResponse(views.figures(await self._reports.charted(days), days))

    async def _digest(self, query: Query) -> Response:
        days = period(query)
        return HTMLResponse(views.digest(await self._reports.digest(days), days))

    async def _index(self, query: Query) -> Response:
        del query
        return HTMLResponse(views.runs(await asyncio.to_thread(self._sources.runs, RUNS_SHOWN)))

    async def _gap(self, name: str, days: int, *, as_file: bool) -> Response | None:
        gap = None
        # A digest is read for longer than its period.
        for period_days in (days, *(other for other in PERIODS if other > days)):
            found = await self._reports.gaps(period_days)
            if gap := next((gap for gap in found.gaps if gap.id == name), None):
                days = period_days
                break
        if gap is None:
            return None
        described = await self._sources.described(gap)
        if as_file:
            headers = {"Content-Disposition": f'attachment; filename="gap-{name}.md"'}
            return Response(draft(described), media_type="text/markdown", headers=headers)
        return HTMLResponse(views.gap(described, days))
