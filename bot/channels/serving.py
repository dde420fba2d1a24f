"""Keeps the parts of the service running: one that fails comes back by itself, and takes no other down."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from bot.errors import AnswerError, SurfaceUnavailable, sentence

log = logging.getLogger(__name__)
FIRST_SECONDS, LONGEST_SECONDS = 1.0, 60.0
HOPELESS_SECONDS = 300.0
"""Between two tries where the other side said no: a token that is wrong now is wrong in a minute."""
STEADY_SECONDS = 120.0
"""A part that ran so long has recovered, and its next failure is a new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Something that runs until it is cancelled."""

    name: str
    run: Callable[[asyncio.Event], Awaitable[None]]
    """Sets the event it is given when it is ready."""
    surface: bool = False
    """Whether people ask there."""


@dataclass(slots=True, kw_only=True)
class _Course:
    """How it has gone with a part so far."""

    part: Part
    ready: bool = False
    """Whether it ever was."""
    refused: bool = False
    """Whether the other side said no before that."""


async def supervise(
    parts: Sequence[Part], stop: asyncio.Event, tell: Callable[[str], None] = log.info
) -> bool:
    """Run all parts until ``stop`` is set; whether any of them was ever ready. ``tell`` gets sentences.

    Where each surface was refused before any was ready, nobody could ask: it ends with False at once.
    """
    service = _Service([_Course(part=part) for part in parts], stop, tell)
    tasks = [asyncio.create_task(service.keep(course)) for course in service.courses]
    waiting = [asyncio.create_task(event.wait()) for event in (stop, service.hopeless)]
    await asyncio.wait([*waiting, asyncio.create_task(_all(tasks))], return_when=asyncio.FIRST_COMPLETED)
    for task in (*tasks, *waiting):
        task.cancel()
    await asyncio.gather(*tasks, *waiting, return_exceptions=True)
    return not service.hopeless.is_set() and any(course.ready for course in service.courses)


async def _all(tasks: Sequence[asyncio.Task[None]]) -> None:
    await asyncio.wait(tasks)


class _Service:
    """The parts while they run."""

    def __init__(self, courses: Sequence[_Course], stop: asyncio.Event, tell: Callable[[str], None]) -> None:
        self.courses, self._stop, self._tell = courses, stop, tell
        self.hopeless = asyncio.Event()

    async def keep(self, course: _Course) -> None:
        """Run a part, again and again where it fails."""
        wait = FIRST_SECONDS
        while not self._stop.is_set():
            began = asyncio.get_running_loop().time()
            try:
                await self._run(course)
                return
            except Exception as error:
                if asyncio.get_running_loop().time() - began > STEADY_SECONDS:
                    wait = FIRST_SECONDS
                pause = self._failed(course, error, wait)
            wait = min(wait * 2, LONGEST_SECONDS)
            with suppress(TimeoutError):
                # A little chance keeps replicas from coming back in step.
                await asyncio.wait_for(self._stop.wait(), pause * random.uniform(1.0, 1.2))

    async def _run(self, course: _Course) -> None:
        up = asyncio.Event()

        async def say() -> None:
            await up.wait()
            course.ready = True
            self._tell(f"{course.part.name}: ready.")

        saying = asyncio.create_task(say())
        try:
            await course.part.run(up)
        finally:
            saying.cancel()

    def _failed(self, course: _Course, error: Exception, wait: float) -> float:
        """Say what happened; the seconds until the next try."""
        refused, name = _refused(error), course.part.name
        log.error("part failed", extra={"part": name}, exc_info=_unforeseen(error))
        course.refused = refused and not course.ready
        pause = HOPELESS_SECONDS if refused else wait
        surfaces = [course for course in self.courses if course.part.surface]
        if surfaces and all(course.refused for course in surfaces):
            self.hopeless.set()
            self._tell(f"{name}: {_reason(error)} Nobody can ask anywhere: mend this and start again.")
        else:
            self._tell(f"{name}: {_reason(error)} Trying again in {pause:.0f} s.")
        return pause


def _refused(error: Exception) -> bool:
    return isinstance(error, SurfaceUnavailable) and not error.passing


def _reason(error: Exception) -> str:
    if isinstance(error, AnswerError):
        return sentence(error)
    if isinstance(error, SurfaceUnavailable):
        return f"{error.reason.rstrip('.')}."
    return "stopped by a defect; the log says where."


def _unforeseen(error: Exception) -> Exception | None:
    return None if isinstance(error, AnswerError | SurfaceUnavailable) else error
