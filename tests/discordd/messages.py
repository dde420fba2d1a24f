"""The message routes: posting, editing, deleting, reading, reactions, typing."""

import time
from typing import Any
from urllib.parse import unquote

from discordd import bodies, events, rights
from discordd.asked import Asked
from discordd.guild import Guild
from discordd.records import BOT, DM, FORUM, REPLY, Channel, Fields, Message, Typing
from discordd.refusal import Refused, invalid
from discordd.shapes import as_message, as_user, now
from discordd.stripping import stripped


def channel_for(guild: Guild, number: int, *, needed: int = 0) -> Channel:
    """The channel of a call, or the refusal that Discord gives: unknown, unseen, not allowed."""
    channel = guild.channels.get(number)
    if channel is None:
        raise Refused(404, 10003)
    if not guild.sees(BOT, channel):
        raise Refused(403, 50001)
    if needed & ~guild.rights(BOT, channel):
        raise Refused(403, 50013)
    return channel


def found(guild: Guild, channel: Channel, number: int) -> Message:
    message = guild.messages.get((channel.id, number))
    if message is None:
        raise Refused(404, 10008)
    return message


def shaped(guild: Guild, message: Message) -> Fields:
    """A message as the app may read it."""
    return stripped(guild, as_message(guild, message))


def create(guild: Guild, asked: Asked) -> Fields:
    body, channel = asked.fields, channel_for(guild, asked.id("channel"))
    _may_send(guild, channel, body, bool(asked.files))
    bodies.check(body, asked.files)
    if not bodies.filled(body, asked.files):
        raise Refused(400, 50006)
    nonce = str(body.get("nonce") or "")
    if body.get("enforce_nonce") and nonce:
        for message in guild.inside(channel.id):
            if message.nonce == nonce and message.author == BOT:
                return shaped(guild, message)
    reference = _replied(guild, channel, body.get("message_reference"))
    kind = REPLY if reference else 0
    message = Message(
        id=guild.snowflake(), channel=channel.id, author=BOT, type=kind, reference=reference, nonce=nonce
    )
    bodies.put(guild, message, body, asked.files, edit=False)
    events.posted(guild, message)
    return shaped(guild, message)


def _may_send(guild: Guild, channel: Channel, body: Fields, files: bool) -> None:
    if channel.type == FORUM:
        raise Refused(400, 50008)
    if channel.type == DM:
        if not guild.users[channel.with_user].takes_dms:
            raise Refused(403, 50007)
        return
    needed = rights.SEND_IN_THREADS if channel.is_thread else rights.SEND
    needed |= rights.EMBED_LINKS if body.get("embeds") else 0
    needed |= rights.ATTACH_FILES if files else 0
    needed |= rights.HISTORY if body.get("message_reference") else 0
    mine = guild.rights(BOT, channel)
    if needed & ~mine:
        raise Refused(403, 50013)
    if channel.locked and not mine & rights.MANAGE_THREADS:
        raise Refused(400, 160005)


