"""What a person reads in a message, flattened to plain words, and what somebody can press."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from slackd.blocks import interactive
from slackd.records import BOT, Message
from slackd.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A message as it stands in a channel now."""

    channel: str
    ts: str
    thread_ts: str
    author: str
    """The user's id."""
    text: str
    """What notifications show; what was streamed, for a streamed message."""
    blocks: tuple[dict[str, Any], ...]
    streamed: bool
    edited: int
    """How often it was changed after it was posted or streamed."""
    finished: bool
    """A stopped stream, or a message of the bot that offers something to press."""
    words: str
    """Everything that a person reads, one line a part, labels of buttons included."""
    labels: tuple[str, ...]
    """What the buttons say."""
    at: float
    """time.perf_counter() when it appeared."""
    by_bot: bool
    expired: bool = False
    """A stream that Slack closed and nobody has repaired since."""


def shown(message: Message) -> Shown:
    """Reads a message."""
    stream = message.stream
    buttons = tuple(labels(message.blocks))
    expired = stream is not None and stream.state == "expired" and not message.edits
    over = stream is not None and (stream.state == "stopped" or bool(message.edits and buttons))
    return Shown(
        channel=message.channel,
        ts=message.ts,
        thread_ts=message.thread_ts,
        author=message.user,
        text=message.text,
        blocks=tuple(message.blocks),
        streamed=stream is not None,
        edited=message.edits,
        finished=over or (stream is None and message.user == BOT and bool(buttons)),
        words=words(message),
        labels=buttons,
        at=message.at,
        by_bot=message.user == BOT,
        expired=expired,
    )


def thread(workspace: Workspace, channel: str, ts: str) -> list[Shown]:
    """A thread, oldest first, its root included."""
    return [shown(message) for message in workspace.replies(channel, ts)]


def words(message: Message) -> str:
    """Blocks hide the text that notifications show; a stream's text stands above its last blocks."""
    stream = message.stream
    streaming = stream is not None and not message.edits
    parts = [message.text] if streaming or not message.blocks else []
    if streaming and stream is not None:
        parts += [stream.plan, *(str(task.get("title", "")) for task in stream.tasks.values())]
    rest = [block for block in message.blocks if not (streaming and block.get("block_id") == "streamed")]
    parts += [line for block in rest for line in reads(block)]
    parts += [str(item.get("text") or item.get("fallback") or "") for item in message.attachments]
    return "\n".join(part for part in parts if part)


def reads(block: Mapping[str, Any]) -> Iterator[str]:
    """The lines of a block."""
    kind = block.get("type")
    if kind == "rich_text":
        yield _rich(block["elements"])
    elif kind == "table":
        for row in block["rows"]:
            yield " | ".join(_rich([cell]) for cell in row)
    else:
        yield from _texts(block)


def _texts(thing: Any) -> Iterator[str]:
    if isinstance(thing, list):
        for item in thing:
            yield from _texts(item)
    elif isinstance(thing, Mapping):
        for key in ("text", "alt_text"):
            if isinstance(thing.get(key), str):
                yield thing[key]
        for key, value in thing.items():
            if key not in ("confirm", "options"):
                yield from _texts(value) if not isinstance(value, str) else ()


def _rich(elements: Iterable[Mapping[str, Any]]) -> str:
    said = ""
    for item in elements:
        if item.get("elements"):
            said += _rich(item["elements"]) + ("\n" if item.get("type") == "rich_text_preformatted" else "")
        elif item.get("type") == "user":
            said += f"<@{item['user_id']}>"
        else:
            said += str(item.get("text") or item.get("url") or "")
    return said


def labels(blocks: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """What the elements of these blocks say, those of feedback buttons one by one."""
    for block in blocks:
        for item in interactive(block):
            for side in ("positive_button", "negative_button"):
                if side in item:
                    yield item[side]["text"]["text"]
            said = item.get("text") or item.get("placeholder")
            if said:
                yield said["text"]
