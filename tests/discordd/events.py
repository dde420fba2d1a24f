"""What happens to messages and threads, put into the guild and told to the app."""

from typing import Any

from discordd.guild import Guild
from discordd.records import (
    BOT,
    DM,
    GUILD,
    HAS_THREAD,
    PUBLIC_THREAD,
    STARTER,
    Channel,
    Fields,
    Message,
)
from discordd.shapes import as_channel, as_member, as_message, as_thread, as_thread_member, as_user


def _told(guild: Guild, message: Message) -> Fields:
    """A message as gateway events have it: with its guild and its author's membership."""
    shape = as_message(guild, message)
    if guild.channels[message.channel].type == DM:
        return shape
    author = guild.users[message.author]
    shape["mentions"] = [
        {**as_user(guild.users[user]), "member": as_member(guild.users[user], whole=False)}
        for user in message.mentions
    ]
    return {**shape, "guild_id": str(GUILD), "member": as_member(author, whole=False)}


def posted(guild: Guild, message: Message) -> None:
    """A new message; one in an archived thread opens it again."""
    channel = guild.channels[message.channel]
    if channel.archived:
        channel.archived = False
        guild.announce("THREAD_UPDATE", as_thread(guild, channel))
    if channel.is_thread and message.author not in channel.members:
        joined(guild, channel, message.author)
    guild.keep(message)
    if not message.seen_by:
        guild.announce("MESSAGE_CREATE", _told(guild, message))


def changed(guild: Guild, message: Message) -> None:
    """A message that is another now; its edit may have been nobody's, as where Discord adds a preview."""
    guild.changes.note()
    if not message.seen_by:
        guild.announce("MESSAGE_UPDATE", _told(guild, message))


def deleted(guild: Guild, message: Message) -> None:
    """A message that is gone."""
    if message.seen_by:
        guild.ephemerals.remove(message)
        guild.changes.note()
        return
    del guild.messages[message.channel, message.id]
    guild.changes.note()
    guild.announce("MESSAGE_DELETE", _where(guild, message, id=str(message.id)))


def _where(guild: Guild, message: Message, **fields: Any) -> Fields:
    private = guild.channels[message.channel].type == DM
    return {"channel_id": str(message.channel), **({} if private else {"guild_id": str(GUILD)}), **fields}


def reacted(guild: Guild, message: Message, user: int, emoji: str) -> None:
    who = message.reactions.setdefault(emoji, [])
    if user in who:
        return
    who.append(user)
    guild.changes.note()
    shape = _reaction(guild, message, user, emoji) | {"message_author_id": str(message.author)}
    if guild.channels[message.channel].type != DM:
        shape["member"] = as_member(guild.users[user])
    guild.announce("MESSAGE_REACTION_ADD", shape)


def unreacted(guild: Guild, message: Message, user: int, emoji: str) -> None:
    who = message.reactions.get(emoji, [])
    if user not in who:
        return
    who.remove(user)
    if not who:
        del message.reactions[emoji]
    guild.changes.note()
    guild.announce("MESSAGE_REACTION_REMOVE", _reaction(guild, message, user, emoji))


def _reaction(guild: Guild, message: Message, user: int, emoji: str) -> Fields:
    shown = {"id": None, "name": emoji}
    extra = {"user_id": str(user), "message_id": str(message.id), "emoji": shown, "burst": False, "type": 0}
    return _where(guild, message, **extra)


def opened(guild: Guild, thread: Channel) -> None:
    """A new thread; its owner is its first member."""
    guild.channels[thread.id] = thread
    if thread.owner not in thread.members:
        thread.members.append(thread.owner)
    guild.changes.note()
    guild.announce("THREAD_CREATE", {**as_thread(guild, thread), "newly_created": True})


def started(guild: Guild, message: Message, name: str, owner: int, **fields: Any) -> Channel:
    """A thread from a message: it has the message's id, and begins with a pointer to it."""
    thread = Channel(
        id=message.id, name=name, type=PUBLIC_THREAD, parent=message.channel, owner=owner, **fields
    )
    message.flags |= HAS_THREAD
    opened(guild, thread)
    changed(guild, message)
    pointer = Message(
        id=guild.snowflake(), channel=thread.id, author=owner, type=STARTER, reference=message.id
    )
    posted(guild, pointer)
    return thread


def joined(guild: Guild, thread: Channel, user: int) -> None:
    thread.members.append(user)
    guild.changes.note()
    if user == BOT:
        members = [as_thread_member(thread, user)]
        shape: Fields = {"id": str(thread.id), "guild_id": str(GUILD), "member_count": len(thread.members)}
        guild.announce("THREAD_MEMBERS_UPDATE", {**shape, "added_members": members})


def updated(guild: Guild, channel: Channel) -> None:
    """A channel or a thread that is another now."""
    guild.changes.note()
    guild.announce("THREAD_UPDATE" if channel.is_thread else "CHANNEL_UPDATE", as_channel(guild, channel))


def removed(guild: Guild, channel: Channel) -> None:
    """A channel or a thread that is gone, with its messages."""
    shape = as_channel(guild, channel)
    kind = "THREAD_DELETE" if channel.is_thread else "CHANNEL_DELETE"
    del guild.channels[channel.id]
    for key in [key for key in guild.messages if key[0] == channel.id]:
        del guild.messages[key]
    guild.changes.note()
    guild.announce(kind, shape)