def _replied(guild: Guild, channel: Channel, given: Any) -> int:
    if not given or int(given.get("type") or 0) != 0:
        return 0
    wanted = int(given["message_id"])
    if (channel.id, wanted) in guild.messages:
        return wanted
    if given.get("fail_if_not_exists", True):
        raise invalid("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
    return 0


def edit(guild: Guild, asked: Asked) -> Fields:
    body, channel = asked.fields, channel_for(guild, asked.id("channel"))
    message = found(guild, channel, asked.id("message"))
    if message.author != BOT:
        _suppressed(guild, channel, message, body)
        return shaped(guild, message)
    if channel.archived:
        raise Refused(400, 50083)
    change(guild, message, body, asked.files)
    return shaped(guild, message)


def _suppressed(guild: Guild, channel: Channel, message: Message, body: Fields) -> None:
    if set(body) - {"flags", "allowed_mentions"}:
        raise Refused(403, 50005)
    if not guild.rights(BOT, channel) & rights.MANAGE_MESSAGES:
        raise Refused(403, 50013)
    bodies.put(guild, message, {"flags": body.get("flags")}, (), edit=True)
    events.changed(guild, message)


def change(guild: Guild, message: Message, body: Fields, files: tuple[Fields, ...]) -> None:
    """Edits a message of the bot and tells the app."""
    bodies.check(body, files, message.flags)
    before = (message.content, message.embeds, message.components, message.attachments)
    bodies.put(guild, message, body, files, edit=True)
    if not (message.content or message.embeds or message.components or message.attachments):
        message.content, message.embeds, message.components, message.attachments = before
        raise Refused(400, 50006)
    if message.content != before[0]:
        message.versions.append(message.content)
    message.edited, message.edits = now(), message.edits + 1
    events.changed(guild, message)


def delete(guild: Guild, asked: Asked) -> None:
    channel = channel_for(guild, asked.id("channel"))
    message = found(guild, channel, asked.id("message"))
    if message.author != BOT and not guild.rights(BOT, channel) & rights.MANAGE_MESSAGES:
        raise Refused(403, 50013)
    if channel.archived:
        raise Refused(400, 50083)
    events.deleted(guild, message)


def get(guild: Guild, asked: Asked) -> Fields:
    channel = channel_for(guild, asked.id("channel"), needed=rights.HISTORY)
    return shaped(guild, found(guild, channel, asked.id("message")))


def history(guild: Guild, asked: Asked) -> list[Fields]:
    """Newest first; without the permission to read the history nothing, as Discord documents it."""
    channel = channel_for(guild, asked.id("channel"))
    if channel.type == FORUM:
        raise Refused(400, 50024)
    if not guild.rights(BOT, channel) & rights.HISTORY:
        return []
    limit = int(asked.query.get("limit", 50))
    if not 1 <= limit <= 100:
        raise invalid("limit", "NUMBER_TYPE_MAX", "int value should be less than or equal to 100.")
    messages = guild.inside(channel.id)
    if "before" in asked.query:
        messages = [each for each in messages if each.id < int(asked.query["before"])]
    if "after" in asked.query:
        messages = [each for each in messages if each.id > int(asked.query["after"])][:limit]
    if "around" in asked.query:
        middle = int(asked.query["around"])
        before = [each for each in messages if each.id < middle][-(limit // 2) or len(messages) :]
        messages = before + [each for each in messages if each.id >= middle][: limit - limit // 2]
    return [shaped(guild, message) for message in reversed(messages[-limit:])]


def typing(guild: Guild, asked: Asked) -> None:
    channel = channel_for(guild, asked.id("channel"))
    _may_send(guild, channel, {}, False)
    guild.typing.append(Typing(channel=channel.id, user=BOT, at=time.perf_counter()))
    guild.changes.note()


def react(guild: Guild, asked: Asked) -> None:
    channel = channel_for(guild, asked.id("channel"), needed=rights.HISTORY)
    message, emoji = found(guild, channel, asked.id("message")), unquote(asked.args["emoji"])
    if emoji not in message.reactions and not guild.rights(BOT, channel) & rights.ADD_REACTIONS:
        raise Refused(403, 50013)
    events.reacted(guild, message, BOT, emoji)


def unreact(guild: Guild, asked: Asked) -> None:
    channel = channel_for(guild, asked.id("channel"))
    message = found(guild, channel, asked.id("message"))
    events.unreacted(guild, message, BOT, unquote(asked.args["emoji"]))


def reactions(guild: Guild, asked: Asked) -> list[Fields]:
    channel = channel_for(guild, asked.id("channel"), needed=rights.HISTORY)
    message = found(guild, channel, asked.id("message"))
    who = message.reactions.get(unquote(asked.args["emoji"]), [])
    return [as_user(guild.users[user]) for user in who]
