"""The methods that read: who, where, what was written; and reactions."""

import base64
from typing import Any

from slackd.chat import channel_for
from slackd.records import APP, BOT, BOT_ID, DOMAIN, TEAM, Fields, Message
from slackd.refusal import Refused, needed
from slackd.shapes import as_channel, as_message, as_user
from slackd.workspace import Workspace


def auth_test(workspace: Workspace, args: Fields) -> Fields:
    who = {"user": "docent", "user_id": BOT, "bot_id": BOT_ID}
    where = {"url": f"https://{DOMAIN}.slack.com/", "team": "Acme", "team_id": TEAM}
    return {**where, **who, "is_enterprise_install": False}


def bots_info(workspace: Workspace, args: Fields) -> Fields:
    for user in workspace.users.values():
        if user.bot_id and user.bot_id == args.get("bot"):
            app = APP if user.id == BOT else "A0OTHER001"
            return {"bot": {"id": user.bot_id, "app_id": app, "user_id": user.id, "name": user.name}}
    raise Refused("bot_not_found")


def users_info(workspace: Workspace, args: Fields) -> Fields:
    needed(args, "user")
    user = workspace.users.get(str(args["user"]))
    if user is None:
        raise Refused("user_not_found")
    return {"user": as_user(user)}


def conversations_info(workspace: Workspace, args: Fields) -> Fields:
    channel = workspace.channels.get(str(args.get("channel")))
    if channel is None or (channel.kind != "channel" and BOT not in channel.members):
        raise Refused("channel_not_found")
    return {"channel": as_channel(channel)}


def conversations_members(workspace: Workspace, args: Fields) -> Fields:
    channel = workspace.channels.get(str(args.get("channel")))
    if channel is None or (channel.kind != "channel" and BOT not in channel.members):
        raise Refused("channel_not_found")
    page, more = _page([{"id": name} for name in sorted(channel.members)], args, 100)
    return {"members": [member["id"] for member in page], **more}


def conversations_open(workspace: Workspace, args: Fields) -> Fields:
    users = [name for name in str(args.get("users") or "").split(",") if name]
    if len(users) != 1 or users[0] not in workspace.users:
        raise Refused("user_not_found" if users else "users_list_not_supplied")
    channel = workspace.conversation(users[0])
    return {"channel": as_channel(channel) if args.get("return_im") else {"id": channel.id}}


def users_conversations(workspace: Workspace, args: Fields) -> Fields:
    kinds = str(args.get("types") or "public_channel").split(",")
    names = {"channel": "public_channel", "group": "private_channel", "im": "im"}
    mine = [
        channel
        for channel in workspace.channels.values()
        if BOT in channel.members and names[channel.kind] in kinds
    ]
    if str(args.get("exclude_archived", "")) in ("1", "true"):
        mine = [channel for channel in mine if not channel.archived]
    page, more = _page([as_channel(channel) for channel in mine], args, 100)
    return {"channels": page, **more}


def replies(workspace: Workspace, args: Fields) -> Fields:
    """Oldest first; the root only where the first page begins."""
    needed(args, "ts")
    channel = channel_for(workspace, args.get("channel"), writing=False)
    root = workspace.messages.get((channel.id, str(args["ts"])))
    if root is None:
        raise Refused("thread_not_found")
    thread = workspace.replies(channel.id, root.ts) if root.thread_ts in ("", root.ts) else [root]
    wanted = [root, *(item for item in thread[1:] if _between(item, args))]
    page, more = _page([as_message(workspace, item) for item in wanted], args, 1000)
    return {"messages": page, **more}


def history(workspace: Workspace, args: Fields) -> Fields:
    """Newest first, without replies."""
    channel = channel_for(workspace, args.get("channel"), writing=False)
    standing = [
        item
        for item in workspace.messages.values()
        if item.channel == channel.id and item.thread_ts in ("", item.ts) and _between(item, args)
    ]
    newest = sorted(standing, key=lambda item: item.ts, reverse=True)
    page, more = _page([as_message(workspace, item) for item in newest], args, 100)
    return {"messages": page, **more}


def _between(message: Message, args: Fields) -> bool:
    oldest, latest = str(args.get("oldest") or "0"), str(args.get("latest") or "9999999999.999999")
    if str(args.get("inclusive", "")) in ("1", "true", "True"):
        return oldest <= message.ts <= latest
    return oldest < message.ts < latest


def _page(items: list[Fields], args: Fields, default: int) -> tuple[list[Fields], Fields]:
    try:
        limit = int(args.get("limit") or default)
    except ValueError:
        raise Refused("invalid_limit") from None
    if not 0 < limit <= 1000:
        raise Refused("invalid_limit")
    start = _start(args.get("cursor"))
    ends = start + limit >= len(items)
    cursor = "" if ends else base64.b64encode(f"next:{start + limit}".encode()).decode()
    metadata: Fields = {"response_metadata": {"next_cursor": cursor}} if cursor else {}
    return items[start : start + limit], {"has_more": not ends, **metadata}


def _start(cursor: Any) -> int:
    if not cursor:
        return 0
    try:
        return int(base64.b64decode(str(cursor)).decode().removeprefix("next:"))
    except ValueError:
        raise Refused("invalid_cursor") from None


def react(workspace: Workspace, args: Fields) -> Fields:
    message, users = _reaction(workspace, args)
    if BOT in users:
        raise Refused("already_reacted")
    message.reactions[args["name"]] = [*users, BOT]
    workspace.changes.note()
    return {}


def unreact(workspace: Workspace, args: Fields) -> Fields:
    message, users = _reaction(workspace, args)
    if BOT not in users:
        raise Refused("no_reaction")
    message.reactions[args["name"]] = [user for user in users if user != BOT]
    message.reactions = {name: left for name, left in message.reactions.items() if left}
    workspace.changes.note()
    return {}


def _reaction(workspace: Workspace, args: Fields) -> tuple[Message, list[str]]:
    needed(args, "name", "timestamp")
    if not str(args["name"]).replace("_", "").replace("-", "").replace("+", "").isalnum():
        raise Refused("invalid_name")
    channel = channel_for(workspace, args.get("channel"))
    message = workspace.found(channel.id, args["timestamp"])
    return message, message.reactions.get(args["name"], [])
