"""One interaction: a command, a press or a submission, and what came of it."""

import time
from dataclasses import dataclass, field

from discordd.reading import Shown, shown
from discordd.records import LOADING, Fields, Message

COMMAND, COMPONENT, MODAL_SUBMIT = 2, 3, 5
PONG, SAY, THINK, DEFER_UPDATE, UPDATE, CHOICES, MODAL = 1, 4, 5, 6, 7, 8, 9


@dataclass(slots=True, kw_only=True)
class Interaction:
    """What a person did; responses are seen here, those for the person alone too."""

    id: int
    token: str
    kind: int
    user: int
    channel: int
    data: Fields
    message: Message | None = None
    """The message whose button was pressed."""
    created: float = field(default_factory=time.perf_counter)
    expired: bool = False
    """Whether its fifteen minutes are over."""
    callback: int = 0
    """The type of the answer: 4 message, 5 and 6 later, 7 update, 9 modal; 0 while there is none."""
    acked_at: float | None = None
    """time.perf_counter() of the answer."""
    modal: Fields | None = None
    """The modal that it opened."""
    original: Message | None = None
    sent: list[Message] = field(default_factory=list)
    """The response and its followups, oldest first; deleted ones too."""
    removed: list[int] = field(default_factory=list)

    @property
    def acked(self) -> bool:
        """Whether the app answered in time; otherwise people read that it did not."""
        return self.acked_at is not None

    @property
    def deferred(self) -> bool:
        return self.callback in (THINK, DEFER_UPDATE)

    @property
    def thinking(self) -> bool:
        """Whether people still see that the app is thinking."""
        return self.original is not None and bool(self.original.flags & LOADING)

    @property
    def responses(self) -> list[Shown]:
        """What was said in response and still stands."""
        return [shown(message) for message in self.sent if message.id not in self.removed]

    @property
    def ephemeral(self) -> bool:
        """Whether the person alone sees the responses."""
        return bool(self.sent) and all(message.seen_by for message in self.sent)

    @property
    def words(self) -> str:
        """All that the person reads in response."""
        return "\n".join(response.words for response in self.responses if response.words)
