"""Notices where two pages contradict each other on what was asked (pure)."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from bot.extract.weighing import Weighed
from bot.words import stem, terms

_STRONG = 0.25
"""Share of the best piece's weight that both sides of a contradiction have."""
_ABOUT = 0.25
"""Share of what the best piece holds of the question that both sides hold of it."""
_LOOKED_AT, _LINES, _LONGEST = 40, 8, 200
"""So many of the strongest pieces are compared, and so many lines of each; longer ones than that many
characters state more than one thing."""
_COUNTED, _UNNAMED = 0.4, 0.5
"""Share of their words that two statements have in common which count the same, for a subject that both name,
and where one leaves it open."""
_DENIED = 0.75
"""Share of what is said shortest of a subject that an affirming and a denying statement have in common."""
_FEW = 2
_FIGURE = re.compile(r"(?<![\w.,-])(\d{1,15}(?:[.,]\d{1,6}){0,4})(?![\w-]|[.,]\d)\s?([^\W\d_]{1,40}|%)?")
_GONE = re.compile(
    r"\b(?:no longer|not|never) (?:supported|available|provided|maintained|possible)\b"
    r"|\b(?:was|were|has been|have been) (?:removed|dropped|discontinued)\b"
    r"|\b(?:is|are|was|were|has been|have been) (?:deprecated|obsolete)\b",
    re.IGNORECASE,
)
"""Says that something is not there at all, whatever another page says that it does."""
_NEAR = 15
"""Characters between a subject's verb and what is said of it."""
_NOT = re.compile(r"\b(?:not|never|cannot|no longer)\b|n['’]t\b", re.IGNORECASE)
_OPPOSITES = (
    (re.compile(r"\bdisabled\b", re.IGNORECASE), "not enabled"),
    (re.compile(r"\boptional\b", re.IGNORECASE), "not required"),
    (re.compile(r"\bunsupported\b", re.IGNORECASE), "not supported"),
)
_VERB = re.compile(
    r":\s|\b(?:is|are|was|were|has|have|had|can|cannot|may|must|will|does|do|did|(?:is|are|was|were|does|do|can|has)n['’]t"
    r"|(?:let|allow|support|enable|provide|require|need|accept|take|use|hold|work|run|listen|return|store|keep|give"
    r"|default|limit|last|expire|remain)s?)\b",
    re.IGNORECASE,
)  # fmt: skip
_MARK = re.compile(r"^\s*(?:-|\d{1,3}\.)\s+|\*\*", re.MULTILINE)
_MEASURES = terms("maximum minimum length size limit number count default value amount total")


def differing(candidates: Sequence[Weighed]) -> tuple[Weighed, Weighed] | None:
    """Two pieces of different pages that contradict each other, the better one first; None where none do.

    The better one is of the best piece's passage, and both are about what was asked.
    """
    if not candidates:
        return None
    best = max(candidates, key=lambda one: one.weight)
    ranked = sorted(candidates, key=lambda one: -one.weight)
    strong = [one for one in ranked if _is_strong(one, best)][:_LOOKED_AT]
    for one in strong:
        for other in strong if one.passage is best.passage else ():
            if _apart(one, other) and _contradict(one, other):
                return one, other
    return None


def _is_strong(one: Weighed, best: Weighed) -> bool:
    about = sum(one.covers.values()) >= _ABOUT * sum(best.covers.values())
    return one.piece.kind != "code" and one.piece.alone and about and one.weight >= _STRONG * best.weight


def _apart(one: Weighed, other: Weighed) -> bool:
    return (one.passage.source, one.passage.path) != (other.passage.source, other.passage.path)


def _contradict(one: Weighed, other: Weighed) -> bool:
    asked = one.covers.keys() | other.covers.keys()
    return any(
        _counts_otherwise(said, its) or _denies(said, its, asked) or _denies(its, said, asked)
        for said in _statements(one)
        for its in _statements(other)
    )


def _statements(one: Weighed) -> Sequence[str]:
    """What a piece states: a sentence, the items of a list, a row as what its first cell is."""
    text = _MARK.sub("", one.piece.text)
    if one.piece.kind == "row" and text.startswith("|"):
        text = text.strip("| ").replace(" | ", ": ", 1).replace(" | ", " ")
    for opposite, meant in _OPPOSITES:
        text = opposite.sub(meant, text)
    return [line for line in text.split("\n")[:_LINES] if len(line) <= _LONGEST]


def _counts_otherwise(one: str, other: str) -> bool:
    """Whether both say how much of the same something there is, and not the same."""
    figures, others = _figures(one), _figures(other)
    if not any(unit in others and not numbers & others[unit] for unit, numbers in figures.items()):
        return False
    subject, its = _subject(one), _subject(other)
    if subject is None or its is None:
        return _words(one) == _words(other)
    if subject and its:
        return subject == its and _alike(one, other) >= _COUNTED
    return _alike(one, other) >= _UNNAMED


def _figures(text: str) -> dict[str, set[str]]:
    """The figures of a statement by the word for what they count; by none where there is none."""
    found: dict[str, set[str]] = {}
    for number, unit in _FIGURE.findall(text.replace("`", "")):
        found.setdefault(stem(unit) if terms(unit) else "", set()).add(number.replace(",", ""))
    return found


def _denies(one: str, other: str, asked: AbstractSet[str]) -> bool:
    """Whether ``one`` says that there is no such thing as ``other`` speaks of, which was ``asked`` about."""
    subject = _subject(one)
    if subject is None or subject != _subject(other) or _NOT.search(other) or _GONE.search(other):
        return False
    if subject & asked and _says(_GONE, one):
        return True
    said, its = _words(one) - subject, _words(other) - subject
    least = max(_DENIED * min(len(said), len(its)), 1 if subject & asked else _FEW)
    return _says(_NOT, one) and len(said & its) >= least


def _says(what: re.Pattern[str], text: str) -> bool:
    """Whether a statement says ``what`` right at its verb: of its subject, and not in passing."""
    verb, found = _VERB.search(text), what.search(text)
    return verb is not None and found is not None and abs(found.start() - verb.start()) <= _NEAR


def _subject(text: str) -> AbstractSet[str] | None:
    """What is spoken of: the words before the verb; None where no verb is known."""
    verb = _VERB.search(text)
    return terms(text[: verb.start()]) - _MEASURES if verb else None


def _words(text: str) -> AbstractSet[str]:
    return {word for word in terms(text) if not word[0].isdigit()} - _MEASURES


def _alike(one: str, other: str) -> float:
    words, others = _words(one), _words(other)
    return len(words & others) / max(1, len(words | others))
