"""Which events a session is told: by its intents, by what the bot may see, and without their content."""

from discordd.guild import Guild
from discordd.records import BOT, DM, Channel, Fields
from discordd.stripping import stripped

GUILDS, MEMBERS, MESSAGES, REACTIONS = 1 << 0, 1 << 1, 1 << 9, 1 << 10
DIRECT, DIRECT_REACTIONS, CONTENT, PRESENCES = 1 << 12, 1 << 13, 1 << 15, 1 << 8
CHANNEL_EVENTS = ("CHANNEL_", "THREAD_", "GUILD_CREATE")


def disallowed(guild: Guild, intents: int) -> bool:
    """Whether somebody asks for privileged intents that the application does not have."""
    without = PRESENCES
    without |= 0 if guild.content_granted else CONTENT
    without |= 0 if guild.members_granted else MEMBERS
    return bool(intents & without)


def told(guild: Guild, intents: int, shard: tuple[int, int], kind: str, data: Fields) -> Fields | None:
    """The event as a session with these intents gets it; None where it does not."""
    if kind == "INTERACTION_CREATE":
        return data if _of_shard(shard, data) else None
    channel = _channel(guild, kind, data)
    if channel is not None and not guild.sees(BOT, channel):
        return None
    private = channel is not None and channel.type == DM
    if not intents & _needed(kind, private) or not _of_shard(shard, data):
        return None
    if kind in ("MESSAGE_CREATE", "MESSAGE_UPDATE"):
        return stripped(guild, data, granted=bool(intents & CONTENT))
    return data


def _channel(guild: Guild, kind: str, data: Fields) -> Channel | None:
    name = "id" if kind.startswith(("CHANNEL_", "THREAD_")) else "channel_id"
    return guild.channels.get(int(data.get(name) or data.get("parent_id") or 0))


def _needed(kind: str, private: bool) -> int:
    if kind.startswith("MESSAGE_REACTION"):
        return DIRECT_REACTIONS if private else REACTIONS
    if kind.startswith("MESSAGE_"):
        return DIRECT if private else MESSAGES
    if kind.startswith("GUILD_MEMBER"):
        return MEMBERS
    return DIRECT if private else GUILDS


def _of_shard(shard: tuple[int, int], data: Fields) -> bool:
    """Conversations go to the first shard, a guild to the one that its id says."""
    number, count = shard
    return (int(data.get("guild_id") or 0) >> 22) % count == number
