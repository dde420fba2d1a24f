"""Keeps out of a model's answer, while it streams, what no reader should see."""

import re
from collections.abc import Sequence

from bot.generation.links import Links
from bot.generation.prompt import SYSTEM

_STOP = re.compile(
    r"<\|(?:im_end|im_start|endoftext|eot_id|end_of_text|eom_id|start_header_id|end|return|user|assistant|system)\|>"
    r"|<tool_call>|\[TOOL_CALLS\]|<\|python_tag\|>"
    r"|</s>|<(?:end_of_turn|start_of_turn|eos)>|\[/?INST\]|<<SYS>>|<\uff5cend\u2581of\u2581sentence\uff5c>"
)
"""Where a model that was never taught to stop goes on with a turn of its own invention."""
_STRAY = re.compile(
    r"<\|[a-z_]{2,24}\|>|<(?:s|bos|pad|unk|mask)>|</?(?:context|question|passage)\b[^>\n]{0,40}>",
    re.IGNORECASE,
)
_UNFINISHED = re.compile(r"[<\[][^>\]\s]{0,40}$")
_WORD = re.compile(r"\w+")
_RULES = " ".join(_WORD.findall(SYSTEM.lower()))
_ECHO_HELD, _ECHO = 4, 9
"""Words of the rules in a row from which text is held back, and from which it is an echo of them."""
_TAIL = 80
"""Characters that were passed on already and may be the beginning of an echo."""
_LOOP_LINE, _LOOP_LINES = 16, 3
_LOOP_CODE = 12
"""Code repeats its lines by nature: so often in a row none is meant to."""
_LOOP = re.compile(r"(\S.{0,59}?)\1{7,}\Z", re.DOTALL)
_STUTTER = 40
"""Characters of a repetition that is no mere "no no no"."""
_LOOP_EVERY = 80
_FENCED = re.compile(r"^\s*```.*?(?:^\s*```|\Z)", re.MULTILINE | re.DOTALL)
FENCE = re.compile(r"^\s*(```+|~~~+)", re.MULTILINE)


class Screen:
    """Passes a model's text on without special tokens, strange links and echoes of its own rules.

    ``stopped`` says why the rest is not wanted any more: ``end``, ``loop`` or ``echo``.
    """

    def __init__(self, sources: Sequence[str]) -> None:
        """``sources`` are the texts whose addresses may be linked to."""
        self._links = Links(sources)
        self._held, self._tail, self._checked = "", "", 0
        self.text = ""
        """What was passed on."""
        self.stopped = ""

    def feed(self, text: str) -> str:
        """What may be shown after ``text`` came; empty once stopped."""
        if self.stopped:
            return ""
        text = self._held + text
        if found := _STOP.search(text):
            self.stopped = "end"
            return self._passed(text[: found.start()], last=True)
        cut = self._certain(text)
        self._held = text[cut:]
        return self._passed(text[:cut], last=False)

    def end(self) -> str:
        """What was held back when the answer ended; closes a fence that was left open."""
        rest, self._held = ("" if self.stopped else self._held), ""
        shown = self._passed(rest, last=True) if not self.stopped else ""
        if self.stopped != "echo" and len(FENCE.findall(self.text)) % 2:
            shown += "" if self.text.endswith("\n") else "\n"
            shown += "```"
        return shown

    def _certain(self, text: str) -> int:
        """How much of ``text`` can be judged now."""
        found = _UNFINISHED.search(text)
        cut = found.start() if found else len(text)
        return min(cut, self._links.certain(text), self._before_echo(text))

    def _before_echo(self, text: str) -> int:
        """Where words begin that may become an echo of the rules."""
        words = list(_WORD.finditer(self._tail + text))
        for count in range(min(len(words), _ECHO), _ECHO_HELD - 1, -1):
            if " ".join(word[0].lower() for word in words[-count:]) in _RULES:
                return max(0, words[-count].start() - len(self._tail))
        return len(text)

    def _passed(self, text: str, *, last: bool) -> str:
        if self._echoes(self._tail + text + ("" if last else self._held)):
            self.stopped = "echo"
            return ""
        self._tail = (self._tail + text)[-_TAIL:]
        shown = self._links.cleaned(_STRAY.sub("", text))
        self.text += shown
        if len(self.text) - self._checked >= _LOOP_EVERY:
            self._checked = len(self.text)
            if repeats(self.text):
                self.stopped = "loop"
        return shown

    def _echoes(self, text: str) -> bool:
        words = [word.lower() for word in _WORD.findall(text)]
        return any(" ".join(words[at : at + _ECHO]) in _RULES for at in range(len(words) - _ECHO + 1))


def repeats(text: str) -> bool:
    """Whether the end of ``text`` says the same again and again."""
    tail = text[-2_000:]
    if len(FENCE.findall(text)) % 2:
        lines = [line for line in text[-4_000:].split("\n")[:-1] if line.strip()]
        return len(lines) >= _LOOP_CODE and len(set(lines[-_LOOP_CODE:])) == 1
    lines = [line.strip() for line in re.split(r"\n|(?<=[.!?])\s", _FENCED.sub("", tail))]
    whole = [line for line in lines[:-1] if len(line) >= _LOOP_LINE]
    again = len(whole) >= _LOOP_LINES and len(set(whole[-_LOOP_LINES:])) == 1
    return again or bool(whole and whole.count(whole[-1]) > _LOOP_LINES) or _stutters(tail[-600:])


def _stutters(text: str) -> bool:
    # Rules and the heads of tables repeat marks, not words.
    found = _LOOP.search(text)
    return found is not None and len(found[0]) >= _STUTTER and any(char.isalnum() for char in found[1])


def unrepeated(text: str) -> str:
    """``text`` up to where it begins to say the same again."""
    kept: list[str] = []
    seen: set[str] = set()
    for piece in re.split(r"((?<=[.!?])\s+|\n)", text):
        said = piece.strip()
        if len(said) >= _LOOP_LINE and said in seen:
            break
        seen.add(said)
        kept.append(piece)
    return _LOOP.sub(r"\1", "".join(kept)).rstrip()
