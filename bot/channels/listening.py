"""Decides which messages of a channel are for Docent (pure)."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.channels.posts import Entry, Post

Barrier = Literal["elsewhere", "stranger"]

REMARK = re.compile(
    r"(?:(?:ok(?:ay)?|oh|ah|ty|thx|thanks?|thank you|many thanks|great|perfect|awesome|nice|cool|super|lovely"
    r"|wow|got it|i see|will do|makes sense|solved|it works?|that works?|works|worked|that (?:did|fixed) it"
    r"|fixed|good|very|so much|a lot|now|again|for (?:that|this|the help)|docent|yes|no|yep|nope|lgtm|np"
    r"|welcome)"
    r"[\s,.!:;)\U0001f300-\U0001faff\u2600-\u27bf\ufe0f]*)+",
    re.I,
)
LONGEST_REMARK = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Who may ask where; empty for everybody and everywhere."""

    channels: Collection[str] = ()
    users: Collection[str] = ()
    auto_answer: Collection[str] = ()
    """Channels in which questions are answered without a mention."""
    watch: Collection[str] = ()
    """Channels in which what begins a thread is triaged, and never answered."""


def barrier(post: Post, rules: Rules) -> Barrier | None:
    """What keeps a post from being answered, whatever it says."""
    if rules.users and post.author not in rules.users:
        return "stranger"
    open_to_all = not rules.channels or post.direct
    if open_to_all or {post.place.channel, post.place.thread} & {*rules.channels, *rules.auto_answer}:
        return None
    return "elsewhere"


def is_closing(text: str) -> bool:
    """Whether a message only ends a conversation: "thanks, that works"."""
    text = text.strip()
    return len(text) <= LONGEST_REMARK and bool(REMARK.fullmatch(text))


def attends(thread: Sequence[Post], post: Post, entries: Sequence[Entry]) -> bool:
    """Whether the bot still takes part in a thread when ``post`` comes, which does not mention it.

    ``thread`` holds the messages before, oldest first; ``entries`` the questions answered there. Who asked
    is the bot's partner. It steps back when anybody else writes, or a partner turns to somebody else, until
    it is mentioned again.
    """
    askers: Mapping[str, str] = {entry.message: entry.asker for entry in entries}
    partners = {earlier.author for earlier in thread[:1] if earlier.by == "human"}
    partners |= {entry.asker for entry in entries if entry.via == "shortcut"}
    attending = False
    for earlier in thread:
        if earlier.id == post.id:
            break
        if earlier.mentions_bot or earlier.id in askers:
            attending = True
            partners |= {earlier.author, askers.get(earlier.id, earlier.author)}
        elif earlier.by == "self":
            attending = True
        elif earlier.by == "human" and (earlier.mentions_others or earlier.author not in partners):
            attending = False
    return attending and not post.mentions_others and post.author in partners
