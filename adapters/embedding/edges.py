"""What the embedding models share: loaded once, clean text in, unit vectors out."""

import math
import re
from collections.abc import Callable, Iterable
from threading import Lock
from typing import TypeVar

from indexer.errors import EmbeddingUnavailable

T = TypeVar("T")
Vectors = list[list[float]]

# Tokenizers drop these or, where they are written in C, stop at the first one.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def once(load: Callable[[], T]) -> Callable[[], T]:
    """``load``, called when its value is first asked for; other threads wait for it meanwhile.

    A failure is not kept: the next one who asks tries again.
    """
    lock = Lock()
    loaded: list[T] = []

    def value() -> T:
        with lock:
            if not loaded:
                loaded.append(load())
        return loaded[0]

    return value


def clean(text: str, limit: int) -> str:
    """The first ``limit`` characters, as UTF-8 can carry them, control characters as spaces."""
    # Through UTF-16, halves of a pair that were read apart find each other again.
    whole = text[:limit].encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _CONTROL.sub(" ", whole)


def unit(vectors: Iterable[Iterable[float]], *, count: int, model: str, dim: int | None = None) -> Vectors:
    """``vectors`` scaled to length 1.

    Raises EmbeddingUnavailable where there are not ``count`` of them, where one is not ``dim`` (or as
    the first one) long, and where one holds no direction: not a number, infinite, or all zero.
    """
    rows = [[float(value) for value in vector] for vector in vectors]
    if len(rows) != count:
        raise EmbeddingUnavailable(f"{model} gave {len(rows)} vectors for {count} texts.")
    expected = dim or (len(rows[0]) if rows else 0)
    for row in rows:
        if len(row) != expected:
            raise EmbeddingUnavailable(
                f"{model} gave vectors of different lengths, {expected} and {len(row)}: is it one model?"
            )
    return [_scaled(row, model) for row in rows]


def _scaled(row: list[float], model: str) -> list[float]:
    length = math.hypot(*row)
    if not math.isfinite(length) or length == 0:
        raise EmbeddingUnavailable(f"{model} gave a vector without a direction; it may be broken.")
    return row if abs(length - 1) < 1e-6 else [value / length for value in row]
