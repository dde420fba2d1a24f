"""What is searched for."""

from hypothesis import given
from hypothesis import strategies as st

from bot.model import Question, Turn
from bot.question.rewriting import cleaned, has_words, standalone


def test_a_first_question_is_searched_as_it_is() -> None:
    assert standalone(Question(text="What is HNSW?")) == "What is HNSW?"


def test_a_follow_up_is_searched_with_what_the_user_asked_before() -> None:
    history = (Turn(speaker="user", text="What metrics fit HNSW?"), Turn(speaker="bot", text="L2, IP."))
    assert standalone(Question(text="and GPU?", history=history)) == "What metrics fit HNSW?\nand GPU?"


def test_only_the_last_turns_are_searched() -> None:
    history = tuple(Turn(speaker="user", text=f"question {number}") for number in range(9))
    assert standalone(Question(text="last", history=history)).splitlines() == [
        "question 6",
        "question 7",
        "question 8",
        "last",
    ]


def test_control_characters_disappear_and_lines_stay() -> None:
    assert cleaned(" a\x00\x1b[31mb\u202e\nc ", 100) == "a[31mb\nc"


def test_of_a_long_question_both_ends_are_kept() -> None:
    text = cleaned("why? " + "x" * 100_000 + " how do I fix it?", 4_000)
    assert len(text) < 4_100
    assert text.startswith("why?")
    assert text.endswith("how do I fix it?")


@given(st.text(max_size=300), st.integers(20, 100))
def test_cleaning_always_ends_within_its_limit(text: str, limit: int) -> None:
    assert len(cleaned(text, limit)) <= limit + 5


def test_emoji_are_no_words_and_other_scripts_are() -> None:
    assert not has_words("🙂🙃 !?")
    assert has_words("数据")
