"""Looks at the support team's channel in Discord: whether the bot sees it, and may post there."""

import discord

from adapters.discord.app import signed_in
from adapters.discord.chat import DiscordRefused, translated
from adapters.discord.connection import Access
from bot.checking import Check
from bot.errors import SurfaceUnavailable

NAME = "discord team"
NEEDED = ("view_channel", "send_messages")
UNSEEN = (
    "Discord shows the bot no channel {channel}. Check [triage] discord_channel, and that the bot may view "
    "that channel."
)
NO_ROOM = "No messages can be posted in #{name} itself: set [triage] discord_channel to a text channel."
FORBIDDEN = "The bot lacks permissions in the team's channel #{name}: grant it {lacking} there."


async def check_team(access: Access, channel: str) -> Check:
    """What there is of the channel of this id."""
    try:
        async with signed_in(access) as client:
            return await _looked_at(client, int(channel))
    except SurfaceUnavailable as error:
        if isinstance(error, DiscordRefused) and error.status in {403, 404}:
            return Check(name=NAME, status="fail", detail=UNSEEN.format(channel=channel))
        detail = f"The team's channel {channel} cannot be looked at: {error.reason}."
        return Check(name=NAME, status="warn", detail=detail)


async def _looked_at(client: discord.Client, channel: int) -> Check:
    async with translated():
        where = await client.fetch_channel(channel)
    if not isinstance(where, discord.abc.GuildChannel) or not isinstance(where, discord.abc.Messageable):
        detail = NO_ROOM.format(name=getattr(where, "name", channel))
        return Check(name=NAME, status="fail", detail=detail)
    async with translated():
        # Without a connection a server's roles are not known: they come with the server itself.
        guild = await client.fetch_guild(where.guild.id, with_counts=False)
        here = await guild.fetch_channel(channel)
        me = await guild.fetch_member(client.user.id if client.user else 0)
    held = here.permissions_for(me)
    lacking = [name for name in NEEDED if not getattr(held, name)]
    if lacking:
        detail = FORBIDDEN.format(name=where.name, lacking=", ".join(lacking))
        return Check(name=NAME, status="fail", detail=detail)
    return Check(name=NAME, status="ok", detail=f"#{where.name}")
