"""The routes that only look up: the app, the people, the guild; and opening a conversation."""

from discordd.asked import Asked
from discordd.guild import Guild
from discordd.records import APP, BOT, DM, GUILD, Fields
from discordd.refusal import Refused
from discordd.shapes import as_channel, as_guild, as_member, as_role, as_user

CONTENT_FLAGS, MEMBERS_FLAGS = 1 << 19, 1 << 15
"""The intents as an app in few guilds has them."""


def application(guild: Guild, asked: Asked) -> Fields:
    shape: Fields = {"id": str(APP), "name": "Docent", "icon": None, "description": "", "bot_public": False}
    shape |= {"bot_require_code_grant": False, "verify_key": "0" * 64, "flags": flags(guild)}
    owner = as_user(guild.user("EVA"))
    return {**shape, "owner": owner, "team": None, "summary": "", "bot": as_user(guild.users[BOT])}


def flags(guild: Guild) -> int:
    """The application's flags: which privileged intents it has."""
    return (CONTENT_FLAGS if guild.content_granted else 0) | (MEMBERS_FLAGS if guild.members_granted else 0)


def me(guild: Guild, asked: Asked) -> Fields:
    return {**as_user(guild.users[BOT]), "verified": True, "mfa_enabled": True, "flags": 0}


def user(guild: Guild, asked: Asked) -> Fields:
    known = guild.users.get(asked.id("user"))
    if known is None:
        raise Refused(404, 10013)
    return as_user(known)


def guilds(guild: Guild, asked: Asked) -> list[Fields]:
    role = next(iter(guild.roles.values()))
    shape: Fields = {"id": str(GUILD), "name": "Acme", "icon": None, "banner": None, "owner": False}
    return [{**shape, "permissions": str(role.permissions), "features": []}]


def our_guild(asked: Asked) -> None:
    if asked.id("guild") != GUILD:
        raise Refused(404, 10004)


def the_guild(guild: Guild, asked: Asked) -> Fields:
    our_guild(asked)
    left_out = ("channels", "threads", "members", "member_count", "presences", "voice_states")
    return {key: value for key, value in as_guild(guild).items() if key not in left_out}


def channels(guild: Guild, asked: Asked) -> list[Fields]:
    our_guild(asked)
    return list(as_guild(guild)["channels"])


def roles(guild: Guild, asked: Asked) -> list[Fields]:
    our_guild(asked)
    return [as_role(role) for role in guild.roles.values()]


def member(guild: Guild, asked: Asked) -> Fields:
    our_guild(asked)
    known = guild.users.get(asked.id("user"))
    if known is None:
        raise Refused(404, 10007)
    return as_member(known)


def members(guild: Guild, asked: Asked) -> list[Fields]:
    our_guild(asked)
    if not guild.members_granted:
        raise Refused(403, 50001)
    return [as_member(each) for each in guild.users.values()]


def conversation(guild: Guild, asked: Asked) -> Fields:
    wanted = int(asked.fields.get("recipient_id") or 0)
    if wanted not in guild.users or wanted == BOT:
        raise Refused(400, 50033, "Invalid Recipient(s)")
    known = any(channel.with_user == wanted for channel in guild.channels.values())
    opened = guild.conversation(wanted)
    if not known:
        guild.announce("CHANNEL_CREATE", as_channel(guild, opened))
    assert opened.type == DM
    return as_channel(guild, opened)
