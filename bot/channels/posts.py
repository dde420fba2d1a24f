"""The words for what people write in a channel, and for what is kept of it."""

from dataclasses import dataclass, replace
from typing import Literal, Self

from bot.model import Answer, Place

Via = Literal["mention", "follow_up", "direct", "auto", "command", "shortcut", "triage"]
"""How a question came: by name, in a thread of ours, in private, in a channel that is answered unasked,
by a command, by a shortcut on somebody's message; ``triage`` is no question: nobody wants an answer."""

State = Literal["open", "answered", "failed", "withdrawn", "triaged"]
"""``open`` while somebody works on it; the others are final, but for an edit of the question."""

Vote = Literal["up", "down"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One message on a platform, its markup already turned into plain Markdown."""

    place: Place
    """``thread`` is the thread it stands in; empty for a message that stands in the channel itself."""
    id: str
    """The platform's id of the message, unique within its channel."""
    author: str
    text: str
    """Without the mention of the bot."""
    at: float = 0.0
    """When it was written, seconds since the epoch."""
    by: Literal["human", "bot", "self"] = "human"
    """``self`` is Docent, ``bot`` any other program."""
    mentions_bot: bool = False
    mentions_others: bool = False
    """Whether it names a person or a group that is not the bot."""
    direct: bool = False
    """Whether it is a private conversation with the bot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A question in the ledger, with what became of it."""

    ref: str
    """Names it in buttons and logs: 32 hexadecimal digits."""
    place: Place
    """``thread`` is where the answer goes."""
    message: str
    """The platform's id of the question's message."""
    asker: str
    text: str
    via: Via
    at: float
    """When it was asked, seconds since the epoch."""
    state: State = "open"
    revision: int = 0
    """Counts the edits of the question; an answer to an older revision is out of date."""
    attempts: int = 0
    """How often somebody took it over after another process had left it unfinished."""
    reply: str = ""
    """The ids of the messages that hold the answer, separated by blanks; empty until it is posted."""
    answer: Answer | None = None

    def revised(self, text: str) -> Self:
        """The entry after its question was edited."""
        return replace(self, text=text, revision=self.revision + 1, state="open", attempts=0, answer=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """Who works on an entry, and until when nobody else may."""

    owner: str
    until: float
    """Seconds since the epoch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """What one person thinks of one answer."""

    ref: str
    person: str
    vote: Vote
    at: float
    reason: str = ""
