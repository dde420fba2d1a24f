"""Weighs every piece of the found passages: how likely it answers the question."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from bot.extract.pieces import Piece, pieces, points_ahead
from bot.model import Passage
from bot.words import identifiers, terms

# What each sign counts, beside 1 for all words of the question within the piece. Half or twice of any one
# changes at most five of the 176 questions that they were tried on, and were chosen with.
_IN_HEADING, _IN_TITLE = 0.6, 0.25
_OPENING = 0.12
_DIGITS = 0.25
_QUOTED_EXACTLY = 0.3
_LANGUAGE = 0.3
_ASIDE_LESS = 0.3
_PREPARES_LESS = 0.3
_UNINTRODUCED_LESS = 0.2
_AFTER = 0.15
"""Of what the piece before holds: an answer often follows the words of its question."""
_NAME, _SHORT_NUMBER = 1.5, 0.4
_LONG = 0.2
_BY_SCORE, _FADE = 0.5, 0.25
_OPENING_PIECES = 3

_STEPS = re.compile(
    r"\b(?:how (?:do|can|to|should|would)|where (?:do|can)|can i|i want|steps?|example|command)\b",
    re.IGNORECASE,
)
_COUNT = re.compile(r"\bhow (?:many|much|long|large|big|often)\b", re.IGNORECASE)
_AMOUNT = re.compile(
    r"\b(?:max(?:imum)?|min(?:imum)?|limit(?:s|ed)?|default|size|cap|port|versions?|values?|which|number)\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\b(?:max(?:imum)?|min(?:imum)?|limit|default|cap)\b", re.IGNORECASE)
_REASON = re.compile(r"^\W*(?:what(?:'?s)?|why|does|is|are|can|do)\b|\bdifference\b", re.IGNORECASE)
_QUOTED = re.compile(r"[\"“'`]([^\"”'`]{4,200})[\"”'`]")
_ASIDE = re.compile(
    r"^\W*(?:(?:this|the following|in this) (?:guide|topic|page|article|section|tutorial|document|chapter)"
    r"|(?:in this|for) example|let'?s|see|refer|for (?:more|further|details)|to learn|learn more|click)\b"
    r"|\?$|!$",
    re.IGNORECASE,
)
_LOOKS_ELSEWHERE = re.compile(
    r"\babove\b|\bin this section\b|\bprevious (?:section|step|example|page)\b"
    r"|\b(?:diagram|figure|screenshot|snippet) (?:below|shows)\b"
    r"|\b(?:is|are) (?:listed|described|explained|covered|documented|found) (?:in|on) ",
    re.IGNORECASE,
)
_PREPARATION = re.compile(r"\s*(?:import\b|from \S+ import\b|using\b|#include\b|const .*require\(|//|#)")
_TARGET = re.compile(r"\]\([^)\s]*\)")
_LANGUAGES = {
    **dict.fromkeys(("bash", "sh", "curl", "rest", "console"), "shell"),
    **dict.fromkeys(("js", "node", "nodejs"), "javascript"),
    **{"golang": "go", "py": "python", "ts": "typescript", "yml": "yaml"},
}
"""Other names of code languages, in questions and at fences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A piece with its weight; higher answers better."""

    piece: Piece
    passage: Passage
    order: int
    """Place of the piece in its passage, from 0."""
    weight: float
    words: AbstractSet[str]
    """Of the piece alone, without what leads to it."""
    covers: Mapping[str, float]
    """The question's words that it and its heading hold, and what each counts."""
    settles: bool
    """It holds a figure, and a figure is all that the question asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What is looked for: the question's words, and what form its answer has."""

    weights: Mapping[str, float]
    """What each word of the question counts; 1 for all together, empty where none is found."""
    asked: str
    """The question in lower case."""
    quoted: Sequence[str]
    languages: AbstractSet[str]
    steps: bool
    amount: bool
    figure: bool
    reason: bool


def weigh(question: str, passages: Sequence[Passage]) -> Sequence[Weighed]:
    """The pieces of ``passages`` in their order; empty where they hold no word of the question."""
    wanted = sought(question, passages)
    if not wanted.weights:
        return ()
    best = max(passage.score for passage in passages)
    return [
        weighed
        for rank, passage in enumerate(passages)
        for weighed in _of_passage(wanted, passage, _prior(passage, rank, best), _lead(passage, passages))
    ]


def sought(question: str, passages: Sequence[Passage]) -> Sought:
    """Read ``question``; a word counts the more, the fewer of ``passages`` hold it."""
    count = bool(_COUNT.search(question))
    spoken = re.findall(r"\w+", question.lower())
    return Sought(
        weights=_weights(question, passages),
        asked=question.lower(),
        quoted=[quoted.lower() for quoted in _QUOTED.findall(question)],
        languages={_LANGUAGES.get(word, word) for word in spoken},
        steps=bool(_STEPS.search(question)) and not count,
        amount=bool(_AMOUNT.search(question)) or count,
        figure=count or bool(_FIGURE.search(question)),
        reason=bool(_REASON.search(question)),
    )


