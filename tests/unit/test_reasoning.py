"""What of a reply is answer, however it is cut into pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.reasoning import HOLD, AnswerText, strip_reasoning

LONG = "Milvus keeps segments in object storage, and their metadata in etcd; both can be replaced. "
THOUGHTS = "The user wants to know where data is kept. I will look at the passages one by one. " * 3


def in_pieces(pieces: list[str]) -> str:
    answer = AnswerText()
    return "".join(map(answer.feed, pieces)) + answer.finish()


def in_characters(text: str) -> str:
    return in_pieces(list(text))


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        ("", ""),
        ("Yes.", "Yes."),
        ("\n\nYes.", "Yes."),
        ("<think>hm</think>Yes.", "Yes."),
        ("\n<think>\nhm\n</think>\n\nYes.", "Yes."),
        ("<think></think>\n\nYes.", "Yes."),
        ("<thinking>hm</thinking>Yes.", "Yes."),
        ("<think>a <think> b</think>Yes.", "Yes."),
        ("<think>never closed", ""),
        ("Yes.\n<think>Is it?</think>\nIt is.", "Yes.\n\nIt is."),
        ("hm, well</think>\n\nYes.", "Yes."),
        ("</think>Yes.", "Yes."),
        (f"Okay, so {THOUGHTS}</think>Yes.", "Yes."),
        ("<|channel|>analysis<|message|>hm<|channel|>final<|message|>Yes.", "Yes."),
        (
            "<|start|>assistant<|channel|>analysis<|message|>hm<|end|>"
            "<|start|>assistant<|channel|>final<|message|>Yes.<|return|>",
            "Yes.",
        ),
        (
            "<|channel|>analysis<|message|>hm<|end|>"
            "<|start|>assistant to=functions.search<|channel|>commentary"
            ' <|constrain|>json<|message|>{"q": 1}<|call|><|start|>assistant<|channel|>final<|message|>Yes.',
            "Yes.",
        ),
        ("<|channel|>final<|message|>Yes.<|end|>", "Yes."),
        ("<|start|>assistant<|message|>Yes.<|end|>", "Yes."),
        ("<|channel|>analysis<|message|>hm<|end|>Yes.", "Yes."),
        ("<|channel|>analysis<|message|>only thoughts", ""),
        ("<|channel|>analysis", ""),
        ("<|channel|>analysis\nhm", ""),
        ("hm, well<|end|><|start|>assistant<|channel|>final<|message|>Yes.", "Yes."),
        ("Yes.<|return|>", "Yes."),
        ("<|channel|>final<|message|>```\ncode<|return|>", "```\ncode"),
    ],
)
def test_only_the_answer_is_left(reply: str, answer: str) -> None:
    assert in_pieces([reply]) == answer
    assert in_characters(reply) == answer
    assert strip_reasoning(reply) == answer


@pytest.mark.parametrize(
    "text",
    [
        "Use `a < b` and `x <| f`.",
        "if a <b then <c> else <|d|>",
        "The `<think>` tag opens reasoning, and `</think>` closes it.",
        "Write it so:\n```\n<|channel|>analysis<|message|>hm<|end|>\n</think>\n```\nand go on.",
        "~~~html\n<think>\n</think>\n~~~",
        "A <think> in the middle of a line is prose.",
        "It starts with <|start|> and goes on to say a number of other things that make no header at all, "
        "however long one reads.",
        "Ends with <",
        "Ends with <|chan",
        "Ends with <|start|>assis",
        "``` <|end|>",
        "Compare:\n\n    SELECT *\n\nwith `<|end|>`.",
    ],
)
def test_text_that_looks_like_tags_survives(text: str) -> None:
    assert in_characters(text) == text
    assert in_pieces([text]) == text


PARTS = st.sampled_from(
    [
        *(
            "<think>",
            "</think>",
            "<|start|>",
            "<|channel|>",
            "<|message|>",
            "<|end|>",
            "<|return|>",
            "<|call|>",
        ),
        *(
            "analysis",
            "final",
            "commentary",
            "assistant",
            "<|constrain|>",
            "<",
            "<|",
            "`",
            "```",
            "\n",
            "\n```\n",
        ),
        *("Okay, so", " text ", LONG, "\n\n", "|>", "</th"),
    ]
)


@given(parts=st.lists(PARTS, max_size=14), data=st.data())
def test_how_a_reply_is_cut_makes_no_difference(parts: list[str], data: st.DataObject) -> None:
    text = "".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=12)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    expected = in_characters(text)
    assert in_pieces([text]) == expected
    assert in_pieces(pieces) == expected


@given(st.text(alphabet=st.sampled_from("ab<|>`\n /=")))
def test_a_reply_without_tags_is_shown_as_it_is(text: str) -> None:
    assert in_characters(text) == text.lstrip()


@given(st.text(alphabet=st.sampled_from("ab`\n. "), max_size=300))
def test_nothing_between_think_tags_is_shown(thoughts: str) -> None:
    assert in_characters(f"<think>{thoughts}SECRET</think>Yes.") == "Yes."


def test_a_plain_reply_is_shown_piece_by_piece_after_its_first_words() -> None:
    answer = AnswerText()
    assert answer.feed(LONG[: HOLD - 1]) == ""
    assert answer.feed(LONG[HOLD - 1 : HOLD]) == LONG[:HOLD]
    assert answer.feed("next") == "next"


def test_an_opened_reply_shows_its_answer_without_waiting() -> None:
    answer = AnswerText()
    answer.feed("<think>hm</think>")
    assert answer.feed("Y") == "Y"


def test_a_reply_that_thinks_aloud_waits_and_is_shown_when_it_was_the_answer_after_all() -> None:
    answer = AnswerText()
    text = "Let me explain how data is stored. " * 4
    assert answer.feed(text) == ""
    assert answer.finish() == text


def test_reasoning_that_nothing_announced_is_remembered_for_the_next_reply() -> None:
    first = AnswerText()
    text = "One could read the passages in order. " * 3
    assert first.feed(text + "</think>Yes.") == text + "Yes."
    assert first.began_inside
    second = AnswerText(hold=None)
    assert second.feed(text) == ""
    assert second.feed("</think>Yes.") + second.finish() == "Yes."


@pytest.mark.parametrize("reply", ["Yes.", "<think>hm</think>Yes.", "<|channel|>final<|message|>Yes.<|end|>"])
def test_announced_reasoning_needs_no_remembering(reply: str) -> None:
    answer = AnswerText()
    answer.feed(reply)
    answer.finish()
    assert not answer.began_inside
