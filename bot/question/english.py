"""Knows the words of everyday English, so that a name can be told from a word."""

from functools import lru_cache
from pathlib import Path

from bot.words import stem

_LIST = Path(__file__).with_name("english.txt")


def is_word(word: str) -> bool:
    """Whether ``word`` is everyday English in any of its forms, such as ``stores`` or ``Storing``."""
    return stem(word) in _stems()


@lru_cache(maxsize=1)
def _stems() -> frozenset[str]:
    lines = _LIST.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
