"""Keeps the markers of an answer true while it streams: every ``[n]`` points at a passage it could see."""

import re
from collections.abc import Callable, Sequence

from bot.generation import grounding
from bot.model import Citation, Passage

# gpt-oss was trained to cite like 【1†L3-L5】; both forms may name several passages.
MARKER = re.compile(r" ?\[\s*\d{1,3}(?:\s*[,;]\s*\d{1,3})*\s*\]| ?【\d{1,3}[^】\n]{0,60}】|`+|\n")
UNFINISHED = re.compile(r"(?: ?(?:\[[\d,;\s]{0,40}|【[^】\n]{0,64})| |`+)$")

OPEN = re.compile(r"\[[\d,;\s]*$")
_KEPT = 1_000
"""Characters of the answer that are kept to read the statement before a marker."""


class CitationFilter:
    """Turns a model's numbers into the reader's, piece by piece.

    The model cites passages by their place in its context. Readers get 1, 2, 3 in order of first use,
    one number a section; a number that stands for no passage is taken out, and so is one whose passage
    does not hold the statement before it. Code is left as it is: ``results[0]`` cites nothing.
    """

    def __init__(
        self,
        passages: Sequence[Passage],
        supports: Callable[[str, Passage], bool] | None = None,
    ) -> None:
        """``passages`` in the order of the context: the first one is the model's ``[1]``.

        ``supports`` tells whether a passage holds a statement; without it every passage does.
        """
        self._passages, self._supports = passages, supports
        self.unsupported = 0
        """How many citations were taken out because their passage does not say so."""
        self._numbers: dict[tuple[str, str], int] = {}
        self._cited: list[Citation] = []
        self._held = ""
        self._before = ""
        self._code = ""

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The sources cited so far, by number."""
        return tuple(self._cited)

    def feed(self, text: str) -> str:
        """The part of the answer that is certain after ``text`` came."""
        text = self._held + text
        held = UNFINISHED.search(text)
        cut = held.start() if held else len(text)
        self._held = text[cut:]
        return self._filtered(text[:cut])

    def end(self) -> str:
        """What was held back at the end of the answer."""
        rest, self._held = self._held, ""
        return self._filtered(rest)

    def _filtered(self, text: str) -> str:
        shown = MARKER.sub(self._replaced, text)
        self._before = (self._before + text)[-_KEPT:]
        return shown

    def _replaced(self, found: re.Match[str]) -> str:
        token = found[0]
        if token == "\n" or token.startswith("`"):
            self._toggle_code(token)
            return token
        if self._code:
            return token
        before = self._before + found.string[: found.start()]
        shown = dict.fromkeys(self._supporting(_digits(token), before))
        if not shown:
            # Taking a marker out from within brackets must not leave a forged one: [1【9】].
            return "…" if OPEN.search(before) else ""
        return (" " if token.startswith(" ") else "") + "".join(f"[{number}]" for number in shown)

    def _toggle_code(self, token: str) -> None:
        if token == "\n":
            # Inline code ends with its line, so that one stray backtick does not silence the rest.
            self._code = self._code if self._code.startswith("```") else ""
        elif not self._code:
            self._code = token
        elif self._code == token or (self._code.startswith("```") and len(token) >= len(self._code)):
            self._code = ""

    def _supporting(self, places: Sequence[str], before: str) -> Sequence[int]:
        """The readers' numbers of those passages at ``places`` that hold the statement ``before``."""
        existing = [int(place) for place in places if 1 <= int(place) <= len(self._passages)]
        stated = grounding.claim(before) if existing else ""
        good = [place for place in existing if self._holds(stated, self._passages[place - 1])]
        self.unsupported += 0 if good else len(existing)
        return [self._number(self._passages[place - 1]) for place in good]

    def _holds(self, stated: str, passage: Passage) -> bool:
        # A reader follows the address, so any part of that section may say it.
        supports = self._supports
        section = (one for one in self._passages if one.section == passage.section)
        return supports is None or any(supports(stated, one) for one in section)

    def _number(self, passage: Passage) -> int:
        if passage.section not in self._numbers:
            self._numbers[passage.section] = len(self._numbers) + 1
            self._cited.append(cite(passage, self._numbers[passage.section]))
        return self._numbers[passage.section]


def cite(passage: Passage, number: int) -> Citation:
    """The numbered source that ``passage`` is."""
    return Citation(
        number=number,
        title=passage.title,
        heading=passage.heading,
        url=passage.url,
        path=passage.path,
        version=passage.version,
    )


def _digits(token: str) -> Sequence[str]:
    # 【1†L3-L5】 names one passage; the digits behind the dagger are lines.
    return re.findall(r"\d+", token.split("†", maxsplit=1)[0])
