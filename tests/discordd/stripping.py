"""What an app without the Message Content intent reads: messages whose content is emptied."""

from discordd.guild import Guild
from discordd.records import BOT, DM, Fields


def stripped(guild: Guild, shape: Fields, *, granted: bool | None = None) -> Fields:
    """A message's shape, emptied where the app may not read it.

    Its own messages, those that mention it and those in a conversation with it are whole.
    """
    may = guild.content_granted if granted is None else granted
    if may:
        return shape
    shape = dict(shape)
    referred = shape.get("referenced_message")
    if referred:
        shape["referenced_message"] = _emptied(guild, referred)
    return _emptied(guild, shape)


def _emptied(guild: Guild, shape: Fields) -> Fields:
    mine = shape["author"]["id"] == str(BOT) or any(user["id"] == str(BOT) for user in shape["mentions"])
    if mine or guild.channels[int(shape["channel_id"])].type == DM:
        return shape
    return {**shape, "content": "", "embeds": [], "attachments": [], "components": []}
