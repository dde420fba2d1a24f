"""Faults that a test scripts: answers refused, limited, delayed, held, cut off."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from slackd.changes import PATIENCE_SECONDS, Changes

Condition = Callable[[Mapping[str, Any]], bool]


@dataclass(slots=True, kw_only=True)
class Fault:
    method: str
    """A method's name, or ``*`` for all of them."""
    kind: Literal["fail", "limit", "break", "delay", "hold"]
    times: int | None
    """How many calls it meets; None for all."""
    where: Condition | None = None
    """Which calls, by their arguments."""
    error: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    status: int = 0
    """0 drops the connection."""
    applied: bool = False
    """Whether Slack did what was asked before the connection broke."""
    gate: "Gate | None" = None

    def meets(self, method: str, args: Mapping[str, Any]) -> bool:
        wanted = self.method in ("*", method) and self.times != 0
        return wanted and (self.where is None or self.where(args))


class Gate:
    """Holds calls of a method until it is released."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self._open = asyncio.Event()
        self.waiting = 0
        """How many calls stand at it now."""

    def release(self) -> None:
        """Lets all calls through, those that come later too."""
        self._open.set()

    async def arrived(self, count: int = 1, timeout: float = PATIENCE_SECONDS) -> None:  # noqa: ASYNC109
        """Returns when so many calls stand at the gate."""
        await self._changes.until(lambda: self.waiting >= count, timeout, lambda: f"{self.waiting} waiting")

    async def passed(self) -> None:
        """Stands at the gate."""
        self.waiting += 1
        self._changes.note()
        try:
            await self._open.wait()
        finally:
            self.waiting -= 1


class Faults:
    """The script: the oldest fault that meets a call applies, delays and gates before anything else."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self._script: list[Fault] = []

    def fails(
        self,
        method: str,
        error: str,
        times: int | None = None,
        where: Condition | None = None,
        **fields: Any,
    ) -> None:
        """Lets calls of a method (``*``: of all) be answered with an error; ``times`` None is always."""
        self._script.append(
            Fault(method=method, kind="fail", error=error, times=times, where=where, fields=fields)
        )

    def limits(self, method: str, retry_after: float = 1, times: int | None = 1) -> None:
        """Lets calls be answered 429, with Retry-After in seconds."""
        self._script.append(Fault(method=method, kind="limit", seconds=retry_after, times=times))

    def breaks(self, method: str, status: int = 0, times: int | None = 1, *, applied: bool = False) -> None:
        """Lets calls be answered with an HTTP error, or (0) the connection be dropped.

        With ``applied`` Slack has done what was asked, and only the answer is lost. The SDK tries a
        dropped call once more by itself.
        """
        self._script.append(Fault(method=method, kind="break", status=status, times=times, applied=applied))

    def delays(self, method: str, seconds: float, times: int | None = None) -> None:
        """Lets calls take so long."""
        self._script.append(Fault(method=method, kind="delay", seconds=seconds, times=times))

    def holds(self, method: str, times: int | None = None, where: Condition | None = None) -> Gate:
        """Lets calls wait at a gate until the test releases it."""
        gate = Gate(self._changes)
        self._script.append(Fault(method=method, kind="hold", times=times, where=where, gate=gate))
        return gate

    def clear(self) -> None:
        """Ends all faults and lets held calls go on."""
        for fault in self._script:
            if fault.gate is not None:
                fault.gate.release()
        self._script.clear()

    async def met(self, method: str, args: Mapping[str, Any]) -> Fault | None:
        """Waits as the script says, then gives the fault that decides the call, if one does."""
        for fault in self._taken(method, args, ("delay", "hold")):
            if fault.gate is not None:
                await fault.gate.passed()
            else:
                await asyncio.sleep(fault.seconds)
        return next(self._taken(method, args, ("fail", "limit", "break")), None)

    def _taken(self, method: str, args: Mapping[str, Any], kinds: tuple[str, ...]) -> Any:
        for fault in list(self._script):
            if fault.kind in kinds and fault.meets(method, args):
                if fault.times is not None:
                    fault.times -= 1
                yield fault
