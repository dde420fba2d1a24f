"""People, roles, channels, threads and messages as Discord's JSON has them."""

from datetime import UTC, datetime

from discordd.guild import EPOCH_MS, Guild
from discordd.records import (
    APP,
    BOT,
    BOT_ROLE,
    DM,
    FORUM,
    GUILD,
    HAS_THREAD,
    REPLY,
    STARTER,
    Channel,
    Fields,
    Message,
    Role,
    User,
)

JOINED = "2024-05-01T12:00:00.000000+00:00"


def moment(snowflake: int) -> str:
    """When an id was made, in ISO 8601."""
    return datetime.fromtimestamp(((snowflake >> 22) + EPOCH_MS) / 1000, UTC).isoformat()


def now() -> str:
    return datetime.now(UTC).isoformat()


def as_user(user: User) -> Fields:
    shape: Fields = {"id": str(user.id), "username": user.name, "global_name": user.name.title()}
    return {**shape, "discriminator": "0", "avatar": None, "bot": user.bot, "public_flags": 0}


def as_member(user: User, *, whole: bool = True) -> Fields:
    """A member; without the user in it where Discord leaves it out."""
    shape: Fields = {"roles": [str(role) for role in user.roles], "joined_at": JOINED, "nick": None}
    shape |= {"deaf": False, "mute": False, "flags": 0, "avatar": None, "pending": False}
    return {**shape, "user": as_user(user)} if whole else shape


