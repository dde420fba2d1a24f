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


async def supervise(
    parts: Sequence[Part], stop: asyncio.Event, tell: Callable[[str], None] = log.info
) -> bool:
    """Run all parts until ``stop`` is set; whether any of them was ever ready. ``tell`` gets sentences."""
    ready = [asyncio.Event() for _ in parts]
    tasks = [
        asyncio.create_task(_kept(part, flag, stop, tell)) for part, flag in zip(parts, ready, strict=True)
    ]
    waiting = asyncio.create_task(stop.wait())
    await asyncio.wait([waiting, asyncio.create_task(_all(tasks))], return_when=asyncio.FIRST_COMPLETED)
    for task in (*tasks, waiting):
        task.cancel()
    await asyncio.gather(*tasks, waiting, return_exceptions=True)
    return any(flag.is_set() for flag in ready)


async def _all(tasks: Sequence[asyncio.Task[None]]) -> None:
    await asyncio.wait(tasks)


async def _kept(part: Part, ready: asyncio.Event, stop: asyncio.Event, tell: Callable[[str], None]) -> None:
    wait = FIRST_SECONDS
    while not stop.is_set():
        began = asyncio.get_running_loop().time()
        try:
            await _told_ready(part, ready, tell)
            return
        except Exception as error:
            if asyncio.get_running_loop().time() - began > STEADY_SECONDS:
                wait = FIRST_SECONDS
            pause = HOPELESS_SECONDS if _hopeless(error) else wait
            log.error("part failed", extra={"part": part.name}, exc_info=_unforeseen(error))
            tell(f"{part.name}: {_reason(error)} Trying again in {pause:.0f} s.")
        wait = min(wait * 2, LONGEST_SECONDS)
        with suppress(TimeoutError):
            # A little chance keeps replicas from coming back in step.
            await asyncio.wait_for(stop.wait(), pause * random.uniform(1.0, 1.2))


async def _told_ready(part: Part, ready: asyncio.Event, tell: Callable[[str], None]) -> None:
    up = asyncio.Event()

    async def say() -> None:
        await up.wait()
        ready.set()
        tell(f"{part.name}: ready.")

    saying = asyncio.create_task(say())
    try:
        await part.run(up)
    finally:
        saying.cancel()


def _hopeless(error: Exception) -> bool:
    return isinstance(error, SurfaceUnavailable) and not error.passing


def _reason(error: Exception) -> str:
    if isinstance(error, AnswerError):
        return sentence(error)
    if isinstance(error, SurfaceUnavailable):
        return f"{error.reason.rstrip('.')}."
    return "stopped by a defect; the log says where."


def _unforeseen(error: Exception) -> Exception | None:
    return None if isinstance(error, AnswerError | SurfaceUnavailable) else error
