"""Tells messages that name no subject, and asks back for one, once in a conversation (pure)."""

import re
from collections.abc import Sequence

from bot.model import Passage, Question, Turn
from bot.words import identifiers, spoken

OPENING = "I need one more detail to answer this."
"""How every question back begins: by it a thread shows that one was asked already."""
_LONGEST_WORDS, _SHORT_WORDS = 12, 4
_TOPICS = 3
_OPEN_QUESTION = "What did you try, and what happened instead, with the exact error text if there is one?"
_WORD = re.compile(r"[^\W_]+(?:'\w+)?")
_QUOTED = re.compile(r"`|\"[^\"]{6,}\"|[A-Za-z_]\w*\(|\d{2,}")
_POINTS_BACK = re.compile(r"\b(?:it|this|that|these|those|them|same)\b", re.IGNORECASE)
_SYMPTOMS = frozenset(
    """
    bad broke broken bug bugged bugs confused confusing corrupt corrupted crash crashed crashes crashing
    dead die died dies down error errors exception exceptions fail failed failing fails failure freeze
    freezes frozen gone hang hanging hangs hung issue issues lost missing nothing poor problem problems
    refused restart restarted restarting restarts slow slower stopped strange stuck timeout timeouts
    trouble troubles unable unavailable unhealthy unreachable unstable weird wrong
    """.split()  # noqa: SIM905 - a list of words reads best as prose
)
_NEGATED = re.compile(
    r"\b(?:does|do|is|did|can|will|would|could|are|was|has)(?:n'?t| not)\b|\bwon'?t\b|\bcannot\b"
    r"|\bnot? \w+ing\b"
    r"|\bno longer\b|\b(?:is|are|still) (?:still )?not\b",
    re.IGNORECASE,
)
_TASKS = frozenset(
    {
        *("backup", "configure", "connect", "deploy", "download", "install", "log", "login", "migrate"),
        *("restore", "setup", "start", "update", "upgrade"),
    }
)
_EMPTY = frozenset(
    """
    actually again ago already always another anybody anymore anyone anything app application around
    asap ask asking back been best better bit bro check client come comes correct correctly day days
    dear detail details difficult doesnt dont else ever every everybody everyone everything exactly
    example experiencing explain explanation fine first fix fixed folks found friend getting giving good
    great guy guys happen happened happening happens hard hello help helped helping hey hi hint idea
    ideas info information into keep keeps kind kinda know last late later like little long look looks
    maybe message month more morning move much never new news night nobody ok okay old once people
    person pls plz possible properly question questions quick quickly random randomly really reason
    right seem seems server service show simple since solution solve someone sometimes somewhere soon
    stop stops strange stuff sudden suddenly support sure system talk team tell thank thanks thing think
    thx time times today together understand urgent usage version wait week weekend welcome worked
    working worse would yes yesterday
    """.split()  # noqa: SIM905 - a list of words reads best as prose
)


def wanted(question: Question) -> bool:
    """Whether to ask back: nothing that was said names a subject, and nothing was asked back before."""
    if any(turn.speaker == "bot" and OPENING in turn.text for turn in question.history):
        return False
    return all(vague(text) for text in (question.text, *_said(question.history)))


def vague(text: str) -> bool:
    """Whether ``text`` is a greeting, a cry for help or a symptom without what it is about.

    One word beside the symptom is no subject yet: "search is slow" leaves open which, how and since when.
    """
    words = [word.lower() for word in _WORD.findall(text)]
    if len(words) > _LONGEST_WORDS or _QUOTED.search(text) or identifiers(text):
        return False
    symptom = bool(_SYMPTOMS.intersection(words)) or bool(_NEGATED.search(text))
    left = subjects(text)
    if not left - _TASKS:
        return symptom or not left or bool(_POINTS_BACK.search(text))
    return symptom and len(left - _TASKS) <= (2 if len(words) <= _SHORT_WORDS else 1)


def question_back(text: str, found: Sequence[Passage]) -> str:
    """The one question that ``text`` gets; names up to three pages where it gave a hint of its subject."""
    titles = list(dict.fromkeys(passage.title for passage in found))[:_TOPICS]
    if not subjects(text) or len(titles) < 2:
        return f"{OPENING} {_OPEN_QUESTION}"
    *some, last = titles
    return (
        f"{OPENING} Is it about {', '.join(some)}, {last} or something else? "
        "Please add what you did, what happened, and the exact error text if there is one."
    )


def subjects(text: str) -> set[str]:
    """The words of ``text``, in lower case, that say what it is about: no common ones, no symptoms."""
    return {word.lower() for word in spoken(text)} - _SYMPTOMS - _EMPTY


def _said(history: Sequence[Turn]) -> Sequence[str]:
    return [turn.text for turn in history if turn.speaker == "user"]
