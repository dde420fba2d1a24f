"""Strips a model's reasoning from the text of its reply while the reply is still coming."""

import re
from dataclasses import dataclass, field
from typing import Literal

OPEN_THINK = frozenset({"<think>", "<thinking>"})
CLOSE_THINK = frozenset({"</think>", "</thinking>"})
HEADER_TAGS = frozenset({"<|start|>", "<|channel|>"})
END_TAGS = frozenset({"<|end|>", "<|return|>", "<|call|>"})
OTHER_TAGS = frozenset({"<|message|>", "<|constrain|>"})
TAGS = OPEN_THINK | CLOSE_THINK | HEADER_TAGS | END_TAGS | OTHER_TAGS

# No tag is the beginning of another one, so where a tag ends never depends on what follows it.
_TOKENS = re.compile("|".join(map(re.escape, sorted(TAGS))))
_HIDDEN_CHANNEL = re.compile(r"<\|channel\|>\s*(analysis|commentary)")
_THINKING_ALOUD = re.compile(
    r"(okay|ok|hmm+|alright|wait)[,.!]|(okay|alright) so\b|(we|i) (need|should|have|must) to\b"
    r"|the user\b|let me\b|let's\b|first, (i|we)\b",
    re.IGNORECASE,
)
_MAX_HEADER = 120
HOLD = 64
"""Characters of an untagged reply that wait before the first is shown; see :class:`AnswerText`."""

State = Literal["opening", "answer", "think", "channel", "header"]


def strip_reasoning(text: str) -> str:
    """The answer within a whole reply; empty where there is nothing but reasoning."""
    answer = AnswerText(hold=None)
    return answer.feed(text) + answer.finish()


@dataclass(slots=True)
class _Line:
    """Whether the text ends inside Markdown code, where a tag is a word like any other."""

    text: str = ""
    fenced: bool = False

    def add(self, text: str) -> None:
        *ended, last = (self.text + text).split("\n")
        for line in ended:
            self.fenced ^= _is_fence(line)
        self.text = last

    @property
    def in_code(self) -> bool:
        if _is_fence(self.text):
            return not self.fenced
        return self.fenced or self.text.count("`") % 2 == 1

    @property
    def is_blank(self) -> bool:
        return not self.text.strip()


def _is_fence(line: str) -> bool:
    return line.lstrip().startswith(("```", "~~~"))


