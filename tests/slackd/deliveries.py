"""What Slack sends to an app, until it is acknowledged: over a socket or by HTTP, again where need be."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from slackd.records import Fields
from slackd.workspace import Workspace

Kind = Literal["events_api", "slash_commands", "interactive"]
RETRIES = 3


@dataclass(slots=True, kw_only=True)
class Attempt:
    """One time that something was sent."""

    at: float
    """time.perf_counter()."""
    retry: int
    via: Any = None
    """The socket, or the address."""
    status: int = 0
    """Of the HTTP answer."""
    over: bool = False
    """Whether the app answered that it failed."""


@dataclass(slots=True, kw_only=True)
class Delivery:
    """One event, command or interaction on its way to the app."""

    kind: Kind
    payload: Fields
    attempts: list[Attempt] = field(default_factory=list)
    acked_at: float | None = None
    """time.perf_counter() of the first acknowledgement."""
    acks: int = 0
    answer: Any = None
    """The payload of the acknowledgement."""
    then: Callable[[Any], None] = lambda answer: None
    """Is given the payload of the first acknowledgement."""

    @property
    def event_id(self) -> str:
        return str(self.payload.get("event_id", ""))

    @property
    def event(self) -> Fields:
        """The event itself; empty for commands and interactions."""
        return dict(self.payload.get("event", {}))

    @property
    def type(self) -> str:
        return str(self.event.get("type") or self.payload.get("type") or self.payload.get("command"))


class Route(Protocol):
    """A way to the app."""

    def ready(self) -> bool:
        """Whether something can be sent now."""
        ...

    async def send(self, delivery: Delivery, retry: int, reason: str, avoid: Any = None) -> None:
        """Sends it once, not to ``avoid`` where there is another way."""
        ...


class Deliveries:
    """Sends what happens, and again what is not acknowledged, up to three times for events."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.all: list[Delivery] = []
        self.waiting: list[Delivery] = []
        """Events that came while nobody listened."""
        self.ack_seconds = 3.0
        self.retry_seconds = (0.0, 60.0, 300.0)
        self.route: Route
        self._tasks: set[asyncio.Task[None]] = set()
        self._timers: set[asyncio.TimerHandle] = set()

    def deliver(
        self, kind: Kind, payload: Fields, then: Callable[[Any], None] = lambda answer: None
    ) -> Delivery:
        """Sends something for the first time; events wait where nobody listens."""
        delivery = Delivery(kind=kind, payload=payload, then=then)
        self.all.append(delivery)
        self.workspace.changes.note()
        if self.route.ready():
            self.send(delivery, 0, "")
        elif kind == "events_api":
            self.waiting.append(delivery)
        return delivery

    def send(self, delivery: Delivery, retry: int, reason: str, avoid: Any = None) -> asyncio.Task[None]:
        """Sends it once more."""
        return self._run(self._send(delivery, retry, reason, avoid))

    def connected(self) -> None:
        """Somebody listens again: what waited is sent as a retry."""
        waiting, self.waiting = self.waiting, []
        for delivery in waiting:
            self.send(delivery, 1, "timeout")

    def lost(self, via: Any) -> None:
        """A connection broke: what it had not acknowledged goes elsewhere at once."""
        for delivery in self.all:
            if delivery.acked_at is None and delivery.attempts and delivery.attempts[-1].via is via:
                self._again(delivery, "timeout", via)

    def acknowledge(self, delivery: Delivery, answer: Any) -> None:
        """The app has it."""
        if delivery.acked_at is None:
            delivery.acked_at = time.perf_counter()
            delivery.answer = answer
            delivery.then(answer)
        delivery.acks += 1
        self.workspace.changes.note()

    def failed(self, delivery: Delivery, reason: str) -> None:
        """The app answered badly: tried again after a while."""
        delivery.attempts[-1].over = True
        waits = self.retry_seconds[min(delivery.attempts[-1].retry, RETRIES - 1)]
        self._later(waits, lambda: self._again(delivery, reason, None))

    async def close(self) -> None:
        """Stops all sending."""
        for timer in self._timers:
            timer.cancel()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def idle(self) -> bool:
        """Whether everything that was sent is acknowledged."""
        return not any(delivery.attempts and delivery.acked_at is None for delivery in self.all)

    async def _send(self, delivery: Delivery, retry: int, reason: str, avoid: Any) -> None:
        if not self.route.ready():
            if delivery.kind == "events_api" and delivery not in self.waiting:
                self.waiting.append(delivery)
            return
        count = len(delivery.attempts) + 1
        self._later(self.ack_seconds, lambda: self._overdue(delivery, count))
        await self.route.send(delivery, retry, reason, avoid)
        self.workspace.changes.note()

    def _overdue(self, delivery: Delivery, count: int) -> None:
        last = delivery.attempts[-1] if delivery.attempts else None
        if delivery.acked_at is None and len(delivery.attempts) == count and last and not last.over:
            self.failed(delivery, "timeout")

    def _again(self, delivery: Delivery, reason: str, avoid: Any) -> None:
        retry = delivery.attempts[-1].retry + 1 if delivery.attempts else 1
        if delivery.kind == "events_api" and delivery.acked_at is None and retry <= RETRIES:
            self.send(delivery, retry, reason, avoid)

    def _later(self, seconds: float, act: Callable[[], None]) -> None:
        def fire() -> None:
            self._timers.discard(timer)
            act()

        timer = asyncio.get_running_loop().call_later(seconds, fire)
        self._timers.add(timer)

    def _run(self, work: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
