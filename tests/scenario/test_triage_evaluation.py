"""`docent eval triage` as its users type it."""

import json
from pathlib import Path

from commands import docent, fails

KEYS = {
    "n",
    "category_accuracy",
    "severity_accuracy",
    "needs_human_recall",
    "needs_human_precision",
    "critical_called_low",
}
ROWS = (
    {
        "id": "good",
        "message": "how do I list all tables in python?",
        "category": "how-to",
        "severity": "normal",
        "needs_human": False,
    },
    {
        "id": "mislabelled",
        "message": "thank you, that fixed it!",
        "category": "bug",
        "severity": "critical",
        "needs_human": True,
    },
)


def written(folder: Path, *rows: object) -> None:
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def test_the_scores_keep_the_contract_without_index_and_model(folder: Path) -> None:
    written(folder, *ROWS)
    scores = json.loads(docent(folder, "eval", "triage", "rows.jsonl", "--json").stdout)
    assert set(scores) >= KEYS
    assert (scores["n"], scores["category_accuracy"], scores["critical_called_low"]) == (2, 0.5, 1)
    assert "failures" not in scores


def test_failures_are_listed_with_both_labels(indexed: Path) -> None:
    written(indexed, *ROWS)
    run = docent(indexed, "eval", "triage", "rows.jsonl", "--failures")
    assert run.returncode == 0
    assert "category: not-support, not bug" in run.stdout
    assert "mislabelled" in run.stdout
    assert "good" not in run.stdout
    listed = json.loads(docent(indexed, "eval", "triage", "rows.jsonl", "--json", "--failures").stdout)
    assert [failure["id"] for failure in listed["failures"]] == ["mislabelled"]


def test_a_bad_file_is_named_with_its_row(folder: Path) -> None:
    written(folder, ROWS[0], ROWS[1] | {"severity": "urgent"})
    fails(docent(folder, "eval", "triage", "rows.jsonl"), 2, "line 2", "severity")
    written(folder, {"message": "x"})
    fails(docent(folder, "eval", "triage", "rows.jsonl"), 2, "line 1", "category")
    fails(docent(folder, "eval", "triage", "nowhere.jsonl"), 2, "nowhere.jsonl")


def test_the_milvus_messages_reach_the_figures_without_a_model(folder: Path, shared: Path) -> None:
    file = str(shared / "eval" / "triage.jsonl")
    scores = json.loads(docent(folder, "eval", "triage", file, "--words-only", "--json").stdout)
    assert scores["category_accuracy"] >= 0.70
    assert scores["needs_human_recall"] >= 0.90
    assert scores["needs_human_precision"] >= 0.75
    assert scores["critical_called_low"] == 0
