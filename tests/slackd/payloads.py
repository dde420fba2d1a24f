"""What Slack sends about people's acts, built from the workspace as it stands."""

from collections.abc import Mapping, Sequence
from typing import Any

from slackd.records import APP, BOT, DOMAIN, TEAM, Channel, Fields, Message, User, View
from slackd.shapes import as_message
from slackd.views import as_view
from slackd.workspace import Workspace

TOKEN = "verification-token"
HISTORY = {"channel": "channels", "group": "groups", "im": "im"}


def event_callback(workspace: Workspace, event: Fields) -> Fields:
    """The wrapper of an event, with an id of its own."""
    outside = workspace.users.get(str(event.get("user")))
    shown_to = {"enterprise_id": None, "team_id": TEAM, "user_id": BOT, "is_bot": True}
    return {
        "token": TOKEN,
        "team_id": TEAM,
        "api_app_id": APP,
        "event": event,
        "type": "event_callback",
        "event_id": workspace.id("Ev"),
        "event_time": int(float(event.get("event_ts", "0"))),
        "authorizations": [{**shown_to, "is_enterprise_install": False}],
        "is_ext_shared_channel": outside is not None and outside.team != TEAM,
        "event_context": workspace.id("4-"),
    }


def reaches_app(workspace: Workspace, event: Mapping[str, Any]) -> bool:
    """Whether the app gets this event: subscribed, in scope, and a member where it happened."""
    kind = event["type"]
    channel = workspace.channels.get(str(event.get("channel") or event.get("item", {}).get("channel")))
    if channel is not None and BOT not in channel.members:
        return False
    if kind == "message" and channel is not None:
        name = HISTORY[channel.kind]
        return f"message.{name}" in workspace.subscribed and f"{name}:history" in workspace.scopes
    scopes = {"app_mention": "app_mentions:read", "reaction_added": "reactions:read"}
    return kind in workspace.subscribed and scopes.get(kind, "chat:write") in workspace.scopes


def _person(user: User) -> Fields:
    return {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team}


def _common(kind: str, user: User, trigger_id: str) -> Fields:
    team = {"id": TEAM, "domain": DOMAIN}
    nowhere: Fields = {"enterprise": None, "is_enterprise_install": False}
    who: Fields = {"user": _person(user), "api_app_id": APP, "token": TOKEN, "team": team}
    return {"type": kind, **who, "trigger_id": trigger_id, **nowhere}


def slash_command(
    user: User, channel: Channel, command: str, text: str, trigger_id: str, response_url: str
) -> Fields:
    name = {"im": "directmessage", "group": "privategroup"}.get(channel.kind, channel.name)
    return {
        "token": TOKEN,
        "team_id": TEAM,
        "team_domain": DOMAIN,
        "channel_id": channel.id,
        "channel_name": name,
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger_id,
    }


def message_action(
    workspace: Workspace, user: User, message: Message, callback_id: str, trigger_id: str, response_url: str
) -> Fields:
    where = _where(workspace, message.channel)
    stamps = {"action_ts": workspace.ts(), "message_ts": message.ts}
    told = {"message": as_message(workspace, message), "response_url": response_url}
    return {
        **_common("message_action", user, trigger_id),
        **stamps,
        **where,
        **told,
        "callback_id": callback_id,
    }


def _where(workspace: Workspace, channel: str) -> Fields:
    return {"channel": {"id": channel, "name": workspace.channels[channel].name or "directmessage"}}


def message_press(
    workspace: Workspace,
    user: User,
    message: Message,
    action: Fields,
    trigger_id: str,
    response_url: str,
) -> Fields:
    """block_actions from a message; an ephemeral's own content is not told."""
    ephemeral = bool(message.seen_by)
    container: Fields = {"type": "message", "message_ts": message.ts, "channel_id": message.channel}
    container |= {
        "is_ephemeral": ephemeral,
        **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
    }
    told = {} if ephemeral else {"message": as_message(workspace, message)}
    return {
        **_common("block_actions", user, trigger_id),
        "container": container,
        **_where(workspace, message.channel),
        **told,
        "state": {"values": {}},
        "response_url": response_url,
        "actions": [{**action, "action_ts": workspace.ts()}],
    }


def view_press(workspace: Workspace, user: User, view: View, action: Fields, trigger_id: str) -> Fields:
    """block_actions from a modal or the home."""
    return {
        **_common("block_actions", user, trigger_id),
        "container": {"type": "view", "view_id": view.id},
        "view": as_view(view),
        "actions": [{**action, "action_ts": workspace.ts()}],
    }


def view_submission(user: User, view: View, values: Fields, trigger_id: str) -> Fields:
    return {
        **_common("view_submission", user, trigger_id),
        "view": as_view(view, values),
        "response_urls": [],
    }


def view_closed(user: User, view: View) -> Fields:
    closed = _common("view_closed", user, "")
    del closed["trigger_id"]
    return {**closed, "view": as_view(view), "is_cleared": False}


def assistant_started(user: User, channel: str, thread_ts: str, looking_at: str, stamp: str) -> Fields:
    """The event of an opened pane; ``looking_at`` is the channel that the user has beside it."""
    context = {"channel_id": looking_at, "team_id": TEAM, "enterprise_id": None} if looking_at else {}
    pane = {"user_id": user.id, "context": context, "channel_id": channel, "thread_ts": thread_ts}
    return {"type": "assistant_thread_started", "assistant_thread": pane, "event_ts": stamp}


def reaction(kind: str, user: str, message: Message, name: str, stamp: str) -> Fields:
    item = {"type": "message", "channel": message.channel, "ts": message.ts}
    event = {"type": kind, "user": user, "reaction": name, "item_user": message.user}
    return {**event, "item": item, "event_ts": stamp}


def filled(view: View, values: Mapping[str, Any]) -> Fields:
    """The state of a modal's inputs after somebody filled them, by block id, action id or label.

    AssertionError where the client would not let the modal be submitted, or nothing has that name.
    """
    state: Fields = {}
    left = dict(values)
    for block in view.fields["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        names = (block["block_id"], element.get("action_id", ""), block["label"]["text"])
        given = next((left.pop(name) for name in names if name in left), None)
        missing = given in (None, "", []) and not block.get("optional")
        first = element.get("initial_value") or element.get("initial_option")
        assert not (missing and not first), f"{names[2]!r} is empty: Slack would not submit"
        state[block["block_id"]] = {element.get("action_id", "generated"): _entered(element, given)}
    assert not left, f"the modal has no input called {', '.join(left)}"
    return state


def _entered(element: Mapping[str, Any], given: Any) -> Fields:
    kind = element["type"]
    if "options" not in element:
        return {"type": kind, "value": given if given is not None else element.get("initial_value")}
    wanted = given if isinstance(given, list | tuple) else [given]
    chosen = [option_of(element["options"], one) for one in wanted if one is not None]
    if kind.startswith("multi_") or kind == "checkboxes":
        return {"type": kind, "selected_options": chosen or element.get("initial_options", [])}
    return {"type": kind, "selected_option": chosen[0] if chosen else element.get("initial_option")}


def option_of(options: Sequence[Fields], wanted: str) -> Fields:
    """An option by its value or its text."""
    for option in options:
        if wanted in (option["value"], option["text"]["text"]):
            return option
    raise AssertionError(f"there is no option {wanted!r}")
