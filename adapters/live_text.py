"""Shows a text while it is written, no faster than its platform allows, the last of it never lost."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from bot.errors import SurfaceUnavailable

log = logging.getLogger(__name__)
PATIENCE_SECONDS = 3.0


class LiveText:
    """A text that grows, and what keeps showing it."""

    def __init__(self, show: Callable[[], Awaitable[None]], pace: Callable[[], float]) -> None:
        """``show`` shows the text as it is then; ``pace`` is the seconds from one time to the next."""
        self._show, self._pace = show, pace
        self.text = ""
        self._ending, self._more = asyncio.Event(), asyncio.Event()
        self._showing: asyncio.Task[None] | None = None

    @property
    def ending(self) -> bool:
        """Whether the whole of it is about to be shown by somebody else."""
        return self._ending.is_set()

    def add(self, text: str) -> None:
        """Let ``text`` be shown as soon as the pace allows."""
        self.text += text if self.text else text.lstrip()
        self._more.set()
        if self._showing is None:
            self._showing = asyncio.create_task(self._keep_showing())

    async def settle(self) -> None:
        """Show no more, and wait for what is on its way; ``text`` is then to be shown by others."""
        self._ending.set()
        self._more.set()
        if self._showing is not None:
            await self._showing

    async def stop(self) -> None:
        """Show no more. Never fails; waits a little for what is on its way, so that it is known of."""
        if self._showing is not None:
            self._ending.set()
            self._more.set()
            await asyncio.wait([self._showing], timeout=PATIENCE_SECONDS)
            self._showing.cancel()
            await asyncio.wait([self._showing])

    async def _keep_showing(self) -> None:
        while not self._ending.is_set():
            await self._more.wait()
            self._more.clear()
            if self._ending.is_set():
                return
            try:
                await self._show()
            except SurfaceUnavailable as error:
                # Nothing is lost: the next time, or at the end, all of the text is shown.
                log.info("not shown yet", extra={"reason": error.reason})
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), self._pace())
