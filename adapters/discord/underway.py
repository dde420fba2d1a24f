"""Knows the events that are being handled, so that the end of the process can wait for them."""

import asyncio
import functools
from collections.abc import Callable, Coroutine
from typing import Any

Handler = Callable[..., Coroutine[Any, Any, None]]


class Underway:
    """Handlers that have begun and not ended."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def followed(self, handler: Handler) -> Handler:
        """``handler``, known while it runs; each call runs in a task of its own."""

        @functools.wraps(handler)
        async def run(*args: Any, **kwargs: Any) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._tasks.add(task)
            try:
                await handler(*args, **kwargs)
            finally:
                self._tasks.discard(task)

        return run

    async def drain(self, seconds: float) -> None:
        """Wait so long for all that run now."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
