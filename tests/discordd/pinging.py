"""Whom a message notifies: mentions in its text, as far as ``allowed_mentions`` lets them."""

import re
import time
from dataclasses import dataclass
from typing import Any, Literal

from discordd import components, rights
from discordd.components import TEXT_DISPLAY
from discordd.guild import Guild
from discordd.records import Message, Ping
from discordd.refusal import at_most, invalid

USER, ROLE = re.compile(r"<@!?(\d+)>"), re.compile(r"<@&(\d+)>")
EVERYBODY = re.compile(r"@(everyone|here)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """What ``allowed_mentions`` lets through; without it everything."""

    kinds: frozenset[str] = frozenset(("users", "roles", "everyone"))
    users: frozenset[int] = frozenset()
    roles: frozenset[int] = frozenset()
    replied: bool = True


def allowed(given: Any) -> Allowed:
    """Reads ``allowed_mentions``; refuses a list beside its own kind, as Discord does."""
    if given is None:
        return Allowed()
    kinds = frozenset(given.get("parse") or ())
    listed = {kind: given.get(kind) or [] for kind in ("users", "roles")}
    for kind, ids in listed.items():
        at_most(ids, 100, f"allowed_mentions/{kind}")
        if kind in kinds and ids:
            message = f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.'
            raise invalid("allowed_mentions", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message)
    users, roles = (frozenset(int(each) for each in listed[kind]) for kind in ("users", "roles"))
    return Allowed(kinds=kinds, users=users, roles=roles, replied=bool(given.get("replied_user")))


def written(message: Message) -> str:
    """All in which a mention counts: the content and text displays, but no embeds."""
    shown = (item for item in components.every(message.components) if item.get("type") == TEXT_DISPLAY)
    return "\n".join([message.content, *(str(item.get("content", "")) for item in shown)])


def mention(guild: Guild, message: Message, let: Allowed) -> None:
    """Notes in a message whom it mentions: code counts too, for nobody here parses Markdown."""
    bits = guild.rights(message.author, guild.channels[message.channel])
    text = written(message)
    users = [int(each) for each in USER.findall(text)]
    message.mentions = _once(
        user for user in users if user in guild.users and ("users" in let.kinds or user in let.users)
    )
    replied = guild.messages.get((message.channel, message.reference))
    if replied is not None and let.replied and replied.author not in message.mentions:
        message.mentions.append(replied.author)
    whole = bool(bits & rights.MENTION_EVERYONE)
    message.mention_roles = _once(
        role
        for role in map(int, ROLE.findall(text))
        if role in guild.roles and (whole or guild.roles[role].mentionable)
        if "roles" in let.kinds or role in let.roles
    )
    everybody = EVERYBODY.search(text) is not None
    message.mention_everyone = everybody and whole and "everyone" in let.kinds


def ping(guild: Guild, message: Message, by: Literal["send", "edit"]) -> None:
    """Keeps whom a message of the bot notifies."""
    whom: list[Any] = [*message.mentions, *message.mention_roles]
    if message.mention_everyone:
        whom += _once(EVERYBODY.findall(written(message)))
    at = time.perf_counter()
    guild.pings += [
        Ping(whom=each, message=message.id, channel=message.channel, by=by, at=at) for each in whom
    ]


def _once(found: Any) -> list[Any]:
    return list(dict.fromkeys(found))
