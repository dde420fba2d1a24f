"""Headings to anchors, by the rules of the two kinds of site."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.addresses import address
from indexer.anchors import anchors_of, slug, split_explicit


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("Hands-on: GPT-oss + Milvus", "Hands-on-GPT-oss-+-Milvus"),
        ("rootCoord.maxPartitionNum", "rootCoordmaxPartitionNum"),
        ("Load & Release Collection", "Load--Release-Collection"),
        ("Connect Milvus to Kafka with SASL/PLAIN Alone", "Connect-Milvus-to-Kafka-with-SASLPLAIN-Alone"),
        ("How can I start a K8s cluster with GPU?", "How-can-I-start-a-K8s-cluster-with-GPU"),
        ("3. Forward a local port to Milvus", "3-Forward-a-local-port-to-Milvus"),
        ("IVF_FLAT", "IVF_FLAT"),
        ("Euclidean distance (L2)", "Euclidean-distance-L2"),
        ("数据 模型", "数据-模型"),
    ],
)
def test_milvus_keeps_case_plus_and_underscore_and_drops_other_punctuation(heading: str, anchor: str) -> None:
    assert slug(heading, "milvus") == anchor


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("Hands-on: GPT-oss + Milvus", "hands-on-gpt-oss--milvus"),
        ("What's new?", "whats-new"),
        ("snake_case_name", "snake_case_name"),
        ("Überblick", "überblick"),
    ],
)
def test_github_lowers_and_drops_all_but_dashes_and_underscores(heading: str, anchor: str) -> None:
    assert slug(heading, "github") == anchor


def test_a_repeated_heading_is_counted() -> None:
    assert anchors_of(["Example", "Example", "Other", "Example"], "github") == [
        "example", "example-1", "other", "example-2",
    ]  # fmt: skip


def test_a_counted_anchor_does_not_hit_a_heading_that_has_this_name() -> None:
    assert len(set(anchors_of(["A", "A-1", "A", "A", "A 1"], "milvus"))) == 5


def test_the_page_s_own_anchor_wins_and_leaves_the_words() -> None:
    assert split_explicit("Syntax {#clear}") == ("Syntax", "clear")
    assert anchors_of(["Syntax {#clear}", "Options {#clear}", "Syntax"], "milvus") == [
        "clear",
        "clear",
        "Syntax",
    ]


def test_a_heading_without_words_has_no_anchor() -> None:
    assert anchors_of(["", "???", ""], "milvus") == ["", "", ""]


@given(st.lists(st.text(max_size=30), max_size=8))
def test_no_anchor_can_end_a_markdown_link(headings: list[str]) -> None:
    for anchor in [*anchors_of(headings, "milvus"), *anchors_of(headings, "github")]:
        assert not set(anchor) & set(" ()<>\"'[]\n\t")


def test_addresses_are_filled_from_id_path_or_stem() -> None:
    assert address("https://d.example/{id}", "a/b.md", "own.md") == "https://d.example/own.md"
    assert address("https://d.example/{id}", "a/b.md") == "https://d.example/a/b.md"
    assert address("https://d.example/{path}", "a/b.md", "own.md") == "https://d.example/a/b.md"
    assert address("https://d.example/{stem}/", "a/b.c.md") == "https://d.example/a/b.c/"


def test_an_address_takes_no_character_that_would_break_a_link() -> None:
    assert address("https://d.example/{path}", "a b/(c)#?.md") == "https://d.example/a%20b/%28c%29%23%3F.md"


def test_an_id_that_looks_like_a_field_is_not_filled_again() -> None:
    assert address("https://d.example/{id}", "a.md", "{path}") == "https://d.example/%7Bpath%7D"
