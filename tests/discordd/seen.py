"""What a test sees of the guild, and how it waits for something to be seen."""

from collections.abc import Callable
from typing import TypeVar

from discordd.faults import matches
from discordd.gateway import Gateway
from discordd.guild import Guild
from discordd.reading import Shown, shown
from discordd.records import STARTER, Call
from discordd.sessions import Event
from slackd.changes import PATIENCE_SECONDS, QUIET_SECONDS

T = TypeVar("T")
Name = int | str


class Seen:
    """Reads, and waits; channels and people go by id or by short name."""

    def __init__(self, guild: Guild, gateway: Gateway) -> None:
        self.guild, self.gateway = guild, gateway

    def message(self, message: Name) -> Shown:
        """A message as people see it now, ephemerals included."""
        return shown(self.guild.standing(int(message)))

    def channel(self, channel: Name) -> list[Shown]:
        """The messages of a channel, a conversation or a thread, oldest first; no threads inside."""
        where = self.guild.channel(channel).id
        return [shown(message) for message in self.guild.inside(where) if message.type != STARTER]

    def thread(self, thread: Name) -> list[Shown]:
        """A thread as people see it, with the message that it started from first; empty before it is."""
        where = self.guild.channels.get(int(thread))
        if where is None:
            return []
        root = self.guild.messages.get((where.parent, where.id))
        return [*([shown(root)] if root else []), *self.channel(where.id)]

    def answers(self, place: Name) -> list[Shown]:
        """What the bot wrote in a thread or a conversation, or in reply to a message of this id."""
        inside: list[Shown] = []
        if not str(place).isdigit() or int(place) in self.guild.channels:
            inside = self.channel(place)
        replies = [
            shown(message)
            for message in self.guild.messages.values()
            if str(place) == str(message.reference) and message.type != STARTER
        ]
        found = {each.id: each for each in (*inside, *replies) if each.by_bot}
        return [found[number] for number in sorted(found)]

    def ephemerals(self, user: Name, channel: Name | None = None) -> list[Shown]:
        """What one person alone sees, in a channel or anywhere."""
        who = self.guild.user(user).id
        where = None if channel is None else self.guild.channel(channel).id
        mine = [each for each in self.guild.ephemerals if each.seen_by == who]
        return [shown(each) for each in mine if where in (None, each.channel)]

    def calls(self, method: str = "", route: str = "") -> list[Call]:
        """The calls of a method whose route or path has ``route`` in it."""
        return [call for call in self.guild.calls if matches(call, method, route)]

    def sent(self, kind: str = "") -> list[Event]:
        """What happened that the app may hear: all, or by kind (``MESSAGE_CREATE``)."""
        return [event for event in self.gateway.events if kind in ("", event.kind)]

    async def until(self, predicate: Callable[[], T], timeout: float = PATIENCE_SECONDS) -> T:  # noqa: ASYNC109
        """What ``predicate`` gives as soon as it is true: looked at after every change of the double.

        AssertionError, with the latest calls, where it is not true in time.
        """
        return await self.guild.changes.until(predicate, timeout, self._latest)

    async def answered(self, place: Name, count: int = 1, timeout: float = PATIENCE_SECONDS) -> Shown:  # noqa: ASYNC109
        """The bot's ``count``-th answer in a thread as soon as it is finished: it has buttons."""

        def finished() -> list[Shown]:
            return [answer for answer in self.answers(place) if answer.finished][count - 1 : count]

        return (await self.until(finished, timeout))[0]

    async def connected(self, count: int = 1, timeout: float = PATIENCE_SECONDS) -> None:  # noqa: ASYNC109
        """Returns when the app has so many sessions open."""
        await self.until(lambda: len(self.gateway.live) >= count, timeout)

    async def idle(self, quiet: float = QUIET_SECONDS, timeout: float = PATIENCE_SECONDS) -> None:  # noqa: ASYNC109
        """Returns when no call is under way, all is written and nothing happened for ``quiet`` s.

        The only wait that looks at a clock: that an app does nothing more cannot be seen otherwise.
        """
        while True:
            await self.until(self._settled, timeout)
            count = self.guild.changes.count
            await self.guild.changes.quiet(quiet)
            if self._settled() and count == self.guild.changes.count:
                return

    def _settled(self) -> bool:
        return not self.gateway.busy and all(call.done_at for call in self.guild.calls)

    def _latest(self) -> str:
        calls = [f"{call.method} {call.route} {call.status}" for call in self.guild.calls[-12:]]
        return f"calls {calls}, sessions {len(self.gateway.live)}"
