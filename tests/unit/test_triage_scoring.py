"""How sorted messages are scored."""

from typing import Any

import pytest

from bot.errors import RetrievalUnavailable
from bot.evaluation import triage_scoring
from bot.evaluation.triage_scoring import Sorted, scores, sort_all, wrong
from bot.triage.sorting import Triage
from fakes import FakeRetriever, passage

ROW = {"id": "a", "message": "m", "category": "bug", "severity": "critical", "needs_human": True}


def sorted_as(row: dict[str, Any], **fields: Any) -> Sorted:
    said: dict[str, Any] = {
        "category": "bug",
        "severity": "critical",
        "needs_human": True,
        "component": "search",
    }
    return Sorted(row=row, triage=Triage(**(said | fields), confidence=0.7, summary="m"))


def test_shares_count_each_label_of_its_own() -> None:
    harmless = ROW | {"needs_human": False, "severity": "normal"}
    found = scores(
        [
            sorted_as(ROW),
            sorted_as(ROW, severity="low", needs_human=False),
            sorted_as(harmless, category="how-to", severity="normal"),
            sorted_as(harmless, severity="normal", needs_human=False),
        ]
    )
    assert (found["n"], found["category_accuracy"], found["severity_accuracy"]) == (4, 0.75, 0.75)
    assert (found["needs_human_recall"], found["needs_human_precision"]) == (0.5, 0.5)
    assert found["critical_called_low"] == 1
    low, high = found["interval"]["category_accuracy"]
    assert low <= 0.75 <= high


def test_the_component_counts_only_where_a_row_names_one() -> None:
    assert "component_accuracy" not in scores([sorted_as(ROW)])
    named = ROW | {"component": "storage"}
    assert scores([sorted_as(named), sorted_as(named, component="storage")])["component_accuracy"] == 0.5


def test_a_failure_names_what_was_expected_and_what_came() -> None:
    assert wrong(sorted_as(ROW)) == {}
    assert wrong(sorted_as(ROW, category="how-to"))["category"] == "how-to, not bug"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"category": "disaster"}, "category"),
        ({"severity": "urgent"}, "severity"),
        ({"needs_human": "yes"}, "needs_human"),
        ({"message": 3}, "message"),
        ({"category": ["bug"]}, "category"),
    ],
)
def test_labels_that_cannot_be_compared_are_named(change: dict[str, Any], named: str) -> None:
    assert triage_scoring.problem(ROW) == ""
    assert triage_scoring.problem(ROW | change).startswith(named)


async def test_without_an_index_the_words_decide_and_it_is_searched_once() -> None:
    retriever = FakeRetriever(passage(), error=RetrievalUnavailable("no index"))
    results = [one async for one in sort_all([ROW, ROW], retriever, None)]
    assert len(results) == 2
    assert len(retriever.queries) == 1
