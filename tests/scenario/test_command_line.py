"""The commands as their users type them, each in a process of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from commands import ROOT, answered, docent, fails


def test_an_answer_names_its_source_down_to_the_section(indexed: Path) -> None:
    run = docent(indexed, "ask", "How is data stored?")
    assert run.returncode == 0
    assert "object storage" in run.stdout
    assert "[1]" in run.stdout
    assert "https://docs.example/storage.md#how-is-data-stored" in run.stdout
    assert run.stderr == ""


def test_an_answer_as_json_keeps_the_contract(indexed: Path) -> None:
    answer = answered(indexed, "How many fields may a collection have?")
    assert set(answer) >= {"kind", "text", "citations", "passages", "model", "timings"}
    assert answer["kind"] == "extract"
    assert "64" in answer["text"]
    assert set(answer["timings"]) == {"retrieve_ms", "first_token_ms", "total_ms"}
    assert set(answer["citations"][0]) >= {"number", "title", "heading", "url", "path"}
    assert answer["citations"][0]["path"] == "limits.md"


def test_search_shows_passages_without_a_model(indexed: Path) -> None:
    found = json.loads(docent(indexed, "search", "install the client", "-k", "2", "--json").stdout)
    assert len(found["passages"]) == 2
    assert found["passages"][0]["path"] == "install.md"
    assert set(found["passages"][0]) >= {"path", "title", "heading", "url", "text", "score"}
    assert "1. Install" in docent(indexed, "search", "install the client").stdout


def test_a_conversation_goes_on_until_its_input_ends(indexed: Path) -> None:
    run = docent(indexed, "chat", stdin="How is data stored?\nand where is metadata kept?\n")
    assert run.returncode == 0
    assert run.stdout.count("Sources") == 2
    assert "etcd" in run.stdout


def test_a_demo_without_a_keyboard_asks_its_first_question_and_ends(indexed: Path) -> None:
    run = docent(indexed, "chat", "--first", "How is data stored?", stdin="never read\n")
    assert run.stdout.count("Sources") == 1


def test_a_second_run_writes_nothing_and_a_changed_page_only_itself(indexed: Path) -> None:
    second = json.loads(docent(indexed, "index", "--json").stdout)
    assert second["chunks"]["written"] == 0
    assert second["pages"] == {"added": 0, "changed": 0, "removed": 0, "unchanged": 3, "failed": 0}
    (indexed / "docs" / "install.md").write_text("# Install\n\nUse the wheel.\n")
    third = json.loads(docent(indexed, "index", "--json").stdout)
    assert (third["pages"]["changed"], third["chunks"]["written"]) == (1, 1)
    assert set(third) >= {"pages", "chunks", "seconds", "embed_seconds"}


def test_a_removed_page_is_cited_no_more(indexed: Path) -> None:
    (indexed / "docs" / "storage.md").unlink()
    report = json.loads(docent(indexed, "index", "--json").stdout)
    assert report["pages"]["removed"] == 1
    found = json.loads(docent(indexed, "search", "How is data stored?", "--json").stdout)
    assert "storage.md" not in {passage["path"] for passage in found["passages"]}


def test_a_dry_run_shows_its_plan_and_changes_nothing(folder: Path) -> None:
    run = docent(folder, "index", "--dry-run")
    assert "+ storage.md" in run.stdout
    assert "3 added" in run.stdout
    fails(docent(folder, "ask", "How is data stored?"), 1, "There is no index yet", "docent index")


def test_another_location_takes_the_place_of_the_configured_sources(indexed: Path) -> None:
    (indexed / "other").mkdir()
    (indexed / "other" / "new.md").write_text(
        "---\nid: new.md\n---\n# New\n\n## Colours: red + blue\n\nAll new.\n"
    )
    fails(docent(indexed, "index", "--docs", "other"), 1, "3 of the 3 pages", "because handbook is not among")
    run = docent(indexed, "index", "--docs", "other", "--allow-mass-removal", "--json")
    assert json.loads(run.stdout)["pages"] == {
        "added": 1,
        "changed": 0,
        "removed": 3,
        "unchanged": 0,
        "failed": 0,
    }
    assert answered(indexed, "all new colours")["citations"][0]["url"] == (
        "https://milvus.io/docs/new.md#Colours-red-+-blue"
    )


def test_pages_of_nobody_knows_where_are_cited_by_their_files(folder: Path) -> None:
    (folder / "own" / "guide").mkdir(parents=True)
    (folder / "own" / "guide" / "zebras.md").write_text(
        "---\nid: zebras\n---\n# Zebras\n\n## Stripes\n\nBlack.\n"
    )
    (folder / "own" / "faq.md").write_text("# FAQ\n\nZebras are horses.\n")
    assert docent(folder, "index", "--docs", "own").returncode == 0
    found = json.loads(docent(folder, "search", "zebras stripes black", "--json").stdout)["passages"]
    assert {passage["url"] for passage in found} == {"guide/zebras.md#stripes", "faq.md#faq"}


def test_unreadable_pages_are_reported_and_the_rest_is_indexed(folder: Path) -> None:
    (folder / "docs" / "binary.md").write_bytes(b"\x00\x01\x02")
    (folder / "docs" / "latin.md").write_bytes(b"caf\xe9")
    (folder / "docs" / "empty.md").write_text("")
    run = docent(folder, "index")
    assert run.returncode == 0
    assert "3 added" in run.stdout
    for name in ("binary.md", "latin.md", "empty.md"):
        assert f"Not indexed: {name}: " in run.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("ask", ""), 2, ["Ask me a question"]),
        (("ask", " \n "), 2, ["Ask me a question"]),
        (("ask",), 2, ["QUESTION", "--help"]),
        (("ask", "x", "--config", "nowhere.toml"), 2, ["nowhere.toml"]),
        (("index", "--docs", "nowhere"), 1, ["nowhere"]),
        (("index", "--docs", "https://127.0.0.1:1/docs.git"), 1, ["127.0.0.1"]),
        (("eval", "retrieval", "nowhere.jsonl"), 2, ["nowhere.jsonl"]),
        (("search", "x", "-k", "0"), 2, ["-k"]),
        (("unknown",), 2, ["unknown"]),
        (("index", "--docs", "docs", "--url", "https://x/{page}"), 2, ["{path}"]),
    ],
)
def test_bad_use_ends_with_one_clear_sentence(
    indexed: Path, arguments: tuple[str, ...], code: int, words: list[str]
) -> None:
    fails(docent(indexed, *arguments), code, *words)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("[milvus]\nurl = 'x'", ["url", "uri"]),
        ("[answers]\npassages = 'many'", ["passages"]),
        ("[answers", ["docent.toml", "line"]),
    ],
)
def test_a_wrong_configuration_names_the_key(folder: Path, line: str, words: list[str]) -> None:
    (folder / "docent.toml").write_text(line)
    fails(docent(folder, "ask", "How?"), 2, *words)


def test_an_empty_folder_is_no_reason_to_empty_the_index(indexed: Path) -> None:
    for page in (indexed / "docs").iterdir():
        page.unlink()
    fails(docent(indexed, "index"), 1, "no Markdown pages")
    assert answered(indexed, "How is data stored?")["kind"] == "extract"


@pytest.mark.parametrize(
    "question", ["word " * 20_000, "How is data \x07stored\x1b[2J?", "'; drop table docs; --"]
)
def test_strange_questions_are_answered_all_the_same(indexed: Path, question: str) -> None:
    run = docent(indexed, "ask", question)
    assert run.returncode == 0, run.stderr
    assert "\x1b" not in run.stdout


def test_a_configuration_without_sources_is_no_reason_to_empty_the_index(indexed: Path) -> None:
    (indexed / "docent.toml").write_text("[llm]\nbase_url = ''\n")
    fails(docent(indexed, "index"), 2, "[[docs]]", "--docs")


def test_emoji_alone_get_a_question_back(indexed: Path) -> None:
    assert answered(indexed, "🙂🙃")["kind"] == "clarify"


def test_a_model_server_that_is_down_is_said_in_one_line(indexed: Path) -> None:
    run = docent(indexed, "ask", "How is data stored?", DOCENT_LLM__BASE_URL="http://127.0.0.1:1/v1")
    assert run.returncode == 0
    assert len(run.stderr.strip().splitlines()) == 1
    assert "http://127.0.0.1:1/v1" in run.stderr
    assert "object storage" in run.stdout


def test_an_index_made_with_another_model_is_explained(indexed: Path) -> None:
    run = docent(indexed, "ask", "How is data stored?", DOCENT_EMBEDDING__MODEL="pymilvus:default")
    fails(run, 1)


def test_a_damaged_index_is_explained(indexed: Path) -> None:
    for path in (indexed / "data" / "docent.db").rglob("*"):
        if path.is_file() and path.name != "LOCK":
            path.write_bytes(b"{ neither JSON nor Parquet")
    fails(docent(indexed, "ask", "How is data stored?"), 1, "docent index")


def test_the_doctor_says_what_is_there_and_what_is_missing(folder: Path) -> None:
    before = docent(folder, "doctor")
    assert before.returncode == 1
    assert "FAIL index: There is no index yet." in before.stdout
    docent(folder, "index")
    after = docent(folder, "doctor", "--json")
    assert after.returncode == 0
    found = {check["name"]: check for check in json.loads(after.stdout)["checks"]}
    assert found["index"]["detail"] == "3 pages, 3 chunks"
    assert found["embedding"]["status"] == "ok"


def test_no_secret_is_ever_printed(indexed: Path) -> None:
    for arguments in (("doctor",), ("ask", "How is data stored?"), ("index",)):
        run = docent(
            indexed,
            *arguments,
            LLM_API_KEY="sk-very-secret",
            MILVUS_TOKEN="root:very-secret",
            DOCENT_LLM__BASE_URL="http://me:very-secret@127.0.0.1:1/v1",
        )
        assert "very-secret" not in run.stdout + run.stderr


def test_evaluations_print_the_contract_keys(indexed: Path) -> None:
    row = {"question": "How is data stored?", "gold": ["storage.md"], "snippet": "in etcd", "facts": ["etcd"]}
    (indexed / "rows.jsonl").write_text(json.dumps(row) + "\n")
    scores = json.loads(docent(indexed, "eval", "retrieval", "rows.jsonl", "--json").stdout)
    assert (scores["n"], scores["hit@1"], scores["context_recall@6000"]) == (1, 1.0, 1.0)
    assert set(scores) >= {"hit@3", "hit@5", "hit@10", "mrr", "context_recall@12000", "p50_ms", "p95_ms"}
    scores = json.loads(docent(indexed, "eval", "answers", "rows.jsonl", "--json").stdout)
    assert (scores["facts_found"], scores["citations_valid"], scores["refused"]) == (1.0, 1.0, 0.0)


def test_a_bad_evaluation_row_is_named_by_its_line(indexed: Path) -> None:
    (indexed / "rows.jsonl").write_text('{"question": "x"}\n')
    fails(docent(indexed, "eval", "retrieval", "rows.jsonl"), 2, "line 1", "gold")


@pytest.fixture
def long_run(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """An indexing run of many pages, in the middle of its writing."""
    for number in range(120):
        parts = [" ".join(f"word{number}x{part}x{place}" for place in range(100)) for part in range(4)]
        (folder / "docs" / f"many{number:03}.md").write_text(f"# Page {number}\n\n" + "\n\n".join(parts))
    run = subprocess.Popen(
        [sys.executable, "-m", "bot", "index"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    yield run
    run.kill()
    run.communicate()


def until_written(folder: Path, run: subprocess.Popen[bytes]) -> None:
    """Waits until a second batch of rows is on its way to the disk, and so the first is there for good."""
    collections = folder / "data" / "docent.db" / "collections"
    while len(list(collections.rglob("*.parquet"))) < 2:
        assert run.poll() is None, "the run was over before it could be cut off"
        psutil.Process(run.pid).cpu_percent(interval=0.01)


@pytest.mark.parametrize(("cut", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_a_run_cut_off_in_its_middle_is_completed_by_the_next(
    folder: Path, long_run: subprocess.Popen[bytes], cut: signal.Signals, code: int
) -> None:
    until_written(folder, long_run)
    long_run.send_signal(cut)
    _, errors = long_run.communicate()
    assert long_run.returncode == code
    assert b"Traceback" not in errors
    healed = json.loads(docent(folder, "index", "--json").stdout)
    assert 0 < healed["chunks"]["written"] < healed["chunks"]["total"]
    again = json.loads(docent(folder, "index", "--json").stdout)
    assert again["pages"] == {"added": 0, "changed": 0, "removed": 0, "unchanged": 123, "failed": 0}
    assert again["chunks"]["total"] == healed["chunks"]["total"]
