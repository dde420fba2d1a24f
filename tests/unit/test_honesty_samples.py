"""The messages by which honesty is measured: their form, and what their words alone decide."""

import json
from collections import Counter
from pathlib import Path

import pytest

from bot.honesty.clarifying import vague
from bot.honesty.declining import declined

FILE = Path(__file__).parents[1] / "honesty_samples.jsonl"
ROWS = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
COVERED = [row["question"] for row in ROWS if row["kind"] == "answerable"]


def test_each_message_says_its_kind_its_language_and_its_half() -> None:
    assert len({row["id"] for row in ROWS}) == len({row["question"] for row in ROWS}) == len(ROWS)
    for row in ROWS:
        assert set(row) - {"naming"} == {"id", "question", "kind", "lang", "half"}
        assert ("naming" in row) == (row["kind"] == "offtopic")
        assert row["half"] in {"tuned", "held"}


@pytest.mark.parametrize(
    ("kind", "half", "least"),
    [
        ("offtopic", "held", 25),
        ("adversarial", "held", 15),
        ("nearmiss", "held", 20),
        ("answerable", "held", 40),
    ],
)
def test_the_half_that_nothing_was_tuned_with_is_large_enough(kind: str, half: str, least: int) -> None:
    assert Counter((row["kind"], row["half"]) for row in ROWS)[kind, half] >= least


def test_covered_questions_are_in_six_languages() -> None:
    assert len({row["lang"] for row in ROWS if row["kind"] == "answerable"}) >= 6


@pytest.mark.parametrize("question", COVERED)
def test_a_covered_question_is_neither_declined_nor_too_vague(question: str) -> None:
    assert not declined(question)
    assert not vague(question)
