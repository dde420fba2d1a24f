"""What the answers that are being written at the same time share: Slack's pace, and what it can do."""

from adapters.slack.chat import SlackRefused

NOT_HERE = {
    "unknown_method",
    "missing_scope",
    "not_allowed_token_type",
    "feature_not_enabled",
    "access_denied",
}
APPENDS_A_SECOND = 1.5
"""Of all streams of a workspace together; Slack allows about 100 a minute to one method of this tier."""
UPDATES_A_SECOND = 0.8
"""Likewise for ``chat.update``, about 50 a minute."""
QUICKEST_APPEND, QUICKEST_UPDATE = 0.5, 1.2


class Live:
    """Counts the answers being written, and remembers which methods the workspace has."""

    def __init__(self, *, streams: bool) -> None:
        self.streams = streams
        self.statuses = True
        self._writing: set[int] = set()

    def joined(self, reply: object) -> None:
        """An answer begins."""
        self._writing.add(id(reply))

    def left(self, reply: object) -> None:
        """An answer has ended."""
        self._writing.discard(id(reply))

    def pace(self, *, streamed: bool) -> float:
        """Seconds between two calls of one answer, so that all together stay within the limit."""
        if streamed:
            return max(QUICKEST_APPEND, len(self._writing) / APPENDS_A_SECOND)
        return max(QUICKEST_UPDATE, len(self._writing) / UPDATES_A_SECOND)


def lacking(error: Exception) -> bool:
    """Whether a workspace has no such method for us, so that asking again is of no use."""
    return isinstance(error, SlackRefused) and error.code in NOT_HERE
