"""Notices while an answer streams that the model says the passages do not cover it (pure)."""

import re

from bot.generation.prompt import NOT_COVERED

_OPEN, _CLOSE = r"[*_`\"'(\[]{0,4}", r"[*_`\"')\].]{0,4}"
# Markdown may set marks around the word, and a backslash within.
_WORD = NOT_COVERED.replace("_", r"(?:\\?_| )")
_PARTS = "|".join(NOT_COVERED[:end] for end in range(len(NOT_COVERED), 0, -1))
_TOKEN = re.compile(_OPEN + _WORD + _CLOSE)
_BEGUN = re.compile(rf"{_OPEN}(?:{_PARTS}|NOT(?:\\_?| )C?O?V?E?R?E?D?)?{_CLOSE}\Z")
"""The end of a text from where the word may be on its way, with the marks around it."""
_MARKER = re.compile(r"\[\s*\d|【\d")
_SENTENCE = re.compile(r"[.!?\n]+")
_DENIES = re.compile(r"\b(?:not|no|cannot|nothing|none)\b|n['’]t\b", re.IGNORECASE)
_OF_THE_PAGES = re.compile(
    r"\b(?:passages?|documentation|docs|context|question|answer\w*|information|cover\w*|mention\w*)\b",
    re.IGNORECASE,
)
_OPENS = re.compile(
    r"(?:(?:unfortunately|sorry)[, ]+)?"
    r"(?:(?:none of )?(?:the|these) (?:\w+ )?(?:passages?|context|documentation|docs)"
    r"|i (?:could|can|do|am)|there is no|no )"
)
"""How an answer opens that may turn out to be a refusal; it is held back until it cites a passage."""
_FIRST, _ENOUGH = ("the ", "these ", "none ", "i ", "there ", "no ", "unfortunately", "sorry"), 45
_MARKS = " \n\t*`\"'"
_KEPT, _LITTLE = 400, 4
"""Characters without a citation, and words with one, that are no answer beside the word."""


class RefusalGate:
    """Takes the model's word for a refusal out of an answer, wherever it stands."""

    def __init__(self) -> None:
        self._held, self._shown, self._said = "", "", False
        self.refused = False
        """Whether the model said that the passages do not answer, and little else."""

    def feed(self, text: str) -> str:
        """What may be shown after ``text`` came."""
        if self.refused:
            return ""
        text = self._held + text
        begun = _BEGUN.search(text)
        cut = begun.start() if begun else len(text)
        cut = 0 if self._may_refuse(text) or not (self._shown + text[:cut]).strip(_MARKS) else cut
        self._held = text[cut:]
        return self._without(text[:cut])

    def end(self) -> str:
        """What was held back when the answer ended."""
        rest, self._held = self._held, ""
        shown = self._without(rest)
        self.refused = self.refused or (self._said and _is_little(self._shown))
        return "" if self.refused else shown

    def _may_refuse(self, text: str) -> bool:
        """Whether all of ``text`` waits: nothing is shown yet, and it may still say that nothing answers."""
        start = text.lstrip(_MARKS).lower()
        if self._shown or _MARKER.search(text):
            return False
        unclear = any(first.startswith(start) or start.startswith(first) for first in _FIRST)
        return (unclear and len(start) < _ENOUGH) or (len(text) <= _KEPT and bool(_OPENS.match(start)))

    def _without(self, text: str) -> str:
        found = _TOKEN.search(text)
        self._said = self._said or found is not None
        if found and not (self._shown + text[: found.start()]).strip(_MARKS):
            # At the beginning it is clear at once; later the rest may still answer a part.
            self.refused = True
            return ""
        kept = _TOKEN.sub("", text)
        self._shown += kept
        return kept


def _is_little(text: str) -> bool:
    """Whether ``text`` answers nothing beside the refusal."""
    if not _MARKER.search(text):
        return len(text) <= _KEPT
    told = [one for one in _SENTENCE.split(text) if not (_DENIES.search(one) and _OF_THE_PAGES.search(one))]
    return len(re.findall(r"[^\W\d_]+", " ".join(told))) < _LITTLE
