"""Does what is due at set times, each time once among all processes that share a ledger."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.errors import LedgerUnavailable

log = logging.getLogger(__name__)
TICK_SECONDS = 60.0

Take = Callable[[str, int], Awaitable[bool]]
"""Whether this process is the first to ask for what was due then (seconds since the epoch), by its name.

Raises LedgerUnavailable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chore:
    """One thing to do, again and again."""

    name: str
    """The same for all processes."""
    due: Callable[[float], float]
    """The latest time up to now for which it is due; both in seconds since the epoch."""
    do: Callable[[float], Awaitable[bool]]
    """Does what was due then; False to try again. Raises LedgerUnavailable."""
    ready: Callable[[], bool] = lambda: True
    """Whether this process can do it now; another one may."""
    late_seconds: float = 86_400.0
    """Later than so much it is left undone."""


class Chores:
    """Looks every minute what is due. A process that was away does it late; one that dies at it leaves it."""

    def __init__(self, chores: Sequence[Chore], *, take: Take, clock: Callable[[], float]) -> None:
        self._chores, self._take, self._clock = chores, take, clock
        self._mine: dict[str, float] = {}
        self._over: dict[str, float] = {}

    async def keep(self) -> None:
        """Tend until cancelled."""
        while True:
            await self.tend()
            await asyncio.sleep(TICK_SECONDS)

    async def tend(self) -> None:
        """Do what is due; what fails is logged and tried again the next time, while it is not too late."""
        for chore in self._chores:
            try:
                await self._tend(chore)
            except LedgerUnavailable as error:
                log.warning("not done", extra={"chore": chore.name, "reason": error.reason})
            except Exception:
                log.exception("defect in a chore", extra={"chore": chore.name})
                self._over[chore.name] = chore.due(self._clock())

    async def _tend(self, chore: Chore) -> None:
        now = self._clock()
        due = chore.due(now)
        if self._over.get(chore.name) == due or now - due > chore.late_seconds or not chore.ready():
            return
        if self._mine.get(chore.name) != due:
            if not await self._take(chore.name, round(due)):
                self._over[chore.name] = due
                return
            self._mine[chore.name] = due
        if await chore.do(due):
            self._over[chore.name] = due


def daily(now: float) -> float:
    """The latest midnight (UTC) up to ``now``."""
    return now // 86_400 * 86_400
