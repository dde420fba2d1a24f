"""How well the sample pages answer: the least that any change has to keep."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
QUESTIONS = ROOT / "tests" / "samples.jsonl"
UNANSWERABLE = ROOT / "tests" / "samples_unanswerable.jsonl"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder as a fresh clone has it, indexed, without a model server."""
    folder = tmp_path_factory.mktemp("samples")
    shutil.copytree(ROOT / "samples", folder / "samples")
    shutil.copy(ROOT / "docent.toml", folder)
    assert "20 added" in docent(folder, "index")
    return folder


def docent(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "DOCENT_LLM__BASE_URL": ""},
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    return done.stdout


def test_the_right_page_is_found_and_the_context_holds_the_answer(folder: Path) -> None:
    scores = json.loads(docent(folder, "eval", "retrieval", str(QUESTIONS), "--json"))
    assert scores["n"] == 40
    assert scores["hit@5"] >= 0.975
    assert scores["context_recall@12000"] >= 0.95


def test_extracts_answer_and_every_marker_has_its_source(folder: Path) -> None:
    scores = json.loads(docent(folder, "eval", "answers", str(QUESTIONS), "--json"))
    assert scores["facts_found"] >= 0.9
    assert scores["citations_valid"] == 1.0


def test_off_topic_questions_are_refused_and_covered_ones_are_not(folder: Path) -> None:
    scores = json.loads(
        docent(folder, "eval", "refusal", str(UNANSWERABLE), "--answerable", str(QUESTIONS), "--json")
    )
    assert scores["by_kind"]["offtopic"]["not_answered"] == 1.0
    assert scores["false_refusals"] <= 0.05


def test_the_demo_question_is_answered_from_the_page_about_it(folder: Path) -> None:
    answer = json.loads(docent(folder, "ask", "How is data stored in Milvus?", "--json"))
    assert answer["kind"] == "extract"
    assert answer["citations"][0]["url"] == "samples/faq/product_faq.md#how-is-data-stored-in-milvus"
    assert "object storage" in answer["text"].split("[1]")[0]
    assert len(answer["text"]) <= 1_200
