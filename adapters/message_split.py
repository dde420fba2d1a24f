"""Cuts Markdown into messages between its blocks, also while it is still being written."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from adapters.markdown_lines import ANYWHERE, CODE_LINE, ROW, SENTENCE, WITHIN, WORD, Frame, whole_character

SHORTEST = 64
"""The smallest limit, in characters."""

_MARK = re.compile(r"`+|\*\*|\[|\]\(|\]|\)|[。！？]|[ \t]+")
_SENTENCE = re.compile(r"[^\s\d][.!?…][\"'”’)\]*_]*\Z")
_STARTS_SOMETHING = tuple("`~#>|=+*-")
_BLANK_LINES = re.compile(r"(?:[^\S\n]*\n)+")


def split(text: str, limit: int, *, floor: float = 0.5) -> list[str]:
    """``text`` as pieces of at most ``limit`` characters (code points), none empty.

    A piece ends at the best place (see :mod:`adapters.markdown_lines`) between ``floor * limit`` and
    ``limit``, the latest of equals. A fence or table that begins in this window and does not fit moves
    whole into the next piece, so none of up to ``(1 - floor) * limit`` is ever cut; a longer one is cut
    between lines, and its opening or its header row comes again in the next piece. A fence that the text
    leaves open is closed.

    Every piece but the last stays what it is whatever is added to the text.
    Discord counts code points (discord-api-docs #1315), and for Slack's "characters" they are the
    cautious reading of what was observed with emoji, so ``len`` measures for both.
    Raises ValueError for a limit below ``SHORTEST`` or a floor outside of 1/3 to 0.9.
    """
    growing = Growing(limit, floor=floor)
    first, *others = growing.feed(text)
    rest, *last = growing.end()
    pieces = [first, *others]
    pieces[-1] += rest
    return [piece for piece in [*pieces, *last] if piece]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cut:
    rank: int
    at: int
    frame: Frame


class Growing:
    """A text on its way into messages that are only ever added to.

    Below ``floor * limit`` characters everything goes out at once. Behind that only what belongs to the
    current message in any case: the rest of a block, fence or table waits until it is complete.
    However the text is cut into feeds, the messages are those of :func:`split`.
    """

    def __init__(self, limit: int, *, floor: float = 0.5) -> None:
        if limit < SHORTEST or not 1 / 3 <= floor <= 0.9:
            raise ValueError(f"limit must be at least {SHORTEST}, floor between 1/3 and 0.9")
        self._limit = limit
        self._floor = int(floor * limit)
        self._longest = int(limit * (1 - floor) / 2) - 1
        self._text = ""
        self._breaks = False
        self._begin(0, Frame(), "")

    def feed(self, text: str) -> Sequence[str]:
        """What ``text`` lets out: first the addition to the current message, then each new message."""
        self._text += text
        out = [""]
        while cut := self._scan():
            self._close(cut, out)
        best = self._best.at if self._best else 0
        free = self._at_size(self._floor)
        self._let_out(self._body(max(free, best)), out)
        self._forget()
        return out

    def end(self) -> Sequence[str]:
        """What was held back, in the same form; an open fence is closed."""
        out = [""]
        line = self._text[self._line_at :]
        frame = self._frame.after(line, self._previous, self._longest) if line else self._frame
        body = self._body(len(self._text))
        if frame.fence and (body or self._sent):
            body = f"{body}\n{frame.fence.closing}"
        self._let_out(body, out)
        self._text = ""
        self._begin(0, Frame(), "")
        return out

    def _begin(self, start: int, frame: Frame, prefix: str) -> None:
        """Start a piece at ``start`` of the text, ``prefix`` opening again what the last one closed."""
        self._start = self._line_at = start
        self._frame, self._prefix = frame, prefix
        self._previous: str | None = None
        self._sent = 0
        self._best: _Cut | None = None
        self._reset_marks()

    def _reset_marks(self) -> None:
        self._seen, self._ticks, self._brackets, self._bold = 0, "", 0, False

    def _scan(self) -> _Cut | None:
        """Where the current piece ends, as soon as the text is too long for it."""
        self._skip_blank_lines()
        while True:
            line, complete = self._line()
            if self._too_long(line):
                return self._overflow(line)
            if not complete:
                # The place before the line, still unknown, would be the better one.
                if self._size(self._line_at) < self._floor:
                    self._offer_within(line)
                return None
            self._offer_before(line)
            self._offer_within(line)
            self._frame = self._frame.after(line, self._previous, self._longest)
            self._previous = line
            self._line_at += len(line) + 1
            self._reset_marks()

    def _line(self) -> tuple[str, bool]:
        bound = self._line_at + self._limit + 1  # nothing behind it can belong to this piece
        end = self._text.find("\n", self._line_at, bound)
        return (
            (self._text[self._line_at : bound], False) if end < 0 else (self._text[self._line_at : end], True)
        )

    def _too_long(self, line: str) -> bool:
        if (line.isspace() and len(line) <= self._limit) or not line:
            return False  # white space at the end of a message is not sent
        reserve = self._frame.reserve(line, self._longest)
        return self._size(self._line_at + len(line)) + reserve > self._limit

    def _overflow(self, line: str) -> _Cut:
        # Only the characters up to the first one too many may decide: more may come at any time.
        low, high = 0, len(line)
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if self._too_long(line[:middle]) else (middle + 1, high)
        head = line[:low]
        self._offer_before(head)
        self._offer_within(head)
        if self._best:
            return self._best
        last = self._line_at + max(0, len(head) - 1)
        least = max(self._at_size(self._floor), last - 32)
        return _Cut(
            rank=ANYWHERE, at=whole_character(self._text, last, least, self._start), frame=self._frame
        )

    def _offer_before(self, line: str) -> None:
        rank = self._frame.rank_before(line, self._previous)
        if rank is not None:
            self._offer(rank, self._line_at, self._frame if rank in (ROW, CODE_LINE) else Frame())

    def _offer_within(self, line: str) -> None:
        """Offer the places between the line's words that are certain: those before its last character."""
        if self._size(self._line_at + len(line)) < self._floor:
            return
        for mark in _MARK.finditer(line, self._seen):
            if mark.end() >= len(line):
                return
            self._seen = mark.end()
            if mark[0].isspace() or mark[0] in "。！？":
                self._offer_at(line, mark)
            else:
                self._note(mark[0])

    def _offer_at(self, line: str, mark: re.Match[str]) -> None:
        if line[mark.end()] in _STARTS_SOMETHING or not line[: mark.start()].strip():
            return
        whole = not (self._ticks or self._brackets or self._bold or self._frame.fence)
        if not whole or self._frame.table is not None:
            rank = WITHIN
        else:
            before = line[max(0, mark.start() - 8) : mark.start()]
            rank = SENTENCE if mark[0] in "。！？" or _SENTENCE.search(before) else WORD
        self._offer(rank, self._line_at + mark.end(), self._frame)

    def _note(self, mark: str) -> None:
        if mark[0] == "`":
            self._ticks = "" if self._ticks == mark else self._ticks or mark
        elif self._ticks:
            return
        elif mark == "**":
            self._bold = not self._bold
        elif mark == "[":
            self._brackets = 1
        elif mark in ("]", ")"):
            self._brackets = 0

    def _offer(self, rank: int, at: int, frame: Frame) -> None:
        if self._size(at) >= self._floor and (not self._best or rank <= self._best.rank):
            self._best = _Cut(rank=rank, at=at, frame=frame)

    def _close(self, cut: _Cut, out: list[str]) -> None:
        """Complete the current message at ``cut``, and let the next one begin behind it."""
        body, seen = self._body(cut.at), self._seen_at(cut)
        self._let_out(f"{body}\n{seen.fence.closing}" if seen.fence and body else body, out)
        self._breaks = self._breaks or bool(self._sent)
        start, prefix, frame = cut.at, "", seen if cut.frame.fence else cut.frame
        if fence := frame.fence:
            prefix = f"{fence.opening}\n"
        elif cut.rank == ROW:
            prefix = f"{cut.frame.table}\n" if cut.frame.table else ""
        elif cut.rank >= SENTENCE:
            while self._text[start : start + 1] in (" ", "\t"):
                start += 1
        self._begin(start, frame, prefix)

    def _seen_at(self, cut: _Cut) -> Frame:
        """What is open at ``cut`` for who sees the message alone: half a line may be a fence by itself."""
        if cut.rank < SENTENCE:
            return cut.frame
        begin = max(self._start, self._text.rfind("\n", self._start, cut.at) + 1)
        return cut.frame.after(self._text[begin : cut.at], None, self._longest)

    def _body(self, end: int) -> str:
        """The current message as it is with the text up to ``end``; empty where that is white space."""
        content = self._text[self._start : end].rstrip()
        return self._prefix + content if content else ""

    def _let_out(self, body: str, out: list[str]) -> None:
        if not (new := body[self._sent :]):
            return
        if self._breaks:
            out.append(new)
            self._breaks = False
        else:
            out[-1] += new
        self._sent = len(body)

    def _skip_blank_lines(self) -> None:
        """White space at a cut belongs to no message, but blank lines of code do."""
        if self._line_at != self._start or self._frame.fence:
            return
        if blank := _BLANK_LINES.match(self._text, self._start):
            self._begin(blank.end(), Frame(), "")

    def _size(self, at: int) -> int:
        return len(self._prefix) + at - self._start

    def _at_size(self, size: int) -> int:
        return self._start + max(0, size - len(self._prefix))

    def _forget(self) -> None:
        """Drop the text of messages that are complete."""
        gone = self._start
        self._text = self._text[gone:]
        self._start, self._line_at = 0, self._line_at - gone
        if self._best:
            self._best = replace(self._best, at=self._best.at - gone)
