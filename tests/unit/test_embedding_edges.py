"""Loading once, clean text, unit vectors."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.embedding.edges import clean, once, unit
from indexer.errors import EmbeddingUnavailable


def test_a_value_is_loaded_at_the_first_call_and_only_once_among_threads() -> None:
    calls: list[int] = []
    start = threading.Barrier(4)

    def load() -> object:
        calls.append(1)
        return object()

    value = once(load)

    def ask(_: int) -> object:
        start.wait()
        return value()

    assert calls == []
    with ThreadPoolExecutor(4) as threads:
        assert len(set(map(id, threads.map(ask, range(4))))) == 1
    assert calls == [1]


def test_a_load_that_failed_is_tried_again() -> None:
    results = iter([OSError("no"), None, 7])

    def load() -> int | None:
        result = next(results)
        if isinstance(result, OSError):
            raise result
        return result

    value = once(load)
    with pytest.raises(OSError, match="no"):
        value()
    assert [value(), value()] == [None, None]


def test_plain_text_stays_as_it_is() -> None:
    text = "Größe\t海\n🦜 `collection.load()`"
    assert clean(text, 100) == text


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\x00b\x1b[0m\x7f", "a b [0m "),
        ("\ud83e\udd9c", "🦜"),
        ("a\ud83e", "a\ufffd"),
        ("\udcffb", "\ufffdb"),
        ("123456789", "12345678"),
    ],
)
def test_what_tokenizers_stumble_over_is_replaced(text: str, cleaned: str) -> None:
    assert clean(text, 8) == cleaned


@given(st.text(st.characters(exclude_categories=[])))
def test_whatever_comes_in_goes_out_as_utf_8(text: str) -> None:
    assert "\x00" not in clean(text, 50)
    assert len(clean(text, 50).encode()) <= 200


def test_vectors_are_scaled_to_length_one() -> None:
    assert unit([[3, 4], [0, 2]], count=2, model="m") == [[0.6, 0.8], [0, 1]]


@pytest.mark.parametrize(
    ("vectors", "dim", "sentence"),
    [
        ([[1.0, 0.0]], None, "m gave 1 vectors for 2 texts."),
        ([[1.0, 0.0], [1.0]], None, "different lengths, 2 and 1"),
        ([[1.0, 0.0], [1.0, 0.0]], 3, "different lengths, 3 and 2"),
        ([[1.0], [0.0]], None, "without a direction"),
        ([[1.0], [float("nan")]], None, "without a direction"),
        ([[1.0], [float("inf")]], None, "without a direction"),
        ([[1.0], []], None, "different lengths, 1 and 0"),
    ],
)
def test_vectors_that_cannot_be_compared_are_refused(
    vectors: list[list[float]], dim: int | None, sentence: str
) -> None:
    with pytest.raises(EmbeddingUnavailable, match=sentence):
        unit(vectors, count=2, model="m", dim=dim)
