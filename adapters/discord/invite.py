"""What the bot may do in a server, and the link by which somebody adds it."""

import discord

from adapters.discord.app import signed_in
from adapters.discord.connection import Access

NEEDED_FOR = {
    "view_channel": "reading mentions",
    "send_messages": "answers",
    "create_public_threads": "answering below the question",
    "send_messages_in_threads": "answers in threads",
    "read_message_history": "follow-ups, and replies in channels without threads",
    "add_reactions": "marking what is on the support team's list",
}
"""Every permission that is asked for, by discord.py's name; ``docent doctor`` names what is missing."""
SCOPES = ("bot", "applications.commands")


def permissions() -> discord.Permissions:
    """What the bot needs, and no more."""
    return discord.Permissions(**dict.fromkeys(NEEDED_FOR, True))


def link(app_id: int) -> str:
    """The address at which who manages a server adds the app ``app_id`` to it."""
    return discord.utils.oauth_url(app_id, permissions=permissions(), scopes=SCOPES)


async def own_link(access: Access) -> str:
    """The same for the app that a token belongs to. Raises SurfaceUnavailable."""
    async with signed_in(access) as client:
        return link(client.application_id or 0)
