"""Markdown on its way into messages of limited length."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.markdown_lines import Frame
from adapters.message_split import SHORTEST, Growing, split

LONGEST = 15  # what Growing repeats at most where the limit is SHORTEST


def streamed(chunks: list[str], limit: int, floor: float = 0.5) -> list[str]:
    """The messages that an append-only stream ends up with."""
    growing, messages = Growing(limit, floor=floor), [""]
    for out in [*(growing.feed(chunk) for chunk in chunks), growing.end()]:
        messages[-1] += out[0]
        messages += out[1:]
    return [message for message in messages if message]


def ends_within_a_fence(piece: str) -> bool:
    frame, previous = Frame(), None
    for line in piece.split("\n"):
        frame, previous = frame.after(line, previous, LONGEST), line
    return frame.fence is not None


words = st.text(alphabet="abcdefghij .,!?*_[]()", min_size=1, max_size=90)
inline = st.one_of(words, st.text(max_size=80), st.text(alphabet="é漢👩🏽\u200d💻🇩🇪e\u0301 ", max_size=60))
block = st.one_of(
    inline,
    inline.map(lambda text: f"# {text}"),
    st.lists(words, min_size=1, max_size=6).map(lambda items: "\n".join(f"- {item}" for item in items)),
    st.lists(words, max_size=9).map(lambda lines: "```py\n" + "\n".join(lines) + "\n```"),
    st.lists(words, max_size=9).map(lambda lines: "  ~~~~\n  " + "\n  ".join(lines) + "\n  ~~~~"),
    st.lists(words, max_size=5).map(lambda rows: "|a|b|\n|-|-|\n" + "\n".join(f"|{row}|x|" for row in rows)),
    st.lists(words, max_size=5).map(lambda lines: "> " + "\n> ".join(lines)),
    st.sampled_from(["```", "~~~", "````md", "> ```", "- ```sh", "|", "---", " " * 90, "x" * 300, "`" * 200]),
)
markdown = st.lists(block, max_size=9).flatmap(
    lambda blocks: st.sampled_from(["\n\n", "\n", "\r\n"]).map(lambda gap: gap.join(blocks))
)
limits = st.integers(SHORTEST, 400)
floors = st.sampled_from([1 / 3, 0.5, 0.8])


@st.composite
def chunked(draw: st.DrawFn) -> list[str]:
    text = draw(markdown)
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=12)))
    return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]


@given(markdown, limits, floors)
def test_every_piece_fits_and_says_something(text: str, limit: int, floor: float) -> None:
    pieces = split(text, limit, floor=floor)

    assert all(piece.strip() and len(piece) <= limit for piece in pieces)
    assert bool(pieces) == bool(text.strip())


@given(markdown, limits)
def test_no_piece_ends_within_a_fence(text: str, limit: int) -> None:
    longest = int(limit / 4) - 1
    for piece in split(text, limit):
        frame, previous = Frame(), None
        for line in piece.split("\n"):
            frame, previous = frame.after(line, previous, longest), line
        assert frame.fence is None or ">" in frame.fence.lead


@given(st.lists(inline, max_size=12).map("\n\n".join), limits)
def test_text_without_fences_and_tables_is_all_there_and_nothing_else(text: str, limit: int) -> None:
    text = re.sub(r"[`~|]", "", text)

    assert "".join("".join(split(text, limit)).split()) == "".join(text.split())


@given(st.lists(st.integers(0, 12), max_size=30), limits)
def test_no_line_of_code_and_no_row_is_lost_or_doubled(lengths: list[int], limit: int) -> None:
    lines = [f"n{number}" + "-" * length for number, length in enumerate(lengths)]
    for begin, end in (("```py\n", "\n```"), ("|a|b|\n|-|-|\n", "")):
        rows = [f"|{line}|" if not end else line for line in lines]
        pieces = split(f"Before.\n\n{begin}" + "\n".join(rows) + f"{end}\n\nBehind.", limit)
        assert re.findall(r"\bn\d+-*", "\n".join(pieces)) == lines
        # Where lines of it moved on, they moved into a fence or a table again.
        assert all(("```py" in piece or "|-|" in piece) for piece in pieces if re.search(r"\bn\d", piece))


@given(markdown, st.text(alphabet="`~|#-> \nab.", max_size=150) | markdown, limits, floors)
def test_what_is_added_changes_no_piece_but_the_last(text: str, more: str, limit: int, floor: float) -> None:
    before, after = split(text, limit, floor=floor), split(text + more, limit, floor=floor)

    assert after[: len(before[:-1])] == before[:-1]


@given(chunked(), limits, floors)
def test_a_stream_ends_with_the_same_messages_however_it_comes(
    chunks: list[str], limit: int, floor: float
) -> None:
    assert streamed(chunks, limit, floor) == split("".join(chunks), limit, floor=floor)


@given(markdown, limits)
def test_a_stream_of_single_characters_ends_with_the_same_messages(text: str, limit: int) -> None:
    assert streamed(list(text), limit) == split(text, limit)


@pytest.mark.parametrize("text", ["", " ", "\n\n\n", "\t \r\n"])
def test_white_space_makes_no_message(text: str) -> None:
    assert split(text, 100) == []
    assert streamed([text, text], 100) == []


def test_a_text_that_fits_is_one_piece_as_it_is() -> None:
    assert split("# A\n\nOne.\n\n- a\n- b", 64) == ["# A\n\nOne.\n\n- a\n- b"]


def test_a_piece_ends_before_a_heading_rather_than_within_a_paragraph() -> None:
    intro, section = "word " * 14, "## Next\n\n" + "text " * 12

    assert split(f"{intro}\n{section}", 100) == [intro.strip(), section.strip()]


def test_a_heading_stays_with_what_follows_it() -> None:
    pieces = split("A. " * 20 + "\n\n## Next\n\n" + "text " * 12, 100)

    assert [piece.startswith("## Next") for piece in pieces] == [False, True]


def test_a_sentence_that_announces_a_list_moves_on_with_it() -> None:
    text = "Some words here. " * 4 + "\n\nThese are the steps:\n\n" + "- a step\n" * 5

    assert split(text, 120)[1].startswith("These are the steps:\n\n- a step")


def test_a_list_is_cut_between_its_items() -> None:
    items = [f"- item {number} has a few words" for number in range(8)]
    pieces = split("\n".join(items), 100)

    assert "\n".join(pieces) == "\n".join(items)
    assert all(piece.startswith("- item") for piece in pieces)


def test_a_fence_that_fits_moves_whole() -> None:
    fence = "```py\n" + "x = 1\n" * 6 + "```"
    text = "A few words. " * 5 + "\n\n" + fence

    assert split(text, 100)[1] == fence


def test_a_longer_fence_is_closed_and_opened_again_with_its_marker_and_language() -> None:
    pieces = split("~~~~yaml\n" + "key: value\n" * 20 + "~~~~\nDone.", 100)

    assert all(piece.startswith("~~~~yaml\nkey: value") for piece in pieces)
    assert all("value\n~~~~" in piece for piece in pieces)
    assert pieces[-1].endswith("Done.")


def test_a_fence_within_a_list_or_a_quote_is_opened_again_in_its_place() -> None:
    listed = split("- ```sh\n" + "  run it now\n" * 20 + "  ```", 100)
    quoted = split("> ```sh\n" + "> run it now\n" * 20 + "> ```", 100)

    assert all(piece.startswith("  ```sh\n  run it now") for piece in listed[1:])
    assert all(piece.startswith("> ```sh\n> run it") and piece.endswith("\n> ```") for piece in quoted)


def test_the_rows_of_a_long_table_get_their_header_again() -> None:
    pieces = split("| a | b |\n|---|---|\n" + "| one | two |\n" * 20, 120)

    assert len(pieces) > 1
    assert all(piece.startswith("| a | b |\n|---|---|\n| one | two |") for piece in pieces)


def test_a_table_is_not_cut_between_its_header_and_its_first_row() -> None:
    pieces = split("Some words. " * 7 + "\n| head | er |\n|------|----|\n| cell | s |\n", 110)

    assert pieces[1] == "| head | er |\n|------|----|\n| cell | s |"


def test_a_backtick_line_within_a_longer_fence_does_not_end_it() -> None:
    text = "````md\n" + "```py\nx = 1\n```\n" * 12 + "````"

    assert all(piece.startswith("````md\n") and piece.endswith("\n````") for piece in split(text, 100))


def test_links_code_and_bold_words_are_not_cut_where_that_can_be_avoided() -> None:
    text = ("plain words and " * 4 + "[a label of some words](https://example.com/a) `code with words` ") * 4
    for piece in split(text, 120):
        assert piece.count("[") == piece.count(")") == piece.count("](")
        assert piece.count("`") % 2 == 0


def test_chinese_text_is_cut_behind_a_sentence() -> None:
    assert all(piece.endswith("。") for piece in split("这是一个关于向量数据库的句子。" * 40, 100))


@pytest.mark.parametrize("character", ["👩🏽\u200d💻", "🇩🇪", "e\u0301\u0323", "1\ufe0f\u20e3", "👍🏿"])
def test_what_is_seen_as_one_character_stays_together(character: str) -> None:
    for limit in range(64, 80):
        pieces = split(character * 100, limit)
        assert all(len(piece) % len(character) == 0 for piece in pieces)


def test_below_the_floor_everything_streams_at_once() -> None:
    growing = Growing(1000)

    assert growing.feed("```py\nx =") == ["```py\nx ="]
    assert growing.feed(" 1") == [" 1"]


def test_behind_the_floor_a_fence_waits_until_it_is_known_where_it_goes() -> None:
    growing = Growing(100)
    shown = growing.feed("Some words here." * 4 + "\n\n")[0]

    assert growing.feed("```py\nx = 1\n") == [""]
    assert growing.feed("y = 2\n") == [""]
    # It still fits, so it comes into the same message.
    assert growing.feed("```\n\nMore") == ["\n\n```py\nx = 1\ny = 2\n```"]
    assert shown.startswith("Some words")


def test_a_fence_that_no_longer_fits_begins_the_next_message() -> None:
    growing = Growing(100)
    growing.feed("Some words here. " * 4 + "\n\n```py\n")
    first, second = growing.feed("x = 1\n" * 5)

    assert first == ""
    assert second.startswith("```py\nx = 1")


def test_a_stream_can_be_ended_twice_and_begun_again() -> None:
    growing = Growing(100)
    growing.feed("word " * 30)
    growing.end()

    assert growing.end() == [""]


@pytest.mark.parametrize(("limit", "floor"), [(0, 0.5), (SHORTEST - 1, 0.5), (100, 0.1), (100, 1.0)])
def test_a_limit_that_leaves_no_room_is_refused(limit: int, floor: float) -> None:
    with pytest.raises(ValueError, match="at least 64"):
        split("text", limit, floor=floor)


@pytest.mark.parametrize(
    "text",
    ["x" * 300_000, "`" * 100_000, "> " * 50_000, "- " * 50_000, "[" * 100_000, "\n" * 300_000, "|" * 99_999],
)
def test_hostile_texts_come_through_whole(text: str) -> None:
    pieces = split(text, 2000)

    assert all(len(piece) <= 2000 for piece in pieces)
    assert "".join("".join(pieces).split()).count(text[0]) >= (
        0 if text.isspace() else len(text.replace(" ", "")) // 2
    )
