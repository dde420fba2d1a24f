"""Messages that name no subject."""

import pytest

from bot.honesty import clarifying
from bot.model import Question, Turn
from fakes import passage


@pytest.mark.parametrize(
    "text",
    [
        "help",
        "it doesn't work",
        "how do I configure it?",
        "search is slow",
        "I have a problem",
        "pods crash",
        "Hi there!",
    ],
)
def test_a_symptom_without_a_subject_is_vague(text: str) -> None:
    assert clarifying.vague(text)


@pytest.mark.parametrize(
    "text",
    [
        "how do I install?",
        "max length of varchar?",
        "mmap",
        "error 1100: field type not supported",
        "collection.load() hangs",
        "why does my search return fewer results than the limit",
        "the query node is killed when I load a large collection",
        "no funciona",
    ],
)
def test_what_names_a_subject_is_not(text: str) -> None:
    assert not clarifying.vague(text)


def test_one_question_is_asked_back_and_never_a_second_one() -> None:
    first = Question(text="it does not work")
    asked = clarifying.question_back(first.text, [passage()])
    assert asked.count("?") == 1
    history = (Turn(speaker="user", text=first.text), Turn(speaker="bot", text=asked))
    assert clarifying.wanted(first)
    assert not clarifying.wanted(Question(text="still broken", history=history))


def test_a_thread_that_named_its_subject_needs_no_question_back() -> None:
    history = (Turn(speaker="user", text="How do I load a collection?"),)
    assert not clarifying.wanted(Question(text="it does not work", history=history))
    assert clarifying.wanted(Question(text="it fails", history=(Turn(speaker="user", text="hello"),)))


def test_the_question_back_names_three_pages_at_most_and_each_once() -> None:
    found = [passage(number=number) for number in (1, 1, 2, 3, 4)]
    asked = clarifying.question_back("search is slow", found)
    assert "Page 1, Page 2, Page 3 or something else" in asked
    assert "Page 4" not in asked
    assert "Page" not in clarifying.question_back("help", found)
