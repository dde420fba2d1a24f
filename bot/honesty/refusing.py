"""Notices while an answer streams that the model says the passages do not cover it (pure)."""

from bot.generation.prompt import NOT_COVERED


class RefusalGate:
    """Holds an answer's first characters back until it is clear that they are no refusal."""

    def __init__(self) -> None:
        self._held: str | None = ""
        self.refused = False
        """Whether the model said that the passages do not answer."""

    def feed(self, text: str) -> str:
        """What may be shown after ``text`` came."""
        if self.refused:
            return ""
        if self._held is None:
            return text
        self._held += text
        start = self._held.lstrip(" \n\t*`\"'")
        if start.startswith(NOT_COVERED):
            self.refused = True
            return ""
        if NOT_COVERED.startswith(start):
            return ""
        shown, self._held = self._held, None
        return shown

    def end(self) -> str:
        """What was held back when the answer ended."""
        shown, self._held = (self._held or ""), None
        return "" if self.refused else shown
