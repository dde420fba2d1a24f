"""The small workspace that the double serves: its people, channels, messages and what was called."""

import random
import time
from collections.abc import Callable, Iterable

from slackd.changes import Changes
from slackd.records import BOT, BOT_ID, EVENTS, SCOPES, Call, Channel, Fields, Message, Status, User, View
from slackd.refusal import Refused


def _people() -> list[User]:
    return [
        User(id=BOT, name="docent", bot_id=BOT_ID),
        User(id="U0ANN00001", name="ann"),
        User(id="U0BEN00001", name="ben"),
        User(id="U0EVA00001", name="eva", admin=True),
        User(id="U0EXT00001", name="olga", team="T0OTHER001"),
        User(id="U0CIBOT001", name="cibot", bot_id="B0CIBOT001"),
    ]


def _channels(everybody: Iterable[str]) -> list[Channel]:
    people = set(everybody)
    return [
        Channel(id="C0GENERAL1", name="general", members=set(people)),
        Channel(id="C0RANDOM01", name="random", members=set(people)),
        Channel(id="C0ABSENT01", name="absent", members=people - {BOT}),
        Channel(id="C0PRIVATE1", name="private", kind="group", members=set(people)),
        Channel(id="C0SECRET01", name="secret", kind="group", members=people - {BOT}),
        Channel(id="C0OLD00001", name="old", members=set(people), archived=True),
    ]


class Workspace:
    """Everything that Slack would know; all parts of the double read and write it."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.changes = Changes()
        self.users = {user.id: user for user in _people()}
        self.channels = {channel.id: channel for channel in _channels(self.users)}
        self.messages: dict[tuple[str, str], Message] = {}
        self.ephemerals: list[Message] = []
        self.calls: list[Call] = []
        self.statuses: list[Status] = []
        self.views: dict[str, View] = {}
        self.titles: dict[tuple[str, str], str] = {}
        self.prompts: dict[tuple[str, str], Fields] = {}
        self.triggers: dict[str, str] = {}
        """Trigger ids not yet used, with their user."""
        self.used_triggers: set[str] = set()
        self.scopes = set(SCOPES)
        self.subscribed = set(EVENTS)
        self.announce: Callable[[Fields], None] = lambda event: None
        """Sends an event to the app; set by the double."""
        self._last = 0
        self._ids = 0

    def ts(self) -> str:
        """The next timestamp: microseconds since the epoch, in Slack's spelling, never given twice."""
        self._last = max(self._last + 100, time.time_ns() // 1000)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    def id(self, prefix: str) -> str:
        """An id that nothing else has, such as ``Ev0000000001``."""
        self._ids += 1
        return f"{prefix}{self._ids:010d}"

    def user(self, name: str) -> User:
        """By id, or by an alias such as ``U_ANN``."""
        for user in self.users.values():
            if (
                name == user.id
                or name == f"U_{user.name.upper()}"
                or (name in ("BOT", "U_BOT") and user.id == BOT)
            ):
                return user
        raise KeyError(f"nobody is called {name}")

    def channel(self, name: str) -> Channel:
        """By id, by an alias such as ``C_GENERAL``; ``D_ANN`` is Ann's conversation with the bot."""
        if name in self.channels:
            return self.channels[name]
        for channel in self.channels.values():
            if name == f"C_{channel.name.upper()}":
                return channel
        if name.startswith("D_"):
            return self.conversation(self.user(f"U_{name[2:]}").id)
        raise KeyError(f"no channel is called {name}")

    def conversation(self, user: str) -> Channel:
        """The private conversation of a user with the bot, opened where there is none."""
        for channel in self.channels.values():
            if channel.with_user == user:
                return channel
        opened = Channel(id=self.id("D"), name="", kind="im", members={user, BOT}, with_user=user)
        self.channels[opened.id] = opened
        return opened

    def keep(self, message: Message) -> Message:
        """Puts a message into its channel."""
        message.at = time.perf_counter()
        self.messages[message.channel, message.ts] = message
        self.changes.note()
        return message

    def replies(self, channel: str, ts: str) -> list[Message]:
        """A thread, oldest first, its root included where it still exists."""
        found = [
            message
            for message in self.messages.values()
            if message.channel == channel and ts in (message.ts, message.thread_ts)
        ]
        return sorted(found, key=lambda message: message.ts)

    def standing(self, channel: str, ts: str, reader: str = "") -> Message:
        """A message by its channel and timestamp, ephemerals of ``reader`` (or of all) included."""
        for message in self.ephemerals:
            if (message.channel, message.ts) == (channel, ts) and message.seen_by in (
                reader or message.seen_by,
            ):
                return message
        return self.messages[channel, ts]

    def status_of(self, channel: str, thread_ts: str) -> str:
        """What the status of a thread says now; empty where there is none."""
        told = [item.text for item in self.statuses if (item.channel, item.thread_ts) == (channel, thread_ts)]
        return told[-1] if told else ""

    def note_status(self, channel: str, thread_ts: str, text: str, loading: tuple[str, ...] = ()) -> None:
        """Keeps what a status became; an empty one is none."""
        at = time.perf_counter()
        self.statuses.append(Status(channel=channel, thread_ts=thread_ts, text=text, loading=loading, at=at))
        self.changes.note()

    def found(self, channel: str, ts: str) -> Message:
        """A message by its channel and timestamp; refuses as Slack does."""
        message = self.messages.get((channel, str(ts)))
        if message is None or message.subtype == "tombstone":
            raise Refused("message_not_found")
        return message