def _weights(question: str, passages: Sequence[Passage]) -> Mapping[str, float]:
    names = identifiers(question)
    held = [terms(f"{passage.title} {passage.heading} {passage.text}") for passage in passages]
    weights = {}
    for word in terms(question):
        holding = sum(word in words for words in held)
        if holding:
            rarity = math.log(1 + (len(held) + 1) / (holding + 0.5))
            weights[word] = rarity * _worth(word, names)
    total = sum(weights.values())
    return {word: weight / total for word, weight in weights.items()}


def _worth(word: str, names: AbstractSet[str]) -> float:
    """Names and long numbers say most of what is asked; a short number may stand anywhere."""
    if word[0].isdigit() and sum(letter.isdigit() for letter in word) < 3:
        return _SHORT_NUMBER
    return _NAME if word in names else 1.0


def _prior(passage: Passage, rank: int, best: float) -> float:
    relative = max(0.0, passage.score / best) if best > 0 else 1.0
    return _BY_SCORE * relative + (1 - _BY_SCORE) / (1 + _FADE * rank)


def _lead(passage: Passage, passages: Sequence[Passage]) -> str:
    """The sentence at the end of the passage before, where that announces what ``passage`` begins with."""
    before = (passage.source, passage.path, passage.url, passage.ordinal - 1)
    texts = (one.text for one in passages if (one.source, one.path, one.url, one.ordinal) == before)
    last = pieces(next(texts, ""))[-1:]
    return last[0].text if last and last[0].kind == "sentence" and points_ahead(last[0].text) else ""


def _of_passage(wanted: Sought, passage: Passage, prior: float, lead: str) -> Iterator[Weighed]:
    heading = terms(passage.heading.split(" > ")[-1])
    title = terms(f"{passage.title} {passage.heading}") - heading
    own = 0.0
    for order, piece in enumerate(pieces(passage.text, lead)):
        words = _words(piece)
        before, own = own, _covered(wanted, words)
        if _is_echo(wanted, piece) or (not own and order >= _OPENING_PIECES):
            continue
        around = _IN_HEADING * _covered(wanted, heading - words) + _IN_TITLE * _covered(wanted, title - words)
        length = 1 + _LONG * math.log2(max(1.0, len(piece.text) / 200))
        yield Weighed(
            piece=piece,
            passage=passage,
            order=order,
            weight=prior * ((own + _AFTER * before) / length + around + _form(wanted, piece, order)),
            words=_said(piece),
            covers={word: share for word, share in wanted.weights.items() if word in words | heading},
            settles=wanted.figure and any(letter.isdigit() for letter in piece.text),
        )


def _said(piece: Piece) -> AbstractSet[str]:
    return terms(_TARGET.sub("]", piece.text))


def _words(piece: Piece) -> AbstractSet[str]:
    """The words of a piece and of what it is read with: its lead, the names of its columns."""
    return _said(piece) | terms(piece.lead) | (terms(piece.header) if piece.kind == "row" else set())


def _is_echo(wanted: Sought, piece: Piece) -> bool:
    """Whether the piece only says again what was asked, such as the text of an error."""
    text = piece.text.strip("`*:. \n").lower()
    return len(text.split()) > 2 and text in wanted.asked


def _covered(wanted: Sought, words: AbstractSet[str]) -> float:
    """Share of the question that ``words`` hold, 0 to 1."""
    return sum(weight for word, weight in wanted.weights.items() if word in words)


def _form(wanted: Sought, piece: Piece, order: int) -> float:
    """How well the piece's form and place suit the question."""
    bonus = _OPENING / (order + 1) if order < _OPENING_PIECES else 0.0
    text = piece.text.lower()
    if any(quoted in text for quoted in wanted.quoted):
        bonus += _QUOTED_EXACTLY
    if wanted.amount and any(letter.isdigit() for letter in text):
        bonus += _DIGITS
    if wanted.steps and piece.numbered:
        bonus += 0.1
    if piece.kind == "sentence" and _ASIDE.search(piece.text):
        bonus -= _ASIDE_LESS
    if piece.kind == "sentence" and _LOOKS_ELSEWHERE.search(piece.text):
        bonus -= _ASIDE_LESS
    if _ASIDE.match(piece.lead):
        bonus -= _ASIDE_LESS
    return bonus + (_form_of_code(wanted, piece) if piece.kind == "code" else 0.0)


def _form_of_code(wanted: Sought, piece: Piece) -> float:
    bonus = 0.1 if wanted.steps else -0.1 if wanted.reason else -0.05
    language = piece.header.lower()
    if _LANGUAGES.get(language, language) in wanted.languages:
        bonus += _LANGUAGE
    if not piece.lead:
        bonus -= _UNINTRODUCED_LESS
    lines = [line for line in piece.text.splitlines() if line.strip()]
    prepares = sum(bool(_PREPARATION.match(line)) for line in lines) * 2 > len(lines)
    return bonus - (_PREPARES_LESS if prepares else 0.0)
