"""The small guild that the double serves: its people, roles, channels, messages and what was called."""

import time
from collections.abc import Callable, Iterator

from discordd import rights
from discordd.records import (
    BOT,
    BOT_ROLE,
    DM,
    FORUM,
    GUILD,
    Call,
    Channel,
    Fields,
    Message,
    Overwrite,
    Ping,
    Role,
    Typing,
    User,
)
from slackd.changes import Changes

EPOCH_MS = 1_420_070_400_000
MODERATORS = 644444444444444444


def _people() -> list[User]:
    return [
        User(id=BOT, name="docent", bot=True, roles=[BOT_ROLE]),
        User(id=700000000000000001, name="ann"),
        User(id=700000000000000002, name="ben"),
        User(id=700000000000000003, name="eva", roles=[MODERATORS]),
        User(id=700000000000000004, name="cibot", bot=True),
    ]


def _roles() -> list[Role]:
    staff = rights.MANAGE_GUILD | rights.MANAGE_MESSAGES | rights.MANAGE_THREADS
    return [
        Role(id=GUILD, name="@everyone", permissions=rights.EVERYDAY, position=0),
        Role(id=BOT_ROLE, name="docent", permissions=rights.EVERYDAY, position=2),
        Role(id=MODERATORS, name="moderators", permissions=rights.ADMINISTRATOR | staff, mentionable=True),
    ]


def _channels() -> list[Channel]:
    hidden = Overwrite(id=GUILD, kind="role", deny=rights.VIEW)
    invited = Overwrite(id=BOT, kind="member", allow=rights.VIEW)
    mute = Overwrite(id=BOT, kind="member", deny=rights.SEND | rights.SEND_IN_THREADS)
    flat = Overwrite(id=BOT, kind="member", deny=rights.PUBLIC_THREADS | rights.PRIVATE_THREADS)
    tags: list[Fields] = [{"id": "655555555555555551", "name": "Solved", "moderated": False}]
    return [
        Channel(id=800000000000000001, name="general"),
        Channel(id=800000000000000002, name="random"),
        Channel(id=800000000000000003, name="private", overwrites=[hidden, invited]),
        Channel(id=800000000000000004, name="secret", overwrites=[hidden]),
        Channel(id=800000000000000005, name="readonly", overwrites=[mute]),
        Channel(id=800000000000000006, name="flat", overwrites=[flat]),
        Channel(id=800000000000000007, name="help-forum", type=FORUM, tags=tags),
    ]


class Guild:
    """Everything that Discord would know; all parts of the double read and write it."""

    def __init__(self) -> None:
        self.changes = Changes()
        self.users = {user.id: user for user in _people()}
        self.roles = {role.id: role for role in _roles()}
        self.channels = {channel.id: channel for channel in _channels()}
        self.messages: dict[tuple[int, int], Message] = {}
        self.ephemerals: list[Message] = []
        self.calls: list[Call] = []
        self.typing: list[Typing] = []
        self.pings: list[Ping] = []
        self.content_granted = True
        """Whether the application has the Message Content intent."""
        self.members_granted = False
        self.announce: Callable[[str, Fields], object] = lambda kind, data: None
        """Sends an event to the app; set by the double."""
        self._last = 0

    def snowflake(self) -> int:
        """The next id: milliseconds of 2015 in the upper bits, never given twice, always growing."""
        self._last = max(self._last + 1, (time.time_ns() // 1_000_000 - EPOCH_MS) << 22)
        return self._last

    def user(self, name: int | str) -> User:
        """By id, or by a name such as ``ANN`` and ``BOT``."""
        known = self.users.get(int(name)) if str(name).isdigit() else None
        named = {user.name.upper(): user for user in self.users.values()} | {"BOT": self.users[BOT]}
        found = known or named.get(str(name).upper())
        if found is None:
            raise KeyError(f"nobody is called {name}")
        return found

    def channel(self, name: int | str) -> Channel:
        """By id, or by a name such as ``GENERAL`` and ``HELP_FORUM``; ``DM_ANN`` is Ann's with the bot."""
        if str(name).isdigit():
            return self.channels[int(name)]
        wanted = str(name).upper()
        for channel in self.channels.values():
            if channel.name.upper().replace("-", "_") == wanted and not channel.is_thread:
                return channel
        if wanted.startswith("DM_"):
            return self.conversation(self.user(wanted[3:]).id)
        raise KeyError(f"no channel is called {name}")

    def conversation(self, user: int) -> Channel:
        """The private conversation of somebody with the bot, opened where there is none."""
        for channel in self.channels.values():
            if channel.with_user == user:
                return channel
        opened = Channel(id=self.snowflake(), name="", type=DM, with_user=user)
        self.channels[opened.id] = opened
        return opened

    def rights(self, user: int, channel: Channel) -> int:
        """The permission bits of somebody in a channel."""
        where = self.channels[channel.parent] if channel.is_thread else channel
        if where.type == DM:
            return rights.ALL if user in (BOT, where.with_user) else 0
        return rights.permissions(self.users[user], where, self.roles.values())

    def sees(self, user: int, channel: Channel) -> bool:
        """Whether somebody sees a channel; a private thread is seen by its members."""
        bits = self.rights(user, channel)
        private = channel.type == 12 and user not in channel.members
        return bool(bits & rights.VIEW) and not (private and not bits & rights.MANAGE_THREADS)

    def keep(self, message: Message) -> Message:
        """Puts a message into its channel, or before the one who alone sees it."""
        message.at = time.perf_counter()
        message.versions.append(message.content)
        if message.seen_by:
            self.ephemerals.append(message)
        else:
            self.messages[message.channel, message.id] = message
        self.changes.note()
        return message

    def standing(self, message: int, channel: int = 0) -> Message:
        """A message by its id, ephemerals included; a forum post's first has its thread's id."""
        found = next(self._with_id(message, channel), None)
        if found is None:
            raise KeyError(f"there is no message {message}")
        return found

    def _with_id(self, message: int, channel: int) -> Iterator[Message]:
        for kept in (*self.messages.values(), *self.ephemerals):
            if kept.id == message and channel in (0, kept.channel):
                yield kept

    def inside(self, channel: int) -> list[Message]:
        """A channel's messages, oldest first."""
        return sorted((kept for (where, _), kept in self.messages.items() if where == channel), key=_age)

    def threads(self, parent: int = 0) -> list[Channel]:
        """All threads, or those of one channel."""
        return [each for each in self.channels.values() if each.is_thread and parent in (0, each.parent)]


def _age(message: Message) -> int:
    return message.id
