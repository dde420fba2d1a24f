"""Faults that a test scripts: answers refused, limited, delayed, held, cut off."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from discordd.records import Call
from slackd.changes import PATIENCE_SECONDS, Changes

Condition = Callable[[Call], bool]


@dataclass(slots=True, kw_only=True)
class Fault:
    method: str
    """``PATCH``, or ``*`` for all of them."""
    route: str
    """A part of the route (``/messages/{message}``) or of the path."""
    kind: Literal["fail", "limit", "break", "delay", "hold"]
    times: int | None
    """How many calls it meets; None for all."""
    where: Condition | None = None
    code: int = 0
    message: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    status: int = 0
    """0 drops the connection."""
    scope: Literal["user", "shared", "global", "cloudflare"] = "user"
    applied: bool = False
    """Whether Discord did what was asked before the connection broke."""
    gate: "Gate | None" = None

    def meets(self, call: Call) -> bool:
        if self.times == 0 or not matches(call, self.method, self.route):
            return False
        return self.where is None or self.where(call)


def matches(call: Call, method: str, route: str) -> bool:
    """Whether a call is of this method (empty or ``*`` for all) and of this route, or a part of it."""
    return method in ("", "*", call.method) and (route in call.route or route in call.path)


class Gate:
    """Holds calls of a route until it is released."""

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
        route: str,
        status: int,
        code: int = 0,
        times: int | None = None,
        where: Condition | None = None,
        message: str = "",
        **fields: Any,
    ) -> None:
        """Lets calls be answered with an error in Discord's form; ``times`` None is always."""
        fault = Fault(method=method, route=route, kind="fail", times=times, where=where)
        fault.status, fault.code, fault.message, fault.fields = status, code, message, fields
        self._script.append(fault)

    def limits(
        self,
        method: str,
        route: str,
        retry_after: float = 1,
        times: int | None = 1,
        scope: Literal["user", "shared", "global", "cloudflare"] = "user",
        code: int = 0,
    ) -> None:
        """Lets calls be answered 429, to be tried again after so many seconds.

        ``cloudflare`` is the ban of the address after too many bad calls: no JSON and no ``Via``.
        ``code`` 30046 is the extra limit of edits to messages older than an hour.
        """
        fault = Fault(method=method, route=route, kind="limit", times=times, scope=scope)
        fault.seconds, fault.code, fault.status = retry_after, code, 429
        self._script.append(fault)

    def breaks(
        self, method: str, route: str, status: int = 0, times: int | None = 1, *, applied: bool = False
    ) -> None:
        """Lets calls be answered with an HTTP error that is no JSON, or (0) the connection be dropped.

        With ``applied`` Discord has done what was asked, and only the answer is lost.
        """
        fault = Fault(method=method, route=route, kind="break", times=times, applied=applied)
        fault.status = status
        self._script.append(fault)

    def delays(self, method: str, route: str, seconds: float, times: int | None = None) -> None:
        """Lets calls take so long."""
        self._script.append(Fault(method=method, route=route, kind="delay", seconds=seconds, times=times))

    def holds(
        self, method: str, route: str, times: int | None = None, where: Condition | None = None
    ) -> Gate:
        """Lets calls wait at a gate until the test releases it."""
        gate = Gate(self._changes)
        fault = Fault(method=method, route=route, kind="hold", times=times, where=where, gate=gate)
        self._script.append(fault)
        return gate

    def clear(self) -> None:
        """Ends all faults and lets held calls go on."""
        for fault in self._script:
            if fault.gate is not None:
                fault.gate.release()
        self._script.clear()

    async def met(self, call: Call) -> Fault | None:
        """Waits as the script says, then gives the fault that decides the call, if one does."""
        for fault in self._taken(call, ("delay", "hold")):
            if fault.gate is not None:
                await fault.gate.passed()
            else:
                await asyncio.sleep(fault.seconds)
        return next(self._taken(call, ("fail", "limit", "break")), None)

    def _taken(self, call: Call, kinds: tuple[str, ...]) -> Iterator[Fault]:
        for fault in list(self._script):
            if fault.kind in kinds and fault.meets(call):
                if fault.times is not None:
                    fault.times -= 1
                yield fault
