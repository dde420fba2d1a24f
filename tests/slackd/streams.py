"""Streamed messages: started, appended to, stopped, and refused when they are over."""

from typing import Any

from slackd import blocks
from slackd.chat import TEXT_LIMIT, changed, channel_for, posted, root_of
from slackd.records import BOT, Fields, Message, Stream
from slackd.refusal import Refused, needed
from slackd.shapes import as_message
from slackd.workspace import Workspace

TITLE_LIMIT = 256


def start(workspace: Workspace, args: Fields) -> Fields:
    channel = channel_for(workspace, args.get("channel"))
    if channel.kind != "im":
        for name in ("recipient_team_id", "recipient_user_id"):
            if not args.get(name):
                raise Refused(f"missing_{name}")
        recipient = workspace.users.get(str(args["recipient_user_id"]))
        if recipient is None:
            raise Refused("user_not_found")
        if recipient.team != args["recipient_team_id"]:
            raise Refused("invalid_arguments", "recipient_team_id is not the team of recipient_user_id")
    if args.get("task_display_mode", "timeline") not in ("timeline", "plan"):
        raise Refused("invalid_arguments")
    if not args.get("thread_ts"):
        raise Refused("invalid_thread_ts")
    stream = Stream()
    added = _added(stream, args)
    root = root_of(workspace, channel, args["thread_ts"], "invalid_thread_ts")
    message = Message(channel=channel.id, ts=workspace.ts(), user=BOT, thread_ts=root, stream=stream)
    _show(message, added)
    posted(workspace, message)
    return {"channel": channel.id, "ts": message.ts}


def append(workspace: Workspace, args: Fields) -> Fields:
    message = _streaming(workspace, args)
    if not args.get("markdown_text") and not args.get("chunks"):
        raise Refused("no_text")
    _show(message, _added(_stream(message), args))
    workspace.changes.note()
    return {"channel": message.channel, "ts": message.ts}


def stop(workspace: Workspace, args: Fields) -> Fields:
    message = _streaming(workspace, args)
    final = blocks.check(args["blocks"]) if args.get("blocks") is not None else []
    before = as_message(workspace, message)
    stream = _stream(message)
    added = _added(stream, args)
    stream.state = "stopped"
    message.metadata = args.get("metadata") or message.metadata
    _show(message, added + final)
    workspace.changes.note()
    changed(workspace, message, before)
    shape = as_message(workspace, message)
    return {"channel": message.channel, "ts": message.ts, "message": shape}


def expire(workspace: Workspace) -> int:
    """Closes all open streams as Slack does after some minutes; gives how many there were."""
    closed = [
        message.stream
        for message in workspace.messages.values()
        if message.stream is not None and message.stream.state == "open"
    ]
    for stream in closed:
        stream.state = "expired"
    workspace.changes.note()
    return len(closed)


def _stream(message: Message) -> Stream:
    assert message.stream is not None
    return message.stream


def _streaming(workspace: Workspace, args: Fields) -> Message:
    needed(args, "ts")
    channel = channel_for(workspace, args.get("channel"))
    message = workspace.found(channel.id, args["ts"])
    if message.user != BOT:
        raise Refused("message_not_owned_by_app")
    if message.stream is None or message.stream.state != "open":
        raise Refused("message_not_in_streaming_state")
    return message


def _added(stream: Stream, args: Fields) -> list[Fields]:
    """Takes the call's content into the stream; gives the blocks among it."""
    text, chunks = args.get("markdown_text"), args.get("chunks")
    if text and chunks:
        raise Refused("invalid_arguments", "markdown_text and chunks exclude each other")
    if len(text or "") > blocks.MARKDOWN_LIMIT:
        raise Refused("msg_too_long")
    mode = "text" if text else "chunks" if chunks else ""
    if mode and stream.mode and mode != stream.mode:
        raise Refused("streaming_mode_mismatch")
    if chunks is not None and not isinstance(chunks, list):
        raise Refused("invalid_chunks")
    tried = Stream(text=stream.text + (text or ""), tasks=dict(stream.tasks), plan=stream.plan)
    found = [block for chunk in chunks or () for block in _take(tried, chunk)]
    if len(tried.text) > TEXT_LIMIT:
        raise Refused("msg_too_long")
    stream.text, stream.tasks, stream.plan = tried.text, tried.tasks, tried.plan
    stream.mode = mode or stream.mode  # type: ignore[assignment]
    return found


def _take(stream: Stream, chunk: Any) -> list[Fields]:
    kind = chunk.get("type") if isinstance(chunk, dict) else None
    if kind == "markdown_text" and isinstance(chunk.get("text"), str):
        if len(chunk["text"]) > blocks.MARKDOWN_LIMIT:
            raise Refused("msg_too_long")
        stream.text += chunk["text"]
    elif kind == "task_update" and chunk.get("id") and 0 < len(chunk.get("title", "")) <= TITLE_LIMIT:
        if chunk.get("status", "pending") not in ("pending", "in_progress", "complete", "error"):
            raise Refused("invalid_chunks")
        known = stream.tasks.get(chunk["id"], {})
        details = known.get("details", "") + chunk.get("details", "")
        stream.tasks[chunk["id"]] = {**known, **chunk, "details": details}
    elif kind == "plan_update" and 0 < len(chunk.get("title", "")) <= TITLE_LIMIT:
        stream.plan = chunk["title"]
    elif kind == "blocks":
        return blocks.check(chunk.get("blocks"))
    else:
        raise Refused("invalid_chunks")
    return []


def _show(message: Message, more: list[Fields]) -> None:
    """The message as it is read back: its text as rich text, then what blocks came."""
    stream = _stream(message)
    message.text = stream.text
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": stream.text}]}
    told = {"type": "rich_text", "block_id": "streamed", "elements": [section]}
    others = [block for block in message.blocks if block["block_id"] != "streamed"]
    message.blocks = ([told] if stream.text else []) + others + more
