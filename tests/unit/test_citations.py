"""What becomes of the markers in a streamed answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evaluation.scoring import CODE, MARKER
from bot.generation.citations import CitationFilter
from fakes import passage

PASSAGES = [passage(number=1), passage(number=2), passage(number=3)]


def filtered(*pieces: str) -> tuple[str, list[str]]:
    """The text a reader sees, and the addresses of the sources below it."""
    cited = CitationFilter(PASSAGES)
    text = "".join(cited.feed(piece) for piece in pieces) + cited.end()
    return text, [citation.url for citation in cited.citations]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Yes [1].", "Yes [1]."),
        ("Yes [3]. No [1].", "Yes [1]. No [2]."),
        ("Yes [2][2].", "Yes [1][1]."),
        ("Yes [1, 3].", "Yes [1][2]."),
        ("Yes 【2†L3-L5】.", "Yes [1]."),
        ("Never [99].", "Never."),
        ("Never [0], [99, 100].", "Never,."),
        ("Half [99, 2].", "Half [1]."),
        ("Read `rows[0]` first [1].", "Read `rows[0]` first [1]."),
        ("```python\nprint(rows[1])\n```\nDone [2]", "```python\nprint(rows[1])\n```\nDone [1]"),
        ("An [aside] and a [link](x) stay.", "An [aside] and a [link](x) stay."),
        ("A lone ` in a line\nthen [2]", "A lone ` in a line\nthen [1]"),
        ("Ends in a bracket [", "Ends in a bracket ["),
    ],
)
def test_markers_point_at_passages_and_code_is_left_alone(written: str, shown: str) -> None:
    assert filtered(written)[0] == shown


def test_sources_are_those_cited_in_order_of_first_use() -> None:
    _, urls = filtered("B [2]. A [1]. B again [2].")
    assert urls == [PASSAGES[1].url, PASSAGES[0].url]


def test_two_passages_of_one_section_share_a_number() -> None:
    cited = CitationFilter([passage(number=1), passage("more", number=1)])
    assert cited.feed("One [1], two [2]. ") + cited.end() == "One [1], two [1]. "
    assert len(cited.citations) == 1


@given(
    st.lists(
        st.sampled_from(["Yes ", "[1]", " [2, 3]", "【3†L1】", "`", "```", "\n", "[99]", "[", "]", "x[0]"]),
        max_size=20,
    ),
    st.integers(1, 5),
)
def test_how_the_stream_was_cut_changes_nothing(parts: list[str], size: int) -> None:
    text = "".join(parts)
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    assert filtered(*pieces) == filtered(text)


@given(st.text(alphabet="[]0123456789 ,;†【】`\nab", max_size=60))
def test_every_marker_outside_code_has_its_source(text: str) -> None:
    shown, urls = filtered(text)
    numbers = {int(number) for number in MARKER.findall(CODE.sub("", shown))}
    assert "`" in shown or numbers <= set(range(1, len(urls) + 1))
