"""Reads Discord's messages into posts (pure)."""

import re
from dataclasses import dataclass
from typing import Literal

import discord

from adapters.discord.text import plain
from bot.channels.posts import Post
from bot.model import Place

WRITTEN = {
    discord.MessageType.default,
    discord.MessageType.reply,
    discord.MessageType.chat_input_command,
    discord.MessageType.context_menu_command,
}
"""Types of messages that somebody wrote; the others tell of joins, pins, new threads and the like."""
ASKS = "asks:"
_ASKED = re.compile(rf"<@\d+> {ASKS}\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who the bot is, and whether it may read what does not mention it."""

    user: str
    reads_all: bool = False


def place_of(channel: object, *, guild: int | None) -> Place | None:
    """Where a message of ``channel`` stands; None where a thread's channel is not known.

    A conversation in private is one thread without end.
    """
    id = str(getattr(channel, "id", ""))
    if guild is None:
        return Place(platform="discord", channel=id, thread=id)
    if isinstance(channel, discord.Thread):
        return Place(platform="discord", workspace=str(guild), channel=str(channel.parent_id), thread=id)
    if isinstance(channel, discord.PartialMessageable):
        return None
    return Place(platform="discord", workspace=str(guild), channel=id)


def post_of(message: discord.Message, me: Identity, place: Place) -> Post | None:
    """A message that stands at ``place``; None where nobody wrote it."""
    if message.type not in WRITTEN:
        return None
    asker = _asked_by(message, me)
    author = asker or str(message.author.id)
    ours = {me.user, *_our_roles(message)}
    named = {str(user.id) for user in message.mentions} | {
        str(id) for id in (*message.raw_mentions, *message.raw_role_mentions)
    }
    text = _ASKED.sub("", message.content, count=1) if asker else _written(message)
    return Post(
        place=place,
        id=str(message.id),
        author=author,
        text=plain(_with_title(text, message, place), ours, _names(message)),
        at=message.created_at.timestamp(),
        by="human" if asker else _author(message, me),
        mentions_bot=bool(named & ours),
        mentions_others=message.mention_everyone or bool((named | _answered(message)) - ours - {author}),
        direct=message.guild is None,
    )


def opens_forum(post: Post) -> bool:
    """Whether a post is the first of a forum's thread: only there has it the thread's own id."""
    return post.id == post.place.thread


def asked_aloud(person: str, question: str) -> str:
    """What we post for a question that was asked by a command, so that others can read it."""
    return f"<@{person}> {ASKS} {question}"


def _asked_by(message: discord.Message, me: Identity) -> str:
    """Who asked by a command what we posted for them; empty for every other message."""
    if str(message.author.id) != me.user or not _ASKED.match(message.content):
        return ""
    return message.content[2:].partition(">")[0]


def _written(message: discord.Message) -> str:
    """What is to be read: the text, what was forwarded, or what a program shows in its embeds."""
    if message.content.strip():
        return message.content
    forwarded = [snapshot.content for snapshot in message.message_snapshots]
    shown = [part for embed in message.embeds for part in (embed.title, embed.description) if part]
    return "\n\n".join(part for part in (*forwarded, *shown) if part)


def _with_title(text: str, message: discord.Message, place: Place) -> str:
    if str(message.id) != place.thread or not isinstance(message.channel, discord.Thread):
        return text
    return f"{message.channel.name}\n\n{text}"


def _our_roles(message: discord.Message) -> set[str]:
    """The role that Discord gave the bot when it was added: people mention it just as well."""
    role = message.guild.self_role if message.guild else None
    return {str(role.id)} if role else set()


def _answered(message: discord.Message) -> set[str]:
    """Whose message this one replies to: also without a ping it is said to them."""
    told = message.reference.resolved if message.reference else None
    if message.type is not discord.MessageType.reply or not isinstance(told, discord.Message):
        return set()
    return {str(told.author.id)}


def _names(message: discord.Message) -> dict[str, str]:
    known = {str(user.id): user.display_name for user in message.mentions}
    known |= {str(role.id): role.name for role in message.role_mentions}
    return known | {str(channel.id): channel.name for channel in message.channel_mentions}


def _author(message: discord.Message, me: Identity) -> Literal["human", "bot", "self"]:
    if str(message.author.id) == me.user:
        return "self"
    return "bot" if message.author.bot or message.webhook_id else "human"
