"""Messages, users and channels in the JSON that Slack sends."""

import re
from typing import Any

from slackd.records import APP, BOT, BOT_ID, TEAM, Channel, Fields, Message, User
from slackd.workspace import Workspace

MENTION = re.compile(r"<@([A-Z0-9]+)>")


def as_message(workspace: Workspace, message: Message) -> Fields:
    """A message as conversations.replies and events hold it."""
    user = workspace.users.get(message.user)
    shape: Fields = {"type": "message", "user": message.user, "text": message.text, "ts": message.ts}
    if message.subtype:
        shape["subtype"] = message.subtype
    if message.subtype == "tombstone":
        return {**shape, "user": "USLACKBOT", "hidden": True, **_thread(workspace, message)}
    shape["team"] = user.team if user else TEAM
    if user and user.bot_id:
        shape |= {"bot_id": user.bot_id, "bot_profile": _profile(user)}
        shape |= {"app_id": APP} if user.id == BOT else {}
    elif not message.subtype:
        shape["client_msg_id"] = f"00000000-0000-4000-8000-{message.ts.replace('.', '')[-12:]}"
    shape["blocks"] = message.blocks or [_typed(message.text)]
    if message.attachments:
        shape["attachments"] = message.attachments
    if message.edited:
        shape["edited"] = message.edited
    if message.metadata:
        shape["metadata"] = message.metadata
    if message.reactions:
        shape["reactions"] = [
            {"name": name, "users": users, "count": len(users)} for name, users in message.reactions.items()
        ]
    if message.stream is not None:
        shape["streaming_state"] = "in_progress" if message.stream.state == "open" else "completed"
    return {**shape, **_thread(workspace, message)}


def _thread(workspace: Workspace, message: Message) -> Fields:
    root = message.thread_ts
    if not root:
        return {}
    if root != message.ts:
        parent = workspace.messages.get((message.channel, root))
        return {"thread_ts": root, "parent_user_id": parent.user if parent else "USLACKBOT"}
    replies = [item for item in workspace.replies(message.channel, root) if item.ts != root]
    people = list(dict.fromkeys(item.user for item in replies))
    latest = {"latest_reply": replies[-1].ts} if replies else {}
    counted = {"reply_count": len(replies), "reply_users_count": len(people), "reply_users": people[:5]}
    return {"thread_ts": root, **counted, **latest}


def _profile(user: User) -> Fields:
    app = APP if user.bot_id == BOT_ID else "A0OTHER001"
    return {"id": user.bot_id, "app_id": app, "name": user.name, "deleted": False, "team_id": user.team}


def _typed(text: str) -> Fields:
    """The rich text that Slack's composer makes of what somebody types."""
    pieces = MENTION.split(text)
    elements = [
        {"type": "user", "user_id": piece} if index % 2 else {"type": "text", "text": plain(piece)}
        for index, piece in enumerate(pieces)
        if piece
    ]
    return {
        "type": "rich_text",
        "block_id": "typed",
        "elements": [{"type": "rich_text_section", "elements": elements}],
    }


def plain(text: str) -> str:
    """Text without Slack's escapes of the three characters."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def as_user(user: User) -> Fields:
    """A user as users.info gives it."""
    return {
        "id": user.id,
        "team_id": user.team,
        "name": user.name,
        "real_name": user.name.title(),
        "deleted": False,
        "is_admin": user.admin,
        "is_owner": False,
        "is_bot": bool(user.bot_id),
        "is_stranger": user.team != TEAM,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "tz": "Europe/Berlin",
        "tz_offset": 7200,
        "locale": user.locale,
        "profile": {"display_name": user.name, "real_name": user.name.title(), "team": user.team},
    }


def as_channel(channel: Channel) -> Fields:
    """A channel as conversations.info gives it."""
    shape: dict[str, Any] = {
        "id": channel.id,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "group",
        "is_im": channel.kind == "im",
        "is_private": channel.kind != "channel",
        "is_archived": channel.archived,
        "is_member": BOT in channel.members,
        "context_team_id": TEAM,
        "num_members": len(channel.members),
    }
    return {**shape, **({"user": channel.with_user} if channel.kind == "im" else {"name": channel.name})}
