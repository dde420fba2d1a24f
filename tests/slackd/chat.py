"""The chat methods: posting, changing and deleting messages."""

from typing import Any

from slackd import blocks
from slackd.records import BOT, DOMAIN, Channel, Fields, Message
from slackd.refusal import Refused, needed
from slackd.shapes import as_message
from slackd.workspace import Workspace

TEXT_LIMIT = 40_000


def channel_for(workspace: Workspace, name: Any, *, writing: bool = True) -> Channel:
    """The channel of a call, or the refusal that Slack gives: unknown, archived, not a member."""
    if isinstance(name, str) and name in workspace.users and name != BOT:
        return workspace.conversation(name)
    channel = workspace.channels.get(str(name)) or _named(workspace, name)
    if channel is None or (channel.kind != "channel" and BOT not in channel.members):
        raise Refused("channel_not_found")
    if channel.archived and writing:
        raise Refused("is_archived")
    public = writing and "chat:write.public" in workspace.scopes and channel.kind == "channel"
    if BOT not in channel.members and not public:
        raise Refused("not_in_channel")
    return channel


def _named(workspace: Workspace, name: Any) -> Channel | None:
    wanted = str(name).removeprefix("#")
    return next(
        (channel for channel in workspace.channels.values() if channel.name == wanted and wanted), None
    )


def root_of(workspace: Workspace, channel: Channel, thread_ts: Any, error: str) -> str:
    """The root of the thread that a call replies to; makes the message a thread's root."""
    if not thread_ts:
        return ""
    root = workspace.messages.get((channel.id, str(thread_ts)))
    if root is None:
        raise Refused(error)
    if root.thread_ts and root.thread_ts != root.ts:
        raise Refused("cannot_reply_to_message")
    root.thread_ts = root.ts
    return root.ts


def content(args: Fields, *, kept: bool = False) -> Fields:
    """The fields of a message's content that a call gives; Refused where they are too long or none."""
    markdown, text = args.get("markdown_text"), args.get("text")
    if markdown is not None and (text or args.get("blocks")):
        raise Refused("markdown_text_conflict")
    if len(markdown or "") > blocks.MARKDOWN_LIMIT or len(text or "") > TEXT_LIMIT:
        raise Refused("msg_too_long")
    given: Fields = {"text": text} if text is not None else {}
    if markdown:
        given = {"text": markdown, "blocks": blocks.check([{"type": "markdown", "text": markdown}])}
    if args.get("blocks") is not None:
        given["blocks"] = blocks.check(args["blocks"])
    if args.get("attachments") is not None:
        given["attachments"] = args["attachments"]
    if not any(given.get(key) for key in ("text", "blocks", "attachments")) and not (kept and given):
        raise Refused("no_text")
    return given


def post_message(workspace: Workspace, args: Fields) -> Fields:
    channel = channel_for(workspace, args.get("channel"))
    given = content(args)
    root = root_of(workspace, channel, args.get("thread_ts"), "thread_not_found")
    message = Message(
        channel=channel.id,
        ts=workspace.ts(),
        user=BOT,
        thread_ts=root,
        metadata=args.get("metadata"),
        **given,
    )
    return {"channel": channel.id, "ts": message.ts, "message": posted(workspace, message)}


def posted(workspace: Workspace, message: Message) -> Fields:
    """Puts a message of the bot into its channel and tells the app, as Slack tells it its own messages."""
    workspace.keep(message)
    if workspace.status_of(message.channel, message.thread_ts):
        workspace.note_status(message.channel, message.thread_ts, "")
    shape = as_message(workspace, message)
    workspace.announce({**shape, "channel": message.channel, "event_ts": message.ts})
    return shape


def update(workspace: Workspace, args: Fields) -> Fields:
    needed(args, "ts")
    channel = channel_for(workspace, args.get("channel"))
    message = workspace.found(channel.id, args["ts"])
    if message.user != BOT:
        raise Refused("cant_update_message")
    if message.stream is not None and message.stream.state == "open":
        raise Refused("streaming_state_conflict")
    given = content(args, kept=True)
    change(workspace, message, given)
    shape = as_message(workspace, message)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shape}


def change(workspace: Workspace, message: Message, given: Fields) -> None:
    """Gives a message other content; what is not given stays, as Slack documents it."""
    before = as_message(workspace, message)
    for key, value in given.items():
        setattr(message, key, value)
    message.edits += 1
    message.edited = {"user": message.user, "ts": workspace.ts()}
    workspace.changes.note()
    changed(workspace, message, before)


def changed(workspace: Workspace, message: Message, before: Fields) -> None:
    """Tells the app that a message is another now."""
    stamp = workspace.ts()
    workspace.announce(
        {
            "type": "message",
            "subtype": "message_changed",
            "hidden": True,
            "channel": message.channel,
            "ts": stamp,
            "event_ts": stamp,
            "message": as_message(workspace, message),
            "previous_message": before,
        }
    )


def delete(workspace: Workspace, args: Fields) -> Fields:
    needed(args, "ts")
    channel = channel_for(workspace, args.get("channel"))
    message = workspace.found(channel.id, args["ts"])
    streaming = message.stream is not None and message.stream.state == "open"
    if message.user != BOT or streaming:
        raise Refused("cant_delete_message")
    remove(workspace, message)
    return {"channel": channel.id, "ts": message.ts}


def remove(workspace: Workspace, message: Message) -> None:
    """Deletes a message; one with replies leaves a tombstone, which Slack tells as a change."""
    before = as_message(workspace, message)
    if any(item.ts != message.ts for item in workspace.replies(message.channel, message.ts)):
        message.subtype, message.text, message.blocks = "tombstone", "This message was deleted.", []
        workspace.changes.note()
        changed(workspace, message, before)
        return
    del workspace.messages[message.channel, message.ts]
    workspace.changes.note()
    stamp = workspace.ts()
    deleted = {"deleted_ts": message.ts, "previous_message": before}
    event = {"type": "message", "subtype": "message_deleted", "hidden": True, "channel": message.channel}
    workspace.announce({**event, "ts": stamp, "event_ts": stamp, **deleted})


def post_ephemeral(workspace: Workspace, args: Fields) -> Fields:
    needed(args, "user")
    channel = channel_for(workspace, args.get("channel"))
    given = content(args)
    if args["user"] not in channel.members:
        raise Refused("user_not_in_channel")
    thread_ts = str(args.get("thread_ts") or "")
    message = ephemeral(workspace, channel.id, args["user"], thread_ts, given)
    return {"message_ts": message.ts}


def ephemeral(workspace: Workspace, channel: str, user: str, thread_ts: str, given: Fields) -> Message:
    """Shows a message to one person alone."""
    message = Message(
        channel=channel, ts=workspace.ts(), user=BOT, thread_ts=thread_ts, seen_by=user, **given
    )
    kept = workspace.keep(message)
    del workspace.messages[channel, message.ts]
    workspace.ephemerals.append(kept)
    return kept


def permalink(workspace: Workspace, args: Fields) -> Fields:
    channel = channel_for(workspace, args.get("channel"), writing=False)
    message = workspace.found(channel.id, str(args.get("message_ts", "")))
    link = f"https://{DOMAIN}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts and message.thread_ts != message.ts:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}
