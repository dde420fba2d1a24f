"""Which lines of a pasted log are searched for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Question
from bot.question.rewriting import cleaned, standalone
from bot.question.traces import telling

PYTHON = "\n".join(
    f'  File "/usr/lib/pkg/mod{n}.py", line {n}, in call_{n}\n    return self._error_{n}(timeout=timeout)'
    for n in range(150)
)
JAVA = "\n".join(f"\tat com.acme.Deep{n}.run(Deep{n}.java:{n})" for n in range(300))
LOG = "\n".join(
    f'[2026/05/01 10:00:{n % 60:02d}.1 +00:00] [INFO] [a/b.go:{n}] ["tick {n}"]' for n in range(300)
)


@pytest.mark.parametrize(
    ("trace", "wanted"),
    [
        (
            f"insert fails, why?\nTraceback (most recent call last):\n{PYTHON}\ngrpc.RpcError: too large",
            "insert fails, why?\ngrpc.RpcError: too large",
        ),
        (
            f"x.RuntimeException: wrapped\n{JAVA}\nCaused by: io.Slow: exceeded\n{JAVA}\nhow to fix?",
            "x.RuntimeException: wrapped\nCaused by: io.Slow: exceeded\nhow to fix?",
        ),
        (
            f"it restarts, why?\n{LOG}\n[2026/05/01 10:00:00.1] [ERROR] [x.go:9] [bad]\n{LOG}\nthanks",
            "it restarts, why?\n[ERROR] [x.go:9] [bad]\nthanks",
        ),
    ],
)
def test_of_300_lines_the_question_and_the_error_are_left(trace: str, wanted: str) -> None:
    left = telling(trace)
    assert set(wanted.splitlines()) <= set(left.splitlines())
    assert "_error_7(" not in left
    assert len(left) < 300


def test_an_error_between_two_long_halves_survives_the_question_limit() -> None:
    text = f"why does it stop?\n{JAVA}\nCaused by: io.Slow: deadline exceeded\n{JAVA}"
    asked = cleaned(text, 4_000)
    assert len(asked) <= 4_000
    assert "Caused by: io.Slow: deadline exceeded" in standalone(Question(text=asked))


def test_a_short_question_and_plain_settings_stay_as_they_are() -> None:
    assert telling("How do I fix\nValueError: x") == "How do I fix\nValueError: x"
    assert "how do I set this?" in telling(
        "how do I set this?\n" + "\n".join(f"key{n}: {n}" for n in range(200))
    )


def test_lines_without_any_error_are_left_alone() -> None:
    text = "\n".join(f"at {n}" for n in range(400))
    assert telling(text) == text


@given(st.text(max_size=2_000), st.integers(50, 400))
def test_whatever_is_pasted_something_of_it_comes_back(text: str, limit: int) -> None:
    left = telling(text, limit)
    assert left == text or 0 < len(left) <= limit
