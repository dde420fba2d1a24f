"""The things that a workspace holds: people, channels, messages, streams, views; and the calls made."""

from dataclasses import dataclass, field
from typing import Any, Literal

Fields = dict[str, Any]
TEAM, DOMAIN, APP = "T0ACME0001", "acme", "A0DOCENT01"
BOT, BOT_ID = "U0DOCENT01", "B0DOCENT01"
KINDS = ("channels", "groups", "im")
SCOPES = {
    *(f"{kind}:{what}" for kind in KINDS for what in ("history", "read")),
    *("app_mentions:read", "assistant:write", "chat:write", "commands", "im:write"),
    *("reactions:read", "reactions:write", "users:read"),
}
EVENTS = {
    *(f"message.{kind}" for kind in KINDS),
    *("app_home_opened", "app_mention", "member_joined_channel", "reaction_added", "reaction_removed"),
    *("assistant_thread_started", "assistant_thread_context_changed"),
}


@dataclass(slots=True, kw_only=True)
class User:
    id: str
    name: str
    bot_id: str = ""
    admin: bool = False
    team: str = TEAM
    """Another team than the workspace's own for people from outside, who come through a shared channel."""
    locale: str = "en-US"


@dataclass(slots=True, kw_only=True)
class Channel:
    id: str
    name: str
    kind: Literal["channel", "group", "im"] = "channel"
    members: set[str] = field(default_factory=set)
    archived: bool = False
    with_user: str = ""
    """Whose private conversation with the bot it is."""


@dataclass(slots=True, kw_only=True)
class Stream:
    state: Literal["open", "stopped", "expired"] = "open"
    mode: Literal["", "text", "chunks"] = ""
    """What the first content was: a stream takes nothing else afterwards."""
    text: str = ""
    tasks: dict[str, Fields] = field(default_factory=dict)
    plan: str = ""


@dataclass(slots=True, kw_only=True)
class Message:
    channel: str
    ts: str
    user: str
    text: str = ""
    blocks: list[Fields] = field(default_factory=list)
    attachments: list[Fields] = field(default_factory=list)
    thread_ts: str = ""
    """The thread's root; empty for a message that stands in the channel and has no replies."""
    subtype: str = ""
    at: float = 0.0
    """time.perf_counter() when it came."""
    edits: int = 0
    edited: Fields | None = None
    stream: Stream | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    seen_by: str = ""
    """For an ephemeral, who alone sees it."""
    metadata: Fields | None = None


@dataclass(slots=True, kw_only=True)
class Call:
    """One request to the Web API."""

    method: str
    arguments: Fields
    at: float
    """time.perf_counter() of its arrival."""
    answer: Fields | None = None
    """None while it is under way, and where the connection was cut."""
    status: int = 0
    done_at: float = 0.0

    @property
    def error(self) -> str:
        return str((self.answer or {}).get("error", ""))


@dataclass(slots=True, kw_only=True)
class Status:
    channel: str
    thread_ts: str
    text: str
    loading: tuple[str, ...]
    at: float


@dataclass(slots=True, kw_only=True)
class View:
    id: str
    user: str
    fields: Fields
    hash: str
    kind: Literal["modal", "home"]
    open: bool = True
