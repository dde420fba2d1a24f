"""What a test sees of the workspace, and how it waits for something to be seen."""

from collections.abc import Callable
from typing import TypeVar

from slackd.changes import PATIENCE_SECONDS, QUIET_SECONDS
from slackd.deliveries import Deliveries, Delivery
from slackd.reading import Shown, shown, thread
from slackd.records import Call, Message
from slackd.sockets import Sockets
from slackd.workspace import Workspace

T = TypeVar("T")


class Seen:
    """Reads, and waits; channels and people go by id or by short name."""

    def __init__(self, workspace: Workspace, deliveries: Deliveries, sockets: Sockets) -> None:
        self.workspace = workspace
        self.deliveries = deliveries
        self.sockets = sockets

    def message(self, channel: str, ts: str, reader: str = "") -> Message:
        """A message as the double keeps it, ephemerals of ``reader`` included."""
        return self.workspace.standing(self.workspace.channel(channel).id, ts, reader)

    def thread(self, channel: str, ts: str) -> list[Shown]:
        """A thread as people see it, its root first."""
        return thread(self.workspace, self.workspace.channel(channel).id, ts)

    def channel(self, channel: str) -> list[Shown]:
        """All messages of a channel, replies included, oldest first."""
        where = self.workspace.channel(channel).id
        found = [message for message in self.workspace.messages.values() if message.channel == where]
        return [shown(message) for message in sorted(found, key=lambda message: message.ts)]

    def answers(self, channel: str, ts: str) -> list[Shown]:
        """What the bot wrote in a thread."""
        return [message for message in self.thread(channel, ts) if message.by_bot and message.ts != ts]

    def ephemerals(self, channel: str, user: str) -> list[Shown]:
        """What one person alone sees in a channel."""
        where, who = self.workspace.channel(channel).id, self.workspace.user(user).id
        return [
            shown(message)
            for message in self.workspace.ephemerals
            if message.channel == where and message.seen_by == who
        ]

    def calls(self, method: str = "") -> list[Call]:
        """The calls of a method, or all; ``response_url`` is the method of response URLs."""
        return [call for call in self.workspace.calls if method in ("", call.method)]

    def sent(self, kind: str = "") -> list[Delivery]:
        """What the app was sent: all, or by type (``app_mention``, ``block_actions``, ``/docent``)."""
        return [delivery for delivery in self.deliveries.all if kind in ("", delivery.type)]

    async def until(self, predicate: Callable[[], T], timeout: float = PATIENCE_SECONDS) -> T:  # noqa: ASYNC109
        """What ``predicate`` gives as soon as it is true: looked at after every change of the double.

        AssertionError, with the latest calls, where it is not true in time.
        """
        return await self.workspace.changes.until(predicate, timeout, self._latest)

    async def answered(
        self,
        channel: str,
        ts: str,
        count: int = 1,
        timeout: float = PATIENCE_SECONDS,  # noqa: ASYNC109
    ) -> Shown:
        """The bot's ``count``-th answer in a thread as soon as it is finished.

        Finished is a stream that was stopped, or a message that has buttons; ephemerals are none.
        """

        def finished() -> list[Shown]:
            return [answer for answer in self.answers(channel, ts) if answer.finished][count - 1 : count]

        return (await self.until(finished, timeout))[0]

    async def connected(self, count: int = 1, timeout: float = PATIENCE_SECONDS) -> None:  # noqa: ASYNC109
        """Returns when the app has so many connections."""
        await self.until(lambda: len(self.sockets.live) >= count, timeout)

    async def idle(self, quiet: float = QUIET_SECONDS, timeout: float = PATIENCE_SECONDS) -> None:  # noqa: ASYNC109
        """Returns when all is acknowledged, no call is under way and nothing happened for ``quiet`` s.

        The only wait that looks at a clock: that an app does nothing more cannot be seen otherwise.
        """
        while True:
            await self.until(self._settled, timeout)
            count = self.workspace.changes.count
            await self.workspace.changes.quiet(quiet)
            if self._settled() and count == self.workspace.changes.count:
                return

    def _settled(self) -> bool:
        return self.deliveries.idle() and all(call.done_at for call in self.workspace.calls)

    def _latest(self) -> str:
        calls = [f"{call.method} {call.error}".strip() for call in self.workspace.calls[-12:]]
        unacked = [delivery.type for delivery in self.deliveries.all if delivery.acked_at is None]
        return f"calls {calls}, not acknowledged {unacked}"
