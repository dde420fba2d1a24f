"""Blocks to chunks: sections, sizes, nothing lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.chunking import chunks
from indexer.model import Block, Chunk, Page, PageKey

PAGE = Page(
    key=PageKey(source="docs", path="a.md"),
    title="Guide",
    url="https://d.example/a",
    text="",
    fingerprint="f1",
)


def heading(text: str, level: int = 2) -> Block:
    return Block(kind="heading", text=text, level=level)


def paragraph(text: str) -> Block:
    return Block(kind="paragraph", text=text)


def code(*lines: str) -> Block:
    return Block(kind="code", text="\n".join(["```python", *lines, "```"]))


def table(rows: int) -> Block:
    head = ["| Name | Limit |", "| --- | --- |"]
    return Block(kind="table", text="\n".join([*head, *(f"| row{n} | {n * 1000} |" for n in range(rows))]))


def cut(*blocks: Block, size: int = 1_000) -> tuple[Chunk, ...]:
    return chunks(PAGE, blocks, anchors="milvus", size=size)


def test_a_section_is_a_chunk_with_its_path_and_anchor() -> None:
    first, second = cut(
        paragraph("Intro."), heading("Install", 2), heading("With Docker", 3), paragraph("Run it.")
    )
    assert (first.text, first.heading, first.url) == ("Intro.", "", "https://d.example/a")
    assert (second.text, second.heading) == ("Run it.", "Install > With Docker")
    assert second.url == "https://d.example/a#With-Docker"
    assert (second.ordinal, second.of, second.fingerprint) == (1, 2, "f1")


def test_the_page_s_own_heading_is_not_repeated_in_the_path() -> None:
    (chunk,) = cut(heading("GUIDE", 1), paragraph("Text."))
    assert (chunk.heading, chunk.url) == ("", "https://d.example/a#GUIDE")
    (other,) = cut(heading("Another", 1), paragraph("Text."))
    assert other.heading == "Another"


def test_a_sibling_heading_replaces_the_one_before() -> None:
    parts = cut(
        *(heading("A"), heading("B", 4), paragraph("b")),
        *(heading("C", 3), paragraph("c")),
        *(heading("D"), paragraph("d")),
    )
    assert [part.heading for part in parts] == ["A > B", "A > C", "D"]


def test_the_anchor_that_a_page_names_is_used_and_not_shown() -> None:
    (chunk,) = cut(heading("Syntax {#clear}"), paragraph("Text."))
    assert (chunk.heading, chunk.url) == ("Syntax", "https://d.example/a#clear")


def test_repeated_headings_lead_to_their_own_anchors() -> None:
    parts = cut(heading("Example"), paragraph("1"), heading("Example"), paragraph("2"))
    assert [part.url for part in parts] == ["https://d.example/a#Example", "https://d.example/a#Example-1"]


def test_a_heading_with_nothing_below_it_is_its_own_text() -> None:
    (chunk,) = cut(heading("Not supported on Windows"))
    assert chunk.text == "Not supported on Windows"


def test_a_page_without_blocks_is_one_chunk_so_that_the_index_knows_it() -> None:
    (chunk,) = cut()
    assert (chunk.text, chunk.of) == ("Guide", 1)


def test_blocks_are_packed_to_about_the_size() -> None:
    parts = cut(*(paragraph(f"{n} " + "x" * 300) for n in range(9)))
    assert [part.text.count("x" * 300) for part in parts] == [3, 3, 3]


def test_a_code_fence_stays_whole_up_to_twice_the_size() -> None:
    block = code(*(f"line_{n} = {n}" for n in range(100)))
    assert 1_000 < len(block.text) < 2_000
    assert [part.text for part in cut(block)] == [block.text]


def test_a_larger_fence_is_cut_at_lines_and_opened_again_with_its_language() -> None:
    parts = cut(code(*(f"line_{n} = {n}" for n in range(400))))
    assert len(parts) > 3
    assert all(part.text.startswith("```python\nline_") and part.text.endswith("\n```") for part in parts)
    lines = [line for part in parts for line in part.text.split("\n")[1:-1]]
    assert lines == [f"line_{n} = {n}" for n in range(400)]


def test_a_large_table_is_cut_at_rows_and_repeats_its_header() -> None:
    parts = cut(table(300))
    assert len(parts) > 3
    assert all(part.text.startswith("| Name | Limit |\n| --- | --- |\n| row") for part in parts)
    assert sum(part.text.count("| row") for part in parts) == 300


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    sentences = [f"Sentence number {n} says a little about segments." for n in range(80)]
    parts = cut(paragraph(" ".join(sentences)))
    assert len(parts) > 3
    assert all(part.text.endswith("segments.") for part in parts)


def test_a_long_list_is_cut_between_items() -> None:
    items = [f"- Item {n} has\n  a second line that is rather long for what it says." for n in range(60)]
    parts = cut(Block(kind="list", text="\n".join(items)))
    assert len(parts) > 2
    assert all(part.text.startswith("- Item") for part in parts)


def test_a_long_quote_stays_a_quote() -> None:
    text = "\n".join(f"> Line {n} of a long note. It goes on." for n in range(80))
    assert all(part.text.startswith("> ") for part in cut(Block(kind="quote", text=text)))


def test_a_sentence_that_leads_into_code_stays_with_it() -> None:
    block = code(*(f"line_{n} = {n}" for n in range(60)))
    parts = cut(paragraph("x" * 700), paragraph("Run the following:"), block)
    assert [part.text[:18] for part in parts] == ["x" * 18, "Run the following:"]
    assert parts[1].text == "Run the following:\n\n" + block.text


def test_an_endless_line_is_cut_in_the_end() -> None:
    assert max(len(part.text) for part in cut(paragraph("x" * 50_000))) <= 4_000
    assert max(len(part.text) for part in cut(code("x" * 50_000))) <= 4_000


WORD = st.text(alphabet="abcdefghij.!-*|`_:", min_size=1, max_size=12).filter(lambda word: "```" not in word)
LINE = st.lists(WORD, min_size=1, max_size=12).map(" ".join)
LINES = st.lists(LINE, min_size=1, max_size=14)
BLOCK = st.one_of(
    st.builds(heading, LINE, st.integers(1, 6)),
    LINES.map(lambda lines: paragraph("\n".join(lines))),
    LINES.map(lambda lines: code(*lines)),
    LINES.map(lambda lines: Block(kind="list", text="\n".join(f"- {line}" for line in lines))),
    LINES.map(lambda lines: Block(kind="quote", text="\n".join(f"> {line}" for line in lines))),
    st.integers(1, 40).map(table),
)


@settings(max_examples=150)
@given(st.lists(BLOCK, max_size=9), st.sampled_from([120, 300, 1_000]))
def test_no_word_is_lost_and_no_chunk_is_far_too_long(blocks: list[Block], size: int) -> None:
    parts = cut(*blocks, size=size)
    found = {word for part in parts for word in f"{part.title} {part.heading} {part.text}".split()}
    assert {word for block in blocks for word in block.text.split()} <= found
    assert max(len(part.text) for part in parts) <= 2.2 * size + 20  # the longest line here is 160 characters
    assert [part.ordinal for part in parts] == list(range(len(parts)))
    assert {part.of for part in parts} == {len(parts)}
    assert all(part.text.strip() for part in parts)


@pytest.mark.parametrize("size", [1, 10, 50])
def test_a_size_that_is_far_too_small_is_no_endless_loop(size: int) -> None:
    assert cut(paragraph("Some words. And more."), code("x = 1", "y" * 500), table(5), size=size)
