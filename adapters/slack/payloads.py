"""Reads Slack's events into posts (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from adapters.slack.text import mentions, plain
from bot.channels.posts import Post
from bot.model import Place

Event = Mapping[str, Any]
READ = {None, "", "thread_broadcast", "file_share", "me_message", "bot_message"}
"""Subtypes of messages that somebody wrote; the others tell of joins, topics and the like."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who the bot is in a workspace."""

    user: str
    bot: str
    team: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An edit or a deletion of a message."""

    kind: Literal["edited", "deleted"]
    place: Place
    message: str
    post: Post | None = None
    """The message as it is now, where it was edited."""


def post_of(event: Event, me: Identity) -> Post | None:
    """The message that an ``app_mention`` or ``message`` event tells of; None where nobody wrote one."""
    if event.get("subtype") not in READ or not event.get("ts") or not event.get("channel"):
        return None
    text = _written(event)
    named = mentions(text)
    return Post(
        place=_place(event, me),
        id=str(event["ts"]),
        author=str(event.get("user") or event.get("bot_id") or ""),
        text=plain(text, bot=me.user),
        at=_seconds(event["ts"]),
        by=_author(event, me),
        mentions_bot=event.get("type") == "app_mention" or me.user in named,
        mentions_others=bool({*named} - {me.user}),
        direct=event.get("channel_type") == "im" or str(event["channel"]).startswith("D"),
    )


def change_of(event: Event, me: Identity) -> Change | None:
    """The edit or deletion that a ``message`` event tells of; None for any other.

    A deleted message that has a thread comes as a change to a tombstone.
    """
    place = _place({**event, "thread_ts": ""}, me)
    if event.get("subtype") == "message_deleted":
        return Change(kind="deleted", place=place, message=str(event.get("deleted_ts", "")))
    if event.get("subtype") != "message_changed":
        return None
    now, before = event.get("message") or {}, event.get("previous_message") or {}
    if now.get("subtype") == "tombstone":
        return Change(kind="deleted", place=place, message=str(now.get("ts", "")))
    # Slack also reports unfurled links, new replies and pins as changes.
    if "edited" not in now or now.get("text") == before.get("text"):
        return None
    post = post_of({**now, "channel": event.get("channel"), "channel_type": event.get("channel_type")}, me)
    return Change(kind="edited", place=place, message=post.id, post=post) if post else None


def _written(event: Event) -> str:
    text = str(event.get("text") or "")
    if text.strip():
        return text
    shared = [item.get("text") or item.get("fallback") or "" for item in event.get("attachments") or ()]
    return "\n".join(str(part) for part in shared if part)


def _place(event: Event, me: Identity) -> Place:
    return Place(
        platform="slack",
        # Not the event's team: for a guest in a shared channel that is another one.
        workspace=me.team,
        channel=str(event.get("channel") or ""),
        thread=str(event.get("thread_ts") or ""),
    )


def _author(event: Event, me: Identity) -> Literal["human", "bot", "self"]:
    if event.get("user") == me.user or (event.get("bot_id") and event["bot_id"] == me.bot):
        return "self"
    if event.get("bot_id") or event.get("subtype") == "bot_message" or event.get("user") == "USLACKBOT":
        return "bot"
    return "human" if event.get("user") else "bot"


def _seconds(ts: Any) -> float:
    try:
        return float(ts)
    except ValueError:
        return 0.0
