"""Keeps the answers that are being written, so that they can be stopped and waited for."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any


class Jobs:
    """Running coroutines by name, one a name."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._tasks

    def start(self, name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Begin ``work``; it is forgotten when it ends."""
        task = asyncio.create_task(work)
        self._tasks[name] = task
        task.add_done_callback(lambda done: self._forget(name, done))
        return task

    async def run(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """The same, until it ends or is stopped."""
        await asyncio.wait([self.start(name, work)])

    async def stop(self, name: str) -> None:
        """End the work of that name at once, and wait until it let go of everything."""
        if task := self._tasks.get(name):
            task.cancel()
            await asyncio.wait([task])

    async def drain(self, seconds: float) -> Sequence[str]:
        """Wait so long for all work, end the rest, and tell its names."""
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=seconds)
        left = list(self._tasks)
        for name in left:
            await self.stop(name)
        return left

    def _forget(self, name: str, task: asyncio.Task[None]) -> None:
        if self._tasks.get(name) is task:
            del self._tasks[name]
        if not task.cancelled() and (error := task.exception()):
            asyncio.get_running_loop().call_exception_handler(
                {"message": "an answer ended with an error", "exception": error, "task": task}
            )
