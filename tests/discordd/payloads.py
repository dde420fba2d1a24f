"""What the app is told of an interaction."""

from typing import Any

from discordd.guild import Guild
from discordd.interaction import Interaction
from discordd.records import APP, BOT, DM, GUILD, Fields, Message
from discordd.shapes import as_channel, as_member, as_message, as_user

CHANNEL_KEYS = ("id", "type", "name", "parent_id", "thread_metadata", "guild_id", "recipients", "flags")
THREAD_KEYS = ("owner_id", "member_count", "message_count", "last_message_id", "topic", "position", "nsfw")


def interaction(guild: Guild, done: Interaction) -> Fields:
    """INTERACTION_CREATE; commands may come from channels that the bot does not see."""
    channel, user = guild.channels[done.channel], guild.users[done.user]
    private = channel.type == DM
    shape: Fields = {"id": str(done.id), "application_id": str(APP), "type": done.kind, "data": done.data}
    shape |= {"token": done.token, "version": 1, "locale": user.locale, "entitlements": []}
    shape |= {"channel_id": str(channel.id), "attachment_size_limit": 10 * 2**20, "context": int(private)}
    shape |= {"authorizing_integration_owners": {"0": "0" if private else str(GUILD)}}
    shape["app_permissions"] = str(guild.rights(BOT, channel))
    whole = as_channel(guild, channel)
    part = {key: whole[key] for key in (*CHANNEL_KEYS, *THREAD_KEYS) if key in whole}
    shape["channel"] = {**part, "permissions": str(guild.rights(user.id, channel))}
    if done.message is not None:
        shape["message"] = as_message(guild, done.message)
    if private:
        return {**shape, "user": as_user(user)}
    member = {**as_member(user), "permissions": str(guild.rights(user.id, channel))}
    place = {"id": str(GUILD), "locale": "en-US", "features": ["COMMUNITY"]}
    return {**shape, "guild_id": str(GUILD), "guild": place, "guild_locale": "en-US", "member": member}


def command(registered: Fields, options: list[Fields]) -> Fields:
    """The data of a slash command."""
    fixed: Fields = {"id": registered["id"], "name": registered["name"].split(" ")[0], "type": 1}
    place = {"guild_id": registered["guild_id"]} if "guild_id" in registered else {}
    return {**fixed, **place, "options": options}


def menu(guild: Guild, registered: Fields, message: Message) -> Fields:
    """The data of a message's context menu: with the whole message, whatever the intents."""
    shape: Fields = {"id": registered["id"], "name": registered["name"], "type": 3}
    resolved: dict[str, Any] = {"messages": {str(message.id): as_message(guild, message)}}
    return {**shape, "target_id": str(message.id), "resolved": resolved}
