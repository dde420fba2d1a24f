"""Keeps all calls, and the edits of all answers together, within what Discord takes."""

import asyncio
import time
from collections.abc import Awaitable, Callable

CHANNEL_SECONDS = 1.2
"""Between two edits in one channel; Discord takes about five in five seconds."""
EDIT_SECONDS = 0.04
"""Between any two edits: they are not all that there is to say."""
CALLS_A_SECOND, AT_ONCE = 40.0, 8
"""Discord takes fifty calls within any second of one bot, and bans who is turned away too often."""


class Pacing:
    """Gives each edit its turn."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """``clock`` gives seconds, ``sleep`` waits for some."""
        self._clock, self._sleep = clock, sleep
        self._next: dict[str, float] = {}

    async def turn(self, channel: str) -> None:
        """Wait until ``channel`` may be written into again."""
        await self._slot(channel, CHANNEL_SECONDS)
        await self._slot("", EDIT_SECONDS)

    async def _slot(self, name: str, seconds: float) -> None:
        now = self._clock()
        at = max(now, self._next.get(name, 0.0))
        self._next = {other: due for other, due in self._next.items() if due > now}
        self._next[name] = at + seconds
        await self._sleep(at - now)


class CallRate:
    """Lets a few calls through at once, and then so many a second."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """``clock`` gives seconds, ``sleep`` waits for some."""
        self._clock, self._sleep = clock, sleep
        self._due = 0.0

    async def turn(self) -> None:
        """Wait until one more call fits."""
        now = self._clock()
        self._due = max(self._due, now) + 1 / CALLS_A_SECOND
        if (wait := self._due - now - AT_ONCE / CALLS_A_SECOND) > 0:
            await self._sleep(wait)
