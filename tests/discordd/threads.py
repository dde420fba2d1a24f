"""The thread routes: starting, listing, joining, changing; and channels."""

from discordd import bodies, events, rights
from discordd.asked import Asked
from discordd.guild import Guild
from discordd.messages import channel_for, found, shaped
from discordd.records import (
    BOT,
    DM,
    FORUM,
    HAS_THREAD,
    PRIVATE_THREAD,
    PUBLIC_THREAD,
    TEXT,
    Channel,
    Fields,
    Message,
)
from discordd.refusal import Refused, between, invalid
from discordd.shapes import as_channel, as_thread, as_thread_member

DURATIONS = (60, 1440, 4320, 10080)


def _checked(body: Fields) -> Fields:
    between(body.get("name"), 1, 100, "name")
    duration = int(body.get("auto_archive_duration") or 1440)
    if duration not in DURATIONS:
        message = f"Value must be one of {DURATIONS}."
        raise invalid("auto_archive_duration", "BASE_TYPE_CHOICES", message)
    return {"auto_archive": duration, "slow_seconds": int(body.get("rate_limit_per_user") or 0)}


def from_message(guild: Guild, asked: Asked) -> Fields:
    channel = channel_for(guild, asked.id("channel"))
    if channel.type != TEXT:
        raise Refused(400, 50024)
    channel_for(guild, channel.id, needed=rights.PUBLIC_THREADS)
    message = found(guild, channel, asked.id("message"))
    fields = _checked(asked.fields)
    if message.flags & HAS_THREAD:
        raise Refused(400, 160004)
    return as_thread(guild, events.started(guild, message, asked.fields["name"], BOT, **fields))


def without_message(guild: Guild, asked: Asked) -> Fields:
    """A thread beside a channel's messages, or a post in a forum."""
    body, channel = asked.fields, channel_for(guild, asked.id("channel"))
    fields = _checked(body)
    if channel.type == FORUM:
        return _posted(guild, asked, channel, fields)
    kind = int(body.get("type") or PRIVATE_THREAD)
    public = kind == PUBLIC_THREAD
    channel_for(guild, channel.id, needed=rights.PUBLIC_THREADS if public else rights.PRIVATE_THREADS)
    if channel.type != TEXT:
        raise Refused(400, 50024)
    fields |= {"name": body["name"], "type": kind, "parent": channel.id, "owner": BOT}
    thread = Channel(id=guild.snowflake(), **fields)
    events.opened(guild, thread)
    return as_thread(guild, thread)


def _posted(guild: Guild, asked: Asked, forum: Channel, fields: Fields) -> Fields:
    body = asked.fields
    channel_for(guild, forum.id, needed=rights.SEND)
    first = body.get("message")
    if not isinstance(first, dict):
        raise invalid("message", "BASE_TYPE_REQUIRED", "This field is required")
    bodies.check(first, asked.files)
    if not bodies.filled(first, asked.files):
        raise Refused(400, 50006)
    tags = [int(tag) for tag in body.get("applied_tags") or []]
    fields |= {"name": body["name"], "applied_tags": tags, "parent": forum.id, "owner": BOT}
    thread = Channel(id=guild.snowflake(), type=PUBLIC_THREAD, **fields)
    events.opened(guild, thread)
    message = Message(id=thread.id, channel=thread.id, author=BOT)
    bodies.put(guild, message, first, asked.files, edit=False)
    events.posted(guild, message)
    return {**as_thread(guild, thread), "message": shaped(guild, message)}


def archived(guild: Guild, asked: Asked) -> Fields:
    channel = channel_for(guild, asked.id("channel"), needed=rights.HISTORY)
    threads = [each for each in guild.threads(channel.id) if each.archived and each.type == PUBLIC_THREAD]
    return _listed(guild, threads)


def active(guild: Guild, asked: Asked) -> Fields:
    return _listed(guild, [each for each in guild.threads() if not each.archived and guild.sees(BOT, each)])


def _listed(guild: Guild, threads: list[Channel]) -> Fields:
    mine = [as_thread_member(each, BOT) for each in threads if BOT in each.members]
    return {"threads": [as_thread(guild, each) for each in threads], "members": mine, "has_more": False}


def members(guild: Guild, asked: Asked) -> list[Fields]:
    thread = channel_for(guild, asked.id("channel"))
    return [as_thread_member(thread, user) for user in thread.members]


def member(guild: Guild, asked: Asked) -> Fields:
    thread, user = channel_for(guild, asked.id("channel")), _user(asked)
    if user not in thread.members:
        raise Refused(404, 10007)
    return as_thread_member(thread, user)


def join(guild: Guild, asked: Asked) -> None:
    thread, user = channel_for(guild, asked.id("channel")), _user(asked)
    if not thread.is_thread:
        raise Refused(400, 50024)
    if thread.archived:
        raise Refused(400, 50083)
    if user not in guild.users:
        raise Refused(404, 10013)
    if user not in thread.members:
        events.joined(guild, thread, user)


def leave(guild: Guild, asked: Asked) -> None:
    thread, user = channel_for(guild, asked.id("channel")), _user(asked)
    if user in thread.members:
        thread.members.remove(user)
        guild.changes.note()


def _user(asked: Asked) -> int:
    return BOT if asked.args["user"] == "@me" else asked.id("user")


def channel(guild: Guild, asked: Asked) -> Fields:
    return as_channel(guild, channel_for(guild, asked.id("channel")))


def edit(guild: Guild, asked: Asked) -> Fields:
    """Renames, archives or locks; a thread's owner may do that, others need the permission."""
    body, where = asked.fields, channel_for(guild, asked.id("channel"))
    mine = guild.rights(BOT, where)
    owns = where.owner == BOT and "locked" not in body
    if not (owns or mine & rights.MANAGE_THREADS or (body == {"archived": False} and not where.locked)):
        raise Refused(403, 50013)
    if "name" in body:
        between(body["name"], 1, 100, "name")
        where.name = str(body["name"])
    where.archived = bool(body.get("archived", where.archived))
    where.locked = bool(body.get("locked", where.locked))
    where.applied_tags = [int(tag) for tag in body.get("applied_tags", where.applied_tags)]
    events.updated(guild, where)
    return as_channel(guild, where)


def delete(guild: Guild, asked: Asked) -> Fields:
    where = channel_for(guild, asked.id("channel"))
    if where.type == DM or not guild.rights(BOT, where) & rights.MANAGE_THREADS:
        raise Refused(403, 50013)
    events.removed(guild, where)
    return as_channel(guild, where)
