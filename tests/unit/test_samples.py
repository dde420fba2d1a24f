"""The documentation set that ships with the project is whole: front matter, fences, links, questions."""

import ast
import json
import re
import textwrap
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).resolve().parents[1]
SAMPLES = TESTS.parent / "samples"
PAGES = sorted(p for p in SAMPLES.rglob("*.md") if "fragments" not in p.parts)
FRAGMENTS = sorted((SAMPLES / "fragments").glob("*.md"))
FENCE = re.compile(r"^\s*```")
PYTHON = re.compile(r"^ *```python\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
PLACEHOLDER = re.compile(r"\{\{\s*(.+?)\s*\}\}")
LINK = re.compile(r"\]\(([^)\s]+)\)")
QUESTION_FIELDS = {
    "id", "question", "gold", "snippet", "answer", "facts", "origin", "kind",
}  # fmt: skip

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(SAMPLES)))
each_text = pytest.mark.parametrize("page", PAGES + FRAGMENTS, ids=lambda p: str(p.relative_to(SAMPLES)))


def front_matter(page: Path) -> dict[str, str]:
    """The page's leading ``key: value`` lines between ``---`` marks."""
    head = re.match(r"---\n(.*?)\n---\n", page.read_text(encoding="utf-8"), re.DOTALL)
    assert head, f"{page.name} has no front matter"
    lines = (line.partition(": ") for line in head[1].splitlines())
    return {key: value.strip() for key, _, value in lines}


def outside_fences(text: str) -> list[str]:
    """The lines that are not code."""
    lines, inside = [], False
    for line in text.splitlines():
        if FENCE.match(line):
            inside = not inside
        elif not inside:
            lines.append(line)
    return lines


def anchors(page: Path) -> set[str]:
    """The ids that a Markdown host gives to the page's headings."""
    lines = outside_fences(page.read_text(encoding="utf-8"))
    headings = (line.lstrip("#").strip().lower() for line in lines if line.startswith("#"))
    return {re.sub(r"[^\w\- ]", "", h).replace(" ", "-") for h in headings}


def rows(name: str) -> list[dict[str, object]]:
    """One object for each line of a question file."""
    return [json.loads(line) for line in (TESTS / name).read_text(encoding="utf-8").splitlines()]


def test_the_set_is_small_enough_to_index_in_seconds() -> None:
    assert 15 <= len(PAGES) <= 25


def test_page_ids_are_unique() -> None:
    ids = [front_matter(page)["id"] for page in PAGES]
    assert len(ids) == len(set(ids))


@each_page
def test_a_page_names_itself_with_id_title_and_summary(page: Path) -> None:
    head = front_matter(page)
    assert head["id"] == page.name
    assert head["title"]
    assert head["summary"]


@each_page
def test_a_page_has_exactly_one_top_heading(page: Path) -> None:
    lines = outside_fences(page.read_text(encoding="utf-8"))
    assert sum(line.startswith("# ") for line in lines) == 1


@each_text
def test_every_fence_is_closed(page: Path) -> None:
    marks = [line for line in page.read_text(encoding="utf-8").splitlines() if FENCE.match(line)]
    assert len(marks) % 2 == 0


@each_text
def test_every_python_example_parses(page: Path) -> None:
    for code in PYTHON.findall(page.read_text(encoding="utf-8")):
        ast.parse(textwrap.dedent(code))


@each_text
def test_every_placeholder_resolves(page: Path) -> None:
    variables = json.loads((SAMPLES / "Variables.json").read_text(encoding="utf-8"))
    known = {f"var.{name}" for name in variables} | {f"fragments/{f.name}" for f in FRAGMENTS}
    assert set(PLACEHOLDER.findall(page.read_text(encoding="utf-8"))) <= known


def test_variables_and_fragments_are_used() -> None:
    used = {name for p in PAGES for name in PLACEHOLDER.findall(p.read_text(encoding="utf-8"))}
    assert {"var.milvus_release_version", "var.pymilvus_version"} <= used
    assert {f"fragments/{f.name}" for f in FRAGMENTS} <= used


@each_page
def test_every_link_between_pages_resolves(page: Path) -> None:
    for target in LINK.findall("\n".join(outside_fences(page.read_text(encoding="utf-8")))):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        linked = (page.parent / path).resolve() if path else page
        assert linked in PAGES, f"{target} leads nowhere"
        assert not anchor or anchor in anchors(linked), f"{target} has no such heading"


def test_the_demo_question_is_a_heading_of_the_product_faq() -> None:
    assert "how-is-data-stored-in-milvus" in anchors(SAMPLES / "faq" / "product_faq.md")


@pytest.mark.parametrize("row", rows("samples.jsonl"), ids=lambda r: r["id"])
def test_every_question_is_answered_word_for_word_by_a_gold_page(row: dict[str, object]) -> None:
    assert set(row) == QUESTION_FIELDS
    assert isinstance(row["gold"], list)
    texts = [(SAMPLES / str(path)).read_text(encoding="utf-8") for path in row["gold"]]
    assert row["snippet"]
    assert any(str(row["snippet"]) in text for text in texts)


@pytest.mark.parametrize("row", rows("samples_followups.jsonl"), ids=lambda r: r["id"])
def test_every_follow_up_is_answered_word_for_word_by_a_gold_page(row: dict[str, Any]) -> None:
    assert set(row) == {"id", "turns", "standalone", "gold", "snippet", "facts"}
    assert [turn["role"] for turn in row["turns"]] == ["user", "assistant", "user"]
    texts = [(SAMPLES / path).read_text(encoding="utf-8") for path in row["gold"]]
    assert any(row["snippet"] in text for text in texts)
    assert any(fact in text for text in texts for fact in row["facts"])


def test_questions_have_ids_of_their_own_and_the_promised_number() -> None:
    answered, unanswerable = rows("samples.jsonl"), rows("samples_unanswerable.jsonl")
    followups = rows("samples_followups.jsonl")
    ids = [row["id"] for row in answered + unanswerable + followups]
    assert (len(answered), len(unanswerable), len(followups)) == (40, 16, 12)
    assert len(ids) == len(set(ids))


def test_unanswerable_questions_say_of_which_kind_they_are_and_why() -> None:
    for row in rows("samples_unanswerable.jsonl"):
        assert set(row) == {"id", "question", "kind", "why"}
        assert row["kind"] in {"offtopic", "nearmiss", "adversarial", "vague"}
