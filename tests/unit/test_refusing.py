"""How a model's refusal is noticed while it streams."""

import pytest

from bot.honesty.refusing import RefusalGate


def fed(*pieces: str) -> tuple[str, bool]:
    gate = RefusalGate()
    text = "".join(gate.feed(piece) for piece in pieces) + gate.end()
    return text, gate.refused


@pytest.mark.parametrize("pieces", [("NOT_COVERED",), ("NOT", "_COV", "ERED", "."), ("\n**NOT_COVERED**",)])
def test_a_refusal_is_never_shown(pieces: tuple[str, ...]) -> None:
    assert fed(*pieces) == ("", True)


@pytest.mark.parametrize(
    "pieces", [("Not ", "really."), ("NOT", "E: yes"), ("N",), ("",), (" ", "**Yes** [1]")]
)
def test_everything_else_is_shown_whole(pieces: tuple[str, ...]) -> None:
    assert fed(*pieces) == ("".join(pieces), False)


SIZES = (1, 3, 1_000)


def cut(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "text",
    [
        "The passages do not answer the question. NOT_COVERED",
        "Unfortunately, the documentation does not say how.\n\n**NOT_COVERED**.",
        "I could not find anything on that: `NOT\\_COVERED`",
        "NOT_COVERED. The passages are about something else [1].",
        "None of the passages says so. NOT COVERED",
    ],
)
def test_a_refusal_in_other_words_before_the_word_is_one_and_never_shown(text: str, size: int) -> None:
    assert fed(*cut(text, size)) == ("", True)


@pytest.mark.parametrize("size", SIZES)
def test_the_word_is_taken_out_of_an_answer_to_a_part(size: int) -> None:
    text = "Rows are kept in object storage [1]. How long: **NOT_COVERED**. See the page on limits [2]."
    shown = "Rows are kept in object storage [1]. How long:  See the page on limits [2]."
    assert fed(*cut(text, size)) == (shown, False)
    assert fed(*cut("They are kept in etcd [1]. NOT_COVERED", size)) == ("They are kept in etcd [1]. ", False)


@pytest.mark.parametrize("size", SIZES)
def test_passages_that_are_cited_for_not_answering_are_no_answer(size: int) -> None:
    assert fed(*cut("The passages [1][2] do not answer this. NOT_COVERED", size))[1]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "text",
    ["The passages say that it is kept [1]. More.", "I am sure.", "NOT_COVER", "Is `x` *bold* (N) [1] NOT"],
)
def test_what_only_begins_like_a_refusal_is_shown_whole(text: str, size: int) -> None:
    assert fed(*cut(text, size)) == (text, False)


def test_a_hostile_text_takes_no_more_than_a_moment() -> None:
    assert fed("[1] ", *["[*`_"] * 20_000, "not " * 30_000, "NOT_COVERED")[1] is False
