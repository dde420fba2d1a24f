"""How what both searches found becomes one ranking."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from adapters.milvus.fusion import Ranking, fuse, varied
from adapters.milvus.neighbours import KEPT, MOST_CHARACTERS, beside, with_neighbours
from adapters.milvus.tail import FIRST, PAGES, ordered
from bot.model import Passage
from fakes import passage


def ids(ranked: Ranking) -> Sequence[str]:
    return [key for key, _ in ranked]


def row(characters: int = 10) -> Mapping[str, str]:
    return {"text": "x" * characters}


def test_what_both_searches_find_comes_before_what_one_finds() -> None:
    ranked = fuse({"a-0": 0.6, "b-0": 0.59}, {"b-0": 12.0, "c-0": 11.0}, dense_weight=0.6, depth=30)
    assert ids(ranked) == ["b-0", "a-0", "c-0"]


def test_a_list_that_was_cut_off_has_just_missed_what_it_lacks() -> None:
    dense = {"a-0": 0.6, "b-0": 0.5}
    assert dict(fuse(dense, {"b-0": 9.0}, dense_weight=0.5, depth=30))["a-0"] == 0.5
    assert dict(fuse(dense, {"b-0": 9.0}, dense_weight=0.5, depth=1))["a-0"] == 0.5 + 0.5 * 0.9


def test_only_the_order_of_cosines_and_their_distances_count_not_their_size() -> None:
    words = {"b-0": 5.0, "c-0": 4.0}
    near = fuse({"a-0": 0.92, "b-0": 0.90, "c-0": 0.88}, words, dense_weight=0.6, depth=30)
    wide = fuse({"a-0": 0.90, "b-0": 0.50, "c-0": 0.10}, words, dense_weight=0.6, depth=30)
    assert [round(score, 6) for _, score in near] == [round(score, 6) for _, score in wide]
    assert ids(near) == ids(wide)


def test_without_words_meaning_alone_ranks() -> None:
    assert fuse({"a-0": 0.5, "b-0": 0.7}, {}, dense_weight=0.6, depth=30)[0] == ("b-0", 1.0)


def test_nothing_found_is_an_empty_ranking() -> None:
    assert fuse({}, {}, dense_weight=0.6, depth=30) == []
    assert varied([]) == []
    assert with_neighbours([], {}) == []


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.floats(-1, 1)),
    st.dictionaries(st.sampled_from("defghi"), st.floats(0, 100)),
    st.integers(1, 9),
)
def test_every_id_is_ranked_once_with_a_score_from_0_to_1(
    dense: dict[str, float], words: dict[str, float], depth: int
) -> None:
    ranked = fuse(dense, words, dense_weight=0.6, depth=depth)
    assert sorted(ids(ranked)) == sorted({*dense, *words})
    assert all(0 <= score <= 1.000001 for _, score in ranked)
    assert [score for _, score in ranked] == sorted((score for _, score in ranked), reverse=True)


def test_a_page_that_fills_the_first_places_makes_room_for_another() -> None:
    ranked = [("a-1", 0.9), ("a-2", 0.89), ("a-3", 0.88), ("b-1", 0.86)]
    assert ids(varied(ranked)) == ["a-1", "b-1", "a-2", "a-3"]
    assert dict(varied(ranked)) == dict(ranked)


def test_behind_the_first_places_nothing_moves() -> None:
    ranked = [(f"a-{place}", 1 - place / 100) for place in range(20)]
    assert ids(varied([*ranked, ("b-0", 0.1)]))[-1] == "b-0"


def test_the_chunks_before_and_after_the_best_are_asked_for() -> None:
    assert beside([("p-000000", 1.0), ("q-000004", 0.9), ("q-000005", 0.8)]) == [
        "p-000001",
        "q-000003",
        "q-000006",
    ]


def test_a_short_neighbour_comes_in_by_its_hits_score_but_never_before_the_first() -> None:
    ranked = [(f"p{place}-000000", 1 - place / 20) for place in range(15)]
    found = {"p0-000001": row(), "p1-000001": row(MOST_CHARACTERS + 1)}
    order = ids(with_neighbours(ranked, found))
    assert order[:KEPT] == ids(ranked)[:KEPT]
    assert order[KEPT] == "p0-000001"
    assert "p1-000001" not in order
    assert sorted(order) == sorted([*ids(ranked), "p0-000001"])


def hits(count: int = 14, **fields: Any) -> list[Passage]:
    """Passages of as many pages, best first, each with less of a score than one thing can make up for."""
    return [passage(f"Text {n}.", number=n, score=1 - n / 1000, **fields) for n in range(1, count + 1)]


def test_behind_the_first_the_words_of_the_query_count_in_any_of_their_forms() -> None:
    found = hits()
    found[-1] = replace(found[-1], text="Releasing memory.")
    order = ordered(found, "how do I release memory")
    assert order[:FIRST] == found[:FIRST]
    assert order[FIRST] == found[-1]


def test_behind_the_first_a_passage_of_a_page_that_was_found_before_comes_earlier() -> None:
    found = hits()
    found[-1] = replace(found[-1], path=found[0].path)
    order = ordered(found, "?")
    assert order[FIRST] == found[-1]
    assert FIRST <= PAGES


def test_the_nearest_passage_is_never_cut_off_by_others() -> None:
    found = hits(similarity=0.2)
    found[-1] = replace(found[-1], similarity=0.9)
    assert ordered(found, "?")[FIRST] == found[-1]


@given(st.lists(st.integers(1, 6), max_size=20), st.text(max_size=60))
def test_nothing_is_lost_or_said_twice_behind_the_first(numbers: list[int], query: str) -> None:
    found = [passage(number=number, ordinal=place) for place, number in enumerate(numbers)]
    assert sorted(one.ordinal for one in ordered(found, query)) == list(range(len(found)))
