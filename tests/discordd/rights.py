"""Who may do what where: Discord's permission bits, roles and channel overwrites."""

from collections.abc import Iterable

from discordd.records import GUILD, Channel, Role, User

ADD_REACTIONS, ADMINISTRATOR, MANAGE_GUILD = 1 << 6, 1 << 3, 1 << 5
VIEW, SEND, MANAGE_MESSAGES = 1 << 10, 1 << 11, 1 << 13
EMBED_LINKS, ATTACH_FILES, HISTORY, MENTION_EVERYONE = 1 << 14, 1 << 15, 1 << 16, 1 << 17
USE_COMMANDS, MANAGE_THREADS = 1 << 31, 1 << 34
PUBLIC_THREADS, PRIVATE_THREADS, SEND_IN_THREADS = 1 << 35, 1 << 36, 1 << 38
ALL = (1 << 50) - 1
EVERYDAY = (
    ADD_REACTIONS
    | VIEW
    | SEND
    | EMBED_LINKS
    | ATTACH_FILES
    | HISTORY
    | MENTION_EVERYONE
    | USE_COMMANDS
    | PUBLIC_THREADS
    | PRIVATE_THREADS
    | SEND_IN_THREADS
)
"""What everybody may do in a new guild."""


def permissions(user: User, channel: Channel, roles: Iterable[Role]) -> int:
    """The bits of a member in a channel (for a thread: its parent)."""
    mine = [role for role in roles if role.id == GUILD or role.id in user.roles]
    base = 0
    for role in mine:
        base |= role.permissions
    if base & ADMINISTRATOR:
        return ALL
    return _overwritten(base, user, channel)


def _overwritten(base: int, user: User, channel: Channel) -> int:
    groups = (
        [each for each in channel.overwrites if each.kind == "role" and each.id == GUILD],
        [each for each in channel.overwrites if each.kind == "role" and each.id in user.roles],
        [each for each in channel.overwrites if each.kind == "member" and each.id == user.id],
    )
    for group in groups:
        for each in group:
            base &= ~each.deny
        for each in group:
            base |= each.allow
    return base if base & VIEW else 0
