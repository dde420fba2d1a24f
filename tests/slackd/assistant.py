"""The assistant's thread: its status, its prompts, its title."""

from slackd.chat import channel_for, root_of
from slackd.records import Channel, Fields
from slackd.refusal import Refused, needed
from slackd.workspace import Workspace


def set_status(workspace: Workspace, args: Fields) -> Fields:
    needed(args, "channel_id", "thread_ts")
    if "status" not in args:
        raise Refused("invalid_arguments", "missing required field: status")
    channel = channel_for(workspace, args["channel_id"])
    loading = args.get("loading_messages") or []
    if not isinstance(loading, list) or len(loading) > 10:
        raise Refused("invalid_arguments", "loading_messages: no more than 10 items allowed")
    if (channel.id, str(args["thread_ts"])) not in workspace.messages:
        raise Refused("invalid_thread_ts")
    workspace.note_status(channel.id, str(args["thread_ts"]), str(args["status"]), tuple(loading))
    return {}


def _pane(workspace: Workspace, args: Fields, *names: str) -> tuple[Channel, str]:
    needed(args, "channel_id", *names)
    channel = channel_for(workspace, args["channel_id"])
    if channel.kind != "im":
        raise Refused("channel_type_not_supported")
    return channel, root_of(workspace, channel, args.get("thread_ts"), "invalid_thread_ts")


def set_prompts(workspace: Workspace, args: Fields) -> Fields:
    channel, root = _pane(workspace, args, "prompts")
    prompts = args["prompts"]
    if not isinstance(prompts, list) or len(prompts) > 4:
        raise Refused("invalid_arguments", "prompts: no more than 4 items allowed")
    if any(not (item.get("title") and item.get("message")) for item in prompts):
        raise Refused("invalid_arguments", "prompts need a title and a message")
    workspace.prompts[channel.id, root] = {"title": args.get("title", ""), "prompts": prompts}
    workspace.changes.note()
    return {}


def set_title(workspace: Workspace, args: Fields) -> Fields:
    channel, root = _pane(workspace, args, "thread_ts", "title")
    workspace.titles[channel.id, root] = str(args["title"])
    workspace.changes.note()
    return {}