def as_role(role: Role) -> Fields:
    shape: Fields = {"id": str(role.id), "name": role.name, "permissions": str(role.permissions)}
    shape |= {"position": role.position, "color": 0, "hoist": False, "mentionable": role.mentionable}
    shape |= {"colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None}}
    managed = role.id == BOT_ROLE
    return {**shape, "managed": managed, "flags": 0, **({"tags": {"bot_id": str(BOT)}} if managed else {})}


def as_channel(guild: Guild, channel: Channel) -> Fields:
    """A channel of any kind, as ``GET /channels/{id}`` gives it."""
    if channel.is_thread:
        return as_thread(guild, channel)
    shape: Fields = {"id": str(channel.id), "type": channel.type, "flags": 0}
    messages = guild.inside(channel.id)
    shape["last_message_id"] = str(messages[-1].id) if messages else None
    if channel.type == DM:
        return {**shape, "recipients": [as_user(guild.users[channel.with_user])]}
    kinds = {"role": 0, "member": 1}
    shape["permission_overwrites"] = [
        {"id": str(each.id), "type": kinds[each.kind], "allow": str(each.allow), "deny": str(each.deny)}
        for each in channel.overwrites
    ]
    shape |= {"guild_id": str(GUILD), "name": channel.name, "position": 0, "nsfw": False, "parent_id": None}
    shape |= {"topic": channel.topic, "rate_limit_per_user": channel.slow_seconds}
    if channel.type == FORUM:
        tags = [{"emoji_id": None, "emoji_name": None, **tag} for tag in channel.tags]
        shape |= {"available_tags": tags, "default_reaction_emoji": None, "default_sort_order": None}
    return shape


def as_thread(guild: Guild, thread: Channel) -> Fields:
    shape: Fields = {"id": str(thread.id), "type": thread.type, "guild_id": str(GUILD), "name": thread.name}
    messages = guild.inside(thread.id)
    shape |= {"parent_id": str(thread.parent), "owner_id": str(thread.owner), "flags": 0}
    shape |= {"last_message_id": str(messages[-1].id) if messages else None}
    shape |= {"message_count": len(messages), "total_message_sent": len(messages)}
    shape |= {"member_count": len(thread.members), "rate_limit_per_user": thread.slow_seconds}
    shape["applied_tags"] = [str(tag) for tag in thread.applied_tags]
    shape["thread_metadata"] = {
        "archived": thread.archived,
        "locked": thread.locked,
        "auto_archive_duration": thread.auto_archive,
        "archive_timestamp": moment(thread.id),
        "create_timestamp": moment(thread.id),
    }
    if BOT in thread.members:
        shape["member"] = as_thread_member(thread, BOT)
    return shape


def as_thread_member(thread: Channel, user: int) -> Fields:
    return {"id": str(thread.id), "user_id": str(user), "join_timestamp": JOINED, "flags": 0}


def as_message(guild: Guild, message: Message, *, deep: bool = True) -> Fields:
    """A message as the HTTP API gives it; ``deep`` puts in what it replies to."""
    shape: Fields = {"id": str(message.id), "channel_id": str(message.channel), "type": message.type}
    shape |= {"author": as_user(guild.users[message.author]), "timestamp": moment(message.id)}
    shape |= {"content": message.content, "embeds": message.embeds, "components": message.components}
    shape |= {"attachments": message.attachments, "edited_timestamp": message.edited, "tts": False}
    shape |= {"pinned": False, "flags": message.flags, "mention_everyone": message.mention_everyone}
    shape["mentions"] = [as_user(guild.users[user]) for user in message.mentions]
    shape["mention_roles"] = [str(role) for role in message.mention_roles]
    shape["reactions"] = [_reaction(emoji, who) for emoji, who in message.reactions.items()]
    if message.nonce:
        shape["nonce"] = message.nonce
    if message.webhook:
        shape |= {"webhook_id": str(message.webhook), "application_id": str(APP)}
    if message.interaction is not None:
        shape["interaction_metadata"] = message.interaction
    if message.flags & HAS_THREAD:
        shape["thread"] = as_thread(guild, guild.channels[message.id])
    return {**shape, **_reference(guild, message, deep)}


def _reaction(emoji: str, who: list[int]) -> Fields:
    shape: Fields = {"emoji": {"id": None, "name": emoji}, "count": len(who), "me": BOT in who}
    return {**shape, "count_details": {"burst": 0, "normal": len(who)}, "burst_colors": [], "me_burst": False}


def _reference(guild: Guild, message: Message, deep: bool) -> Fields:
    if not message.reference:
        return {}
    channel = guild.channels[message.channel]
    where = channel.parent if message.type == STARTER else channel.id
    pointer = {"type": 0, "channel_id": str(where), "message_id": str(message.reference)}
    if channel.type != DM:
        pointer["guild_id"] = str(GUILD)
    found = guild.messages.get((where, message.reference))
    shape: Fields = {"message_reference": pointer}
    if deep and message.type in (REPLY, STARTER):
        shape["referenced_message"] = as_message(guild, found, deep=False) if found else None
    return shape


def as_guild(guild: Guild) -> Fields:
    """The guild as ``GUILD_CREATE`` has it, with its channels and its open threads."""
    plain = [each for each in guild.channels.values() if not each.is_thread and each.type != DM]
    threads = [each for each in guild.threads() if not each.archived and guild.sees(BOT, each)]
    shape: Fields = {"id": str(GUILD), "name": "Acme", "owner_id": str(guild.user("EVA").id)}
    shape |= {"member_count": len(guild.users), "large": False, "unavailable": False, "joined_at": JOINED}
    shape |= {"roles": [as_role(role) for role in guild.roles.values()], "features": ["COMMUNITY"]}
    shape |= {"channels": [as_channel(guild, each) for each in plain]}
    shape |= {"threads": [as_thread(guild, each) for each in threads], "preferred_locale": "en-US"}
    people = guild.users.values() if guild.members_granted else [guild.users[BOT]]
    shape |= {"members": [as_member(user) for user in people], "emojis": [], "stickers": []}
    shape |= {"presences": [], "voice_states": [], "stage_instances": [], "guild_scheduled_events": []}
    shape |= {"soundboard_sounds": [], "afk_timeout": 300, "afk_channel_id": None, "premium_tier": 0}
    shape |= {"verification_level": 1, "default_message_notifications": 1, "explicit_content_filter": 2}
    return {**shape, "mfa_level": 0, "nsfw_level": 0, "system_channel_flags": 0, "icon": None}
