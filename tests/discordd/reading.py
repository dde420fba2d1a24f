"""What a person reads in a message, flattened to plain words, and what somebody can press."""

from dataclasses import dataclass
from typing import Any

from discordd import components
from discordd.records import BOT, EPHEMERAL, LOADING, SUPPRESS_EMBEDS, Fields, Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A message as it stands in a channel now."""

    id: int
    channel: int
    author: int
    text: str
    """Its content."""
    embeds: tuple[Fields, ...]
    components: tuple[Fields, ...]
    labels: tuple[str, ...]
    """What the buttons say, links included."""
    words: str
    """Everything that a person reads, one line a part, labels of buttons included."""
    edited: int
    """How often its author changed it."""
    versions: tuple[str, ...]
    """Everything that its content said, oldest first."""
    finished: bool
    """A message of the bot that offers something to press."""
    at: float
    """time.perf_counter() when it appeared."""
    by_bot: bool
    ephemeral: bool
    reply_to: int
    """The message that it replies to; 0 for none."""
    flags: int
    type: int
    reactions: dict[str, tuple[int, ...]]
    attachments: tuple[str, ...]
    """The names of its files."""

    @property
    def thinking(self) -> bool:
        return bool(self.flags & LOADING)


def shown(message: Message) -> Shown:
    """Reads a message."""
    by_bot = message.author == BOT
    said: list[Any] = [message.content]
    if not message.flags & SUPPRESS_EMBEDS:
        said += [line for embed in message.embeds for line in _embed(embed)]
    said += components.words(message.components)
    return Shown(
        id=message.id,
        channel=message.channel,
        author=message.author,
        text=message.content,
        embeds=tuple(message.embeds),
        components=tuple(message.components),
        labels=tuple(components.labels(message.components)),
        words="\n".join(str(each) for each in said if each),
        edited=message.edits,
        versions=tuple(filter(None, message.versions)),
        finished=by_bot and bool(message.components) and not message.flags & LOADING,
        at=message.at,
        by_bot=by_bot,
        ephemeral=bool(message.flags & EPHEMERAL),
        reply_to=message.reference,
        flags=message.flags,
        type=message.type,
        reactions={emoji: tuple(who) for emoji, who in message.reactions.items()},
        attachments=tuple(str(each["filename"]) for each in message.attachments),
    )


def _embed(embed: Fields) -> list[Any]:
    lines: list[Any] = [(embed.get("author") or {}).get("name"), embed.get("title"), embed.get("description")]
    for each in embed.get("fields") or []:
        lines += [each["name"], each["value"]]
    return [*lines, (embed.get("footer") or {}).get("text")]
