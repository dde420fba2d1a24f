"""Knows the words of everyday English, so that a name can be told from a word."""

from functools import lru_cache
from pathlib import Path

from bot.words import stem

_LIST = Path(__file__).with_name("english.txt")
_FUNCTION_WORDS = frozenset(
    """
    a an and are can could do does for from get how i if in into is it its my not of on or should that the
    this to use using was what when where which who why will with without you
    your
    """.split()  # noqa: SIM905 - a list of words reads best as prose
)


def is_word(word: str) -> bool:
    """Whether ``word`` is everyday English in any of its forms, such as ``stores`` or ``Storing``."""
    return stem(word) in _stems()


def is_english(words: set[str]) -> bool:
    """Whether lower-case ``words`` come from an English sentence, or at least not from another language."""
    known = sum(word in _FUNCTION_WORDS or is_word(word) for word in words)
    return bool(words) and known * 2 >= len(words)


@lru_cache(maxsize=1)
def _stems() -> frozenset[str]:
    lines = _LIST.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
