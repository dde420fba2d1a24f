"""Cuts text into the words by which a question and a sentence are compared."""

import re
from functools import lru_cache

_WORD = re.compile(r"\d+(?:,\d{3})+|\w+(?:[.\-/]\w+)*", re.UNICODE)
_PART = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\d_]+")
_IDEOGRAPHS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_IDENTIFIER = re.compile(r"\w_\w|\w\.\w|[a-z][A-Z]|\d")
_JOINT = re.compile(r"[.\-/]")
_LONGEST = 100
_COMMON_WORDS = (
    "a about after all also am an and any are as at be because been before but by can cannot could "
    "did do does doing don dont done else even for from get gets getting give go got had has have "
    "how i if im in into is isn it its just know let like ll make makes many may me mean means might "
    "more most much must my need needs no not now of off on one only or other our out over own "
    "please s same say says see set shall she should show since so some something still such t tell "
    "than that the their them then there these they thing things this those to too try trying up us "
    "use used uses using ve very want wants was way we well were what whats when where which while "
    "who why will with without work works would you your "
)
_COMMON = frozenset(_COMMON_WORDS.split())
_SHORT_FORMS = {
    "auth": "authentication", "config": "configuration", "conf": "configuration", "db": "database",
    "dir": "directory", "doc": "documentation", "docs": "documentation", "env": "environment",
    "k8s": "kubernetes", "max": "maximum", "min": "minimum", "param": "parameter", "params": "parameters",
    "prod": "production", "pw": "password", "pwd": "password", "ram": "memory", "repo": "repository",
}  # fmt: skip
"""What people write short in a chat, and what pages call it."""


def stem(word: str) -> str:
    """``word`` without the endings that plural, tense and nouns of action give it; lower case.

    >>> stem("Indexes") == stem("indexing") == stem("indexed")
    True
    """
    word = word.lower()
    word = _SHORT_FORMS.get(word, word)
    if not word.isalpha():
        return word.replace(",", "")
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ation", "ion", "ing", "age", "ed"):
        if word.endswith(ending) and len(word) - len(ending) > 2:
            word = word[: -len(ending)]
            if word[-1] == word[-2] and word[-1] not in "aeiouls":
                word = word[:-1]
            break
    return word[:-1] if len(word) > 3 and word.endswith("e") else word


def terms(text: str) -> set[str]:
    """Stems of all words of ``text`` but the common ones; identifiers whole and in their parts."""
    found: set[str] = set()
    for word in _WORD.findall(text):
        found.update(_stems(word))
    for run in _IDEOGRAPHS.findall(text):
        # These scripts set no blanks between words: two characters come nearest to one.
        found.update(run[at : at + 2] for at in range(max(1, len(run) - 1)))
    return found


@lru_cache(maxsize=20_000)
def _stems(word: str) -> tuple[str, ...]:
    if word.lower() in _COMMON or len(word) > _LONGEST:
        return ()
    if word[0].isdigit():
        return (stem(word),)
    parts = [word, *_JOINT.split(word), *_PART.findall(word)]
    return tuple({stem(part) for part in parts if part.lower() not in _COMMON and len(part) > 1})


def spoken(text: str) -> tuple[str, ...]:
    """The words of ``text`` as they stand there, each once, without the common ones."""
    words = dict.fromkeys(_WORD.findall(text))
    return tuple(word for word in words if word.lower() not in _COMMON and len(word) <= _LONGEST)


def identifiers(text: str) -> set[str]:
    """Stems of the words of ``text`` that look like names or values in code: digits, dots, case inside."""
    return {stem(word) for word in _WORD.findall(text) if _IDENTIFIER.search(word)}
