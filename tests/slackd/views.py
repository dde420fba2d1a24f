"""Modals and the app's home."""

from collections.abc import Mapping
from typing import Any

from slackd import blocks
from slackd.elements import length, plain, wrong
from slackd.records import APP, BOT_ID, TEAM, Fields, View
from slackd.refusal import Refused, needed
from slackd.workspace import Workspace


def trigger(workspace: Workspace, user: str) -> str:
    """A trigger id with which the app may open one modal for this user, soon."""
    made = f"{workspace.id('')}.{workspace.id('')}.{workspace.random.getrandbits(64):x}"
    workspace.triggers[made] = user
    return made


def expire_triggers(workspace: Workspace) -> None:
    """Lets the three seconds of all trigger ids be over."""
    workspace.triggers = dict.fromkeys(workspace.triggers, "")


def open_modal(workspace: Workspace, args: Fields) -> Fields:
    needed(args, "view")
    user = _exchanged(workspace, str(args.get("trigger_id") or ""))
    fields = checked(args["view"], "modal")
    del workspace.triggers[args["trigger_id"]]
    workspace.used_triggers.add(args["trigger_id"])
    view = View(id=workspace.id("V"), user=user, fields=fields, hash=_hash(workspace), kind="modal")
    workspace.views[view.id] = view
    workspace.changes.note()
    return {"view": as_view(view)}


def _exchanged(workspace: Workspace, given: str) -> str:
    if given in workspace.used_triggers:
        raise Refused("exchanged_trigger_id")
    if given not in workspace.triggers:
        raise Refused("invalid_trigger_id")
    if not workspace.triggers[given]:
        raise Refused("expired_trigger_id")
    return workspace.triggers[given]


def update_modal(workspace: Workspace, args: Fields) -> Fields:
    needed(args, "view")
    wanted = args.get("view_id"), args.get("external_id")
    for view in workspace.views.values():
        if view.open and (
            view.id == wanted[0] or (wanted[1] and view.fields.get("external_id") == wanted[1])
        ):
            if args.get("hash") not in (None, "", view.hash):
                raise Refused("hash_conflict")
            return {"view": as_view(replaced(workspace, view, args["view"]))}
    raise Refused("not_found")


def replaced(workspace: Workspace, view: View, fields: Any) -> View:
    """Gives an open view other content."""
    view.fields, view.hash = checked(fields, view.kind), _hash(workspace)
    workspace.changes.note()
    return view


def publish(workspace: Workspace, args: Fields) -> Fields:
    needed(args, "user_id", "view")
    if args["user_id"] not in workspace.users:
        raise Refused("user_not_found")
    home = home_of(workspace, args["user_id"])
    if home is not None and args.get("hash") not in (None, "", home.hash):
        raise Refused("hash_conflict")
    fields = checked(args["view"], "home")
    if home is None:
        home = View(id=workspace.id("V"), user=args["user_id"], fields=fields, hash="", kind="home")
        workspace.views[home.id] = home
    return {"view": as_view(replaced(workspace, home, args["view"]))}


def home_of(workspace: Workspace, user: str) -> View | None:
    """The home that the app published for this user."""
    homes = (view for view in workspace.views.values() if view.kind == "home" and view.user == user)
    return next(homes, None)


def _hash(workspace: Workspace) -> str:
    return f"{workspace.ts()}.{workspace.random.getrandbits(32):x}"


def checked(fields: Any, kind: str) -> Fields:
    """The view's fields with its blocks' ids; Refused where Slack would not show it."""
    if not isinstance(fields, Mapping) or fields.get("type") != kind:
        raise wrong(f"view.type must be {kind}", "/view/type")
    inside = blocks.check(fields.get("blocks"), view=True)
    if kind == "modal":
        plain(fields.get("title"), 24, "/view/title")
        for name in ("submit", "close"):
            if name in fields:
                plain(fields[name], 24, f"/view/{name}")
        if any(block["type"] == "input" for block in inside) and "submit" not in fields:
            raise wrong("a view with inputs needs `submit`", "/view/submit")
    length(fields.get("private_metadata", ""), 3000, "/view/private_metadata", 0)
    length(fields.get("callback_id", ""), 255, "/view/callback_id", 0)
    return {**fields, "blocks": inside}


def as_view(view: View, values: Mapping[str, Any] | None = None) -> Fields:
    """A view as answers and payloads hold it."""
    owner = {"team_id": TEAM, "app_id": APP, "bot_id": BOT_ID, "app_installed_team_id": TEAM}
    blank = {"private_metadata": "", "callback_id": "", "external_id": "", "previous_view_id": None}
    state = {"id": view.id, "root_view_id": view.id, "hash": view.hash, "state": {"values": values or {}}}
    return {**blank, **view.fields, **owner, **state}
