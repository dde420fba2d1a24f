"""The things that a guild holds: people, roles, channels, messages; and the calls made."""

from dataclasses import dataclass, field
from typing import Any, Literal

Fields = dict[str, Any]
GUILD, APP, BOT, BOT_ROLE = 611111111111111111, 622222222222222222, 622222222222222222, 633333333333333333
TEXT, DM, PUBLIC_THREAD, PRIVATE_THREAD, FORUM = 0, 1, 11, 12, 15
THREADS = (PUBLIC_THREAD, PRIVATE_THREAD)
SUPPRESS_EMBEDS, EPHEMERAL, LOADING, HAS_THREAD, COMPONENTS_V2 = 1 << 2, 1 << 6, 1 << 7, 1 << 5, 1 << 15
REPLY, COMMAND_ANSWER, STARTER, MENU_ANSWER, PLAIN = 19, 20, 21, 23, 0


@dataclass(slots=True, kw_only=True)
class User:
    id: int
    name: str
    bot: bool = False
    roles: list[int] = field(default_factory=list)
    locale: str = "en-US"
    takes_dms: bool = True


@dataclass(slots=True, kw_only=True)
class Role:
    id: int
    name: str
    permissions: int
    mentionable: bool = False
    position: int = 1


@dataclass(slots=True, kw_only=True)
class Overwrite:
    """What a channel allows and denies one role or one member."""

    id: int
    kind: Literal["role", "member"]
    allow: int = 0
    deny: int = 0


@dataclass(slots=True, kw_only=True)
class Channel:
    """A channel, a conversation of two, or a thread; threads have a parent."""

    id: int
    name: str
    type: int = TEXT
    overwrites: list[Overwrite] = field(default_factory=list)
    with_user: int = 0
    parent: int = 0
    owner: int = 0
    members: list[int] = field(default_factory=list)
    """Who joined a thread."""
    archived: bool = False
    locked: bool = False
    tags: list[Fields] = field(default_factory=list)
    applied_tags: list[int] = field(default_factory=list)
    topic: str | None = None
    slow_seconds: int = 0
    auto_archive: int = 1440

    @property
    def is_thread(self) -> bool:
        return self.type in THREADS


@dataclass(slots=True, kw_only=True)
class Message:
    id: int
    channel: int
    author: int
    content: str = ""
    embeds: list[Fields] = field(default_factory=list)
    components: list[Fields] = field(default_factory=list)
    attachments: list[Fields] = field(default_factory=list)
    flags: int = 0
    type: int = PLAIN
    reference: int = 0
    """The message that it replies to or, for the first of a thread, starts from."""
    mentions: list[int] = field(default_factory=list)
    mention_roles: list[int] = field(default_factory=list)
    mention_everyone: bool = False
    edited: str | None = None
    edits: int = 0
    versions: list[str] = field(default_factory=list)
    """Everything that its content said, oldest first."""
    at: float = 0.0
    """time.perf_counter() when it came."""
    reactions: dict[str, list[int]] = field(default_factory=dict)
    seen_by: int = 0
    """For an ephemeral, who alone sees it."""
    interaction: Fields | None = None
    webhook: int = 0
    nonce: str = ""


@dataclass(slots=True, kw_only=True)
class Call:
    """One request to the HTTP API."""

    method: str
    route: str
    """With placeholders, such as ``/channels/{channel}/messages``; the path where no route fits."""
    path: str
    body: Any
    query: Fields
    at: float
    """time.perf_counter() of its arrival."""
    status: int = 0
    """0 while it is under way, and where the connection was cut."""
    answer: Any = None
    done_at: float = 0.0
    files: tuple[str, ...] = ()

    @property
    def code(self) -> int:
        """Discord's own code of an error; 0 otherwise."""
        return int(self.answer.get("code", 0)) if self.status >= 400 and isinstance(self.answer, dict) else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Typing:
    channel: int
    user: int
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """Somebody whom a message of the bot would notify."""

    whom: int | Literal["everyone", "here"]
    """A user's or a role's id."""
    message: int
    channel: int
    by: Literal["send", "edit"]
    at: float