@dataclass(slots=True)
class AnswerText:
    """Takes a reply piece by piece and gives back the answer's text; how it is cut does not matter.

    Known forms: ``<think>...</think>`` at the beginning of a line, and the messages of gpt-oss
    (``<|channel|>analysis<|message|>...<|end|>``), of which the final channel alone is shown. In
    Markdown code these are left as they are.

    Some servers take away the opening ``<think>``, so a reply may be reasoning without saying so
    until ``</think>`` comes. ``hold`` is how many characters wait for that: beyond them a reply is
    shown as it comes, unless it reads like thinking aloud ("Okay, the user..."), which waits on.
    ``hold=None`` waits for all of it. :attr:`began_inside` tells afterwards, for the next reply.
    """

    hold: int | None = HOLD
    began_inside: bool = False
    """True where a closing tag came that nothing had opened."""
    _state: State = "opening"
    _before_header: State = "opening"
    _tail: str = ""  # may be the beginning of a tag
    _held: str = ""  # shown, or thrown away, once the kind of the reply is known
    _header: str = ""
    _tagged: bool = False  # the reply is in gpt-oss's form, so its tags are tags even in code
    _shown: bool = False
    _line: _Line = field(default_factory=_Line)

    def feed(self, piece: str) -> str:
        """What can be shown now, after the next ``piece`` of the reply."""
        text, out, position = self._tail + piece, [], 0
        for match in _TOKENS.finditer(text):
            out.append(self._text(text[position : match.start()]))
            out.append(self._tag(match.group()))
            position = match.end()
        cut = len(text) - _partial_tag(text[position:])
        self._tail = text[cut:]
        out.append(self._text(text[position:cut]))
        return self._visible("".join(out))

    def finish(self) -> str:
        """What was held back and is answer after all; the reply has ended."""
        tail, self._tail = self._tail, ""
        out = self._text(tail)
        if self._state == "header":
            out += self._leave_header()
        # Before a hidden channel without any final one after it: no answer, whatever it is.
        return self._visible(out if self._tagged else out + self._release())

    def _visible(self, text: str) -> str:
        if not self._shown:
            text = text.lstrip()
            self._shown = bool(text)
        return text

    def _text(self, text: str) -> str:
        match self._state:
            case "answer":
                self._line.add(text)
                return text
            case "opening":
                self._line.add(text)
                self._held += text
                return self._release() if self._may_show() else ""
            case "header":
                return self._header_text(text)
            case "think" | "channel":
                return ""

    def _may_show(self) -> bool:
        start = self._held.lstrip()[: self.hold]
        if self.hold is None or len(start) < self.hold:
            return False
        return not _THINKING_ALOUD.match(start)

    def _release(self) -> str:
        held, self._held = self._held, ""
        if self._state == "opening" and held.strip():
            self._state = "answer"
        return held

    def _tag(self, tag: str) -> str:
        if self._state == "think":
            self._state = "answer" if tag in CLOSE_THINK else "think"
            return ""
        if self._state == "header":
            return self._header_tag(tag)
        shown = self._state != "channel"
        if shown and self._line.in_code and not self._tagged:
            return self._text(tag)
        if tag in HEADER_TAGS:
            self._before_header, self._state, self._header = self._state, "header", tag
            return ""
        if tag in END_TAGS:
            return self._end_message()
        return self._think_tag(tag) if shown else ""

    def _think_tag(self, tag: str) -> str:
        if tag in CLOSE_THINK:
            self.began_inside = True
            self._forget_opening()
            return ""
        if tag in OPEN_THINK and self._line.is_blank:
            out = self._release()
            self._state = "think"
            return out
        return self._text(tag)

    def _end_message(self) -> str:
        """Text that is still held waits on: a channel named next may show what it was."""
        self._state = "opening" if self._held else "answer"
        return ""

    def _forget_opening(self) -> None:
        """What was held turned out to be reasoning; from here on it is answer."""
        self._held, self._line, self._state = "", _Line(), "answer"

    def _header_text(self, text: str) -> str:
        """A header is one short line; whatever else follows its first tag makes it ordinary text."""
        room = max(0, _MAX_HEADER - len(self._header))
        newline = text.find("\n")
        end = min(room, newline) if newline >= 0 else room
        self._header += text[:end]
        if end >= len(text):
            return ""
        return self._leave_header() + self._text(text[end:])

    def _header_tag(self, tag: str) -> str:
        if tag == "<|message|>":
            return self._begin_message()
        if tag in HEADER_TAGS | OTHER_TAGS:
            self._header += tag
            return ""
        return self._leave_header() + self._tag(tag)

    def _begin_message(self) -> str:
        if _HIDDEN_CHANNEL.search(self._header):
            self._state = "channel"
        else:
            untagged = bool(self._held.strip()) or self._before_header == "answer"
            self.began_inside = self.began_inside or (untagged and not self._tagged)
            self._forget_opening()
        self._tagged = True
        return ""

    def _leave_header(self) -> str:
        """The header never ended: hidden where it named a hidden channel, else it was mere text."""
        self._state = "channel" if _HIDDEN_CHANNEL.search(self._header) else self._before_header
        return self._text(self._header)


def _partial_tag(text: str) -> int:
    """How many characters at the end of ``text`` could be the beginning of a tag."""
    start = text.rfind("<")
    tail = text[start:] if start >= 0 else ""
    return len(tail) if tail and any(tag.startswith(tail) for tag in TAGS) else 0
