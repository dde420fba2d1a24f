"""Weighs every piece of the found passages: how likely does it answer the question."""

import math
import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from bot.model import Passage
from bot.pieces import Piece, pieces
from bot.words import identifiers, terms

_NEAR, _FAR, _OPENING, _DIGITS, _SCORE, _FADE, _NAME, _EXACT = 0.6, 0.25, 0.12, 0.12, 0.5, 0.25, 1.5, 0.3
_STEPS = re.compile(r"\b(?:how (?:do|can|to|should|would)|where (?:do|can)|can i|i want|steps?|example|command)\b", re.I)
_AMOUNT = re.compile(
    r"\b(?:how (?:many|much|long|large|big|often)|max(?:imum)?|min(?:imum)?|limits?|limited|default|size|cap|port"
    r"|versions?|values?|which|number)\b",
    re.I,
)
_REASON = re.compile(r"^\W*(?:what(?:'?s)? (?:is|are|does)|what's|why|does|is|are|can|do|difference)\b", re.I)
_SPOKEN = {
    "bash": "shell", "sh": "shell", "curl": "shell", "rest": "shell", "golang": "go", "js": "javascript",
    "node": "javascript", "nodejs": "javascript", "py": "python", "yml": "yaml", "ts": "typescript",
}
"""Names of code languages as people say them -> as fences name them."""
_REFERS = re.compile(r"^\W*(?:see|refer|for (?:more|further|details)|to learn|learn more|click|check out)\b", re.I)
_PREPARATION = re.compile(r"\s*(?:import\b|from \S+ import\b|using\b|#include\b|const .*require\(|//|#)")
_QUOTED = re.compile(r"[\"“'`]([^\"”'`]{4,200})[\"”'`]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A piece with its weight; higher answers better, 0 not at all."""

    piece: Piece
    passage: Passage
    order: int
    """Place of the piece in its passage."""
    weight: float
    words: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is looked for: the question's words, and what form its answer has."""

    weights: Mapping[str, float]
    names: AbstractSet[str]
    quoted: Sequence[str]
    languages: AbstractSet[str]
    """Code languages that the question names."""
    steps: bool
    amount: bool
    reason: bool


def asked(question: str, passages: Sequence[Passage]) -> Asked:
    """Words are worth more the fewer of ``passages`` hold them."""
    wanted, names = terms(question), identifiers(question)
    held = [terms(f"{passage.title} {passage.heading} {passage.text}") for passage in passages]
    weights = {}
    for word in wanted:
        holding = sum(word in words for words in held)
        rarity = math.log(1 + (len(held) + 1) / (holding + 0.5)) if holding else 0.0
        weights[word] = rarity * (_NAME if word in names else 1.0)
    return Asked(
        weights=weights,
        names=names,
        quoted=[found.lower() for found in _QUOTED.findall(question)],
        languages={_SPOKEN.get(word, word) for word in re.findall(r"\w+", question.lower())},
        steps=bool(_STEPS.search(question)),
        amount=bool(_AMOUNT.search(question)),
        reason=bool(_REASON.search(question)),
    )


def weigh(question: str, passages: Sequence[Passage]) -> Sequence[Weighed]:
    """Every piece of ``passages``, in their order; empty where no word of the question is found."""
    sought = asked(question, passages)
    total = sum(sought.weights.values())
    if not total:
        return ()
    best = max((passage.score for passage in passages), default=0.0)
    found: list[Weighed] = []
    for rank, passage in enumerate(passages):
        prior = _prior(passage, rank, best)
        heading = terms(f"{passage.heading.split(' > ')[-1]}") & sought.weights.keys()
        context = terms(f"{passage.title} {passage.heading}") & sought.weights.keys()
        for order, piece in enumerate(pieces(passage.text)):
            words = terms(piece.text + " " + piece.lead)
            own = sum(sought.weights[word] for word in words & sought.weights.keys()) / total
            near = sum(sought.weights[word] for word in heading - words) / total
            far = sum(sought.weights[word] for word in context - heading - words) / total
            cover = own + _NEAR * near + _FAR * far
            if not own and order > 2:
                continue
            weight = prior * (cover + _form(sought, piece, order) + _exact(sought, piece))
            found.append(
                Weighed(piece=piece, passage=passage, order=order, weight=weight, words=frozenset(words))
            )
    return found


def _prior(passage: Passage, rank: int, best: float) -> float:
    relative = passage.score / best if best > 0 else 1.0
    return _SCORE * max(relative, 0.0) + (1 - _SCORE) / (1 + _FADE * rank)


def _form(sought: Asked, piece: Piece, order: int) -> float:
    bonus = _OPENING / (order + 1) if order < 3 else 0.0
    if piece.kind == "sentence" and (piece.text.endswith("?") or _REFERS.match(piece.text)):
        bonus -= 0.3
    digits = any(letter.isdigit() for letter in piece.text)
    if sought.amount and digits:
        bonus += _DIGITS
    if piece.kind == "code":
        bonus += 0.1 if sought.steps else -0.1 if sought.reason else -0.05
        bonus -= 0.3 if _only_preparation(piece.text) else 0.0
        bonus += 0.3 if _SPOKEN.get(piece.header.lower(), piece.header.lower()) in sought.languages else 0.0
    if sought.steps and piece.numbered:
        bonus += 0.1
    return bonus


def _only_preparation(code: str) -> bool:
    lines = [line for line in code.splitlines() if line.strip()]
    return 2 * sum(bool(_PREPARATION.match(line)) for line in lines) > len(lines)


def _exact(sought: Asked, piece: Piece) -> float:
    text = piece.text.lower()
    return _EXACT * any(quoted in text for quoted in sought.quoted)
