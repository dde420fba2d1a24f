"""How evaluation files are scored."""

from dataclasses import replace

from bot.evaluation import scoring
from bot.evaluation.intervals import interval
from bot.evaluation.scoring import Found, Said
from bot.model import Answer, Citation
from fakes import passage


def found(place: int, *, recalled: bool = True) -> Found:
    hits = [passage(path="gold.md" if number == place else f"{number}.md") for number in range(1, 12)]
    return Found(
        row={"gold": ["gold.md"]}, passages=hits, recalled={6_000: recalled}, milliseconds=float(place)
    )


def answer(text: str, kind: str = "answered", numbers: tuple[int, ...] = (1,)) -> Answer:
    citations = tuple(Citation(number=number, title="T", heading="", url="u") for number in numbers)
    return Answer(text=text, kind=kind, citations=citations)  # type: ignore[arg-type]


def test_hits_count_by_the_place_of_the_first_gold_page() -> None:
    scores = scoring.retrieval([found(1), found(4, recalled=False), found(11), found(0)])
    assert (scores["hit@1"], scores["hit@3"], scores["hit@5"], scores["hit@10"]) == (0.25, 0.25, 0.5, 0.5)
    assert scores["mrr"] == round((1 + 1 / 4 + 1 / 11) / 4, 4)
    assert scores["context_recall@6000"] == 0.75
    assert scores["p50_ms"] == 2.5


def test_no_rows_score_nothing() -> None:
    assert scoring.retrieval([])["hit@5"] == 0.0


def test_a_fact_counts_whatever_its_case_and_white_space() -> None:
    row = {"facts": ["64  MB", "never said"]}
    assert scoring.facts_found(Said(row=row, answer=answer("At most 64\nmb [1].")))
    assert not scoring.facts_found(Said(row=row, answer=None))


def test_citations_are_valid_when_markers_and_sources_are_the_same() -> None:
    assert scoring.citations_valid(answer("Yes [1], `rows[7]`."))
    assert not scoring.citations_valid(answer("Yes [2]."))
    assert not scoring.citations_valid(answer("Yes."))
    assert not scoring.citations_valid(answer("Yes [1].", numbers=(1, 2)))


def test_refusals_are_counted_by_kind() -> None:
    rows = [
        Said(row={"kind": "vague"}, answer=answer("Which one?", "clarify")),
        Said(row={"kind": "vague"}, answer=answer("Yes [1].")),
    ]
    scores = scoring.refusal(rows, [Said(row={}, answer=answer("No", "not_covered")), rows[1]])
    assert scores["by_kind"] == {"vague": {"n": 2, "not_answered": 0.5, "flagged": 0.5}}
    assert scores["false_refusals"] == 0.5


def test_an_interval_holds_its_share_and_narrows_with_more_questions() -> None:
    few, many = interval([True, True, False] * 5), interval([True, True, False] * 100)
    assert few[0] < 2 / 3 < few[1]
    assert few[0] < many[0] < 2 / 3 < many[1] < few[1]
    assert interval([True] * 30) == (0.9, 1.0)
    assert interval([False] * 30) == (0.0, 0.1)
    assert interval([]) == (0.0, 1.0)


def test_scores_are_told_by_kind_and_by_language() -> None:
    rows = [replace(found(1), row={"gold": ["gold.md"], "kind": kind}) for kind in ("api", "api", "error")]
    assert scoring.retrieval(rows)["by_kind"]["api"]["n"] == 2
    spanish = replace(found(1), row={"gold": ["gold.md"], "kind": "api", "lang": "es"})
    assert list(scoring.retrieval([spanish])["by_kind"]) == ["es"]
    assert scoring.retrieval([found(1)])["by_kind"] == {}
