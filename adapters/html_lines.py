"""The line pass over a Markdown page: quotes around notes, anchors at headings, HTML's indentation gone."""

import re

# Marks that the tag pass leaves for the line pass; a page is cleared of these characters first.
NOTE, END_NOTE, ANCHOR, END_ANCHOR, OPEN, CLOSE, CODE = "\x01\x02\x03\x04\x05\x06\x07"
CONTROLS = str.maketrans(dict.fromkeys("\x00\x01\x02\x03\x04\x05\x06\x07"))
"""For ``str.translate``: takes the marks, and NUL, out of a text."""

_ANCHORS = re.compile(f"{ANCHOR}([^{END_ANCHOR}]*){END_ANCHOR}")
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]")
_NOTE_TITLE = re.compile(r"^[\s*_]*(notes?|warnings?|cautions?|tips?|info|important)[\s*_:]*$", re.IGNORECASE)
_NOT_PROSE = re.compile(r"^(?:[-*+]|\d{1,9}[.)]|#{1,6}|\|)\s")


class Lines:
    """Collects a page's lines in ``done``."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self._note: str | None = None  # within a note: its label until that is written, then empty
        self._depth = 0
        self._anchor = ""

    def add_code(self, text: str) -> None:
        """A whole fenced block."""
        lines = text.split("\n")
        surplus = max(0, _indentation(lines[0]) - 3) if self._depth else 0
        self.done.extend(line[min(surplus, _indentation(line)) :] for line in lines)

    def add_text(self, text: str) -> None:
        """Lines outside fenced code, as the tag pass left them."""
        for line in text.split("\n"):
            if line.startswith(NOTE):
                self._note = line[1:].strip()
            elif line.startswith(END_NOTE):
                self._end_note()
            else:
                self._add(self._with_anchor(self._dedented(line)))

    def _dedented(self, line: str) -> str:
        within = self._depth
        self._depth = max(0, within + line.count(OPEN) - line.count(CLOSE))
        if not within and OPEN not in line and CLOSE not in line:
            return line
        line = line.replace(OPEN, "").replace(CLOSE, "")
        # Four blanks would make a code block of what was merely nested in HTML.
        return " " * min(3, _indentation(line)) + line.lstrip()

    def _with_anchor(self, line: str) -> str:
        found = _ANCHORS.findall(line)
        line = _ANCHORS.sub("", line)
        anchor = next(filter(None, found), self._anchor)
        if _HEADING.match(line):
            self._end_note()  # it was opened above and never closed
            self._anchor = ""
            return (
                f"{line.rstrip().rstrip('#').rstrip()} {{#{anchor}}}" if anchor and "{#" not in line else line
            )
        if line.strip():
            self._anchor = ""
        elif found:
            self._anchor = anchor  # on a line of its own, it is the next heading's
        return line

    def _add(self, line: str) -> None:
        words = line.strip()
        if self._note is None:
            self.done.append(line)
        elif not self._note:
            self.done.append(f"> {words}" if words else ">")
        elif words and not _NOTE_TITLE.match(words):
            label = f"> **{self._note}:**"
            self.done.extend(
                ["", label, ">", f"> {words}"] if _NOT_PROSE.match(words) else ["", f"{label} {words}"]
            )
            self._note = ""

    def _end_note(self) -> None:
        if self._note is None:
            return
        self._note = None
        while self.done and self.done[-1] == ">":
            self.done.pop()
        self.done.append("")


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip())
