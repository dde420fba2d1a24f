"""Waiting for the double's state without polling: every change wakes those who wait."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")
LOOK_SECONDS = 0.05
PATIENCE_SECONDS = 60.0
"""How long a test waits for what must come: only a failure takes so long, also on a busy machine."""
QUIET_SECONDS = 0.3
"""How long nothing must happen for a test to take it that nothing more will."""


class Changes:
    """Counts the changes of a workspace and wakes the tests that wait for one."""

    def __init__(self) -> None:
        self.count = 0
        self._waiting: set[asyncio.Future[None]] = set()

    def note(self) -> None:
        """Something changed."""
        self.count += 1
        for future in self._waiting:
            if not future.done():
                future.set_result(None)

    async def next(self) -> None:
        """Returns at the next change."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await future
        finally:
            self._waiting.discard(future)

    async def _next_or_look(self) -> None:
        """A predicate may read what the double cannot see change, so it is looked at now and then, too."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await self.next()

    async def until(
        self,
        predicate: Callable[[], T],
        timeout: float,  # noqa: ASYNC109
        seen: Callable[[], str],
    ) -> T:
        """What ``predicate`` gives as soon as that is true; AssertionError with ``seen()`` otherwise."""
        try:
            async with asyncio.timeout(timeout):
                while not (found := predicate()):
                    await self._next_or_look()
                return found
        except TimeoutError:
            raise AssertionError(f"waited {timeout} s in vain; so far: {seen()}") from None

    async def quiet(self, seconds: float) -> None:
        """Returns when nothing changed for so many seconds."""
        while True:
            try:
                async with asyncio.timeout(seconds):
                    await self.next()
            except TimeoutError:
                return
