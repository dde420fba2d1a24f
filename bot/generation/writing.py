"""Turns what a chat model writes, piece by piece, into what readers see, and judges it at the end (pure)."""

import re
from collections.abc import Sequence

from bot.generation import grounding
from bot.generation.citations import CitationFilter
from bot.generation.screening import Screen, unrepeated
from bot.honesty.refusing import RefusalGate
from bot.model import Citation, Passage
from bot.question.languages import is_english, tells

_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|https?://\S+", re.DOTALL)
_ENOUGH_LETTERS, _ENOUGH_WORDS = 12, 8


class Writing:
    """One answer while it is written: refusal noticed, stray parts taken out, citations checked."""

    def __init__(self, passages: Sequence[Passage], *, named: Sequence[str] = ()) -> None:
        """``passages`` in the order of the context; addresses within ``named`` may be linked to as well."""
        self._gate = RefusalGate()
        self._screen = Screen([*(f"{one.url} {one.text}" for one in passages), *named])
        self._cited = CitationFilter(passages, grounding.supported)
        self._parts: list[str] = []
        self._passages = passages

    def feed(self, piece: str) -> str:
        """What readers see next."""
        return self._kept(self._cited.feed(self._screen.feed(self._gate.feed(piece))))

    def end(self) -> str:
        """What readers see last."""
        rest = self._screen.feed(self._gate.end()) + self._screen.end()
        return self._kept(self._cited.feed(rest) + self._cited.end())

    @property
    def stopped(self) -> str:
        """Why no more is wanted: ``refused``, ``end``, ``loop``, ``echo``; empty while more may come."""
        return "refused" if self._gate.refused else self._screen.stopped

    @property
    def text(self) -> str:
        """The answer so far; without its repetitions where it was stopped for them."""
        text = "".join(self._parts).strip()
        return unrepeated(text) if self.stopped == "loop" else text

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The sources that the text names."""
        if self.stopped != "loop":
            return self._cited.citations
        text = self.text
        return tuple(one for one in self._cited.citations if f"[{one.number}]" in text)

    @property
    def unsupported(self) -> int:
        """How many citations were taken out because their passage does not say so."""
        return self._cited.unsupported

    @property
    def grounded(self) -> bool:
        """Whether sources are named that hold what is said, and the passages most of what names none."""
        named = len(self.citations) > self.unsupported
        return named and not grounding.mostly_loose(self.text, self._passages)

    def _kept(self, text: str) -> str:
        # Blanks alone are no first words: an answer may still turn out to be empty.
        text = text if self._parts else text.lstrip()
        if text:
            self._parts.append(text)
        return text


def in_another_language(question: str, answer: str) -> bool:
    """Whether ``answer`` is not written in the language of ``question``, as far as that can be told.

    Of languages with Latin letters English can be told from the others, where there are some words.
    """
    if _in_another_script(question, answer):
        return True
    said = _CODE.sub(" ", answer)
    told = len(said.split()) >= _ENOUGH_WORDS and tells(said) and tells(question)
    return told and is_english(question) != is_english(said)


def _in_another_script(question: str, answer: str) -> bool:
    """Whether ``answer`` is written in other letters than ``question``, code left aside."""
    asked, said = _latin(question), _latin(answer)
    return asked is not None and said is not None and abs(asked - said) > 0.6


def _latin(text: str) -> float | None:
    """Share of letters below U+0250; None where there are too few letters to tell."""
    letters = [char for char in _CODE.sub("", text) if char.isalpha()]
    if len(letters) < _ENOUGH_LETTERS:
        return None
    return sum(char < "ɐ" for char in letters) / len(letters)
