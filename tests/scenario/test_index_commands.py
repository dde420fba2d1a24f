"""``docent index`` over its life: what it tells, how it goes back, and what stands in its way."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from adapters.index_history import SqlHistory
from adapters.index_process import index_apart
from adapters.milvus.connection import served_address
from commands import ROOT, docent, fails
from config import wiring
from config.indexing import target_of
from config.settings import load_settings
from indexer.errors import IndexBusy, IndexingError
from indexer.history import Run


def history(folder: Path, *arguments: str) -> list[dict[str, object]]:
    run = docent(folder, "index", "history", "--json", *arguments)
    assert run.returncode == 0, run.stderr
    runs: list[dict[str, object]] = json.loads(run.stdout)["runs"]
    return runs


def configure(folder: Path, *lines: str) -> None:
    file = folder / "docent.toml"
    file.write_text("\n".join([file.read_text(), *lines, ""]))


def test_the_history_tells_what_each_run_did(folder: Path) -> None:
    assert "No run is recorded yet" in docent(folder, "index", "history").stdout
    docent(folder, "index")
    (folder / "docs" / "install.md").write_text("# Install\n\nUse the wheel.\n")
    (folder / "docs" / "bad.md").write_bytes(b"\xff\xfe\x00broken \xff")
    docent(folder, "index")
    latest, first = history(folder)
    (source,) = latest["sources"]  # type: ignore[misc]
    (began,) = first["sources"]  # type: ignore[misc]
    assert (first["outcome"], began["pages"]["added"], began["from"]) == ("done", 3, "")
    assert source["pages"] | {"unchanged": 0} == {
        "added": 0, "changed": 1, "removed": 0, "unchanged": 0, "failed": 1,
    }  # fmt: skip
    assert source["from"] == began["to"] != source["to"]
    assert source["failures"][0]["path"] == "bad.md"
    shown = docent(folder, "index", "history", "-n", "1").stdout
    assert "0 added, 1 changed, 0 removed" in shown
    assert "not indexed: bad.md" in shown
    assert shown.count("by hand") == 1


def test_a_run_that_was_refused_or_failed_is_in_the_history_with_its_reason(indexed: Path) -> None:
    docent(indexed, "index")
    for page in (indexed / "docs").glob("*.md"):
        page.write_text("")
    run = docent(indexed, "index")
    assert (run.returncode, run.stderr.count("--allow-mass-removal")) == (1, 1)
    (indexed / "docs").rename(indexed / "elsewhere")
    assert docent(indexed, "index").returncode == 1
    failed, refused, *_ = history(indexed)
    assert (refused["outcome"], failed["outcome"]) == ("refused", "failed")
    assert "None of the pages can be indexed" in str(refused["message"])
    (indexed / "elsewhere").rename(indexed / "docs")
    assert docent(indexed, "index", "--allow-mass-removal", "--json").returncode == 0


def test_a_folder_that_was_restructured_keeps_its_index(indexed: Path) -> None:
    for page in list((indexed / "docs").glob("*.md")):
        (indexed / "docs" / page.stem).mkdir()
        page.rename(indexed / "docs" / page.stem / page.name)
    report = json.loads(docent(indexed, "index", "--json").stdout)
    assert (report["pages"]["added"], report["pages"]["removed"], report["chunks"]["embedded"]) == (3, 3, 0)


def test_the_status_tells_what_is_served_and_when_each_source_is_due(indexed: Path) -> None:
    docent(indexed, "index")
    status = json.loads(docent(indexed, "index", "status", "--json").stdout)
    assert status["index"]["served"].startswith("docs__minilm")
    assert (status["index"]["before"], status["running"]) == ("", None)
    (source,) = status["sources"]
    assert source["schedule"] == "every 1h"
    assert source["due"].endswith(":00:00+00:00")
    assert source["last"]["outcome"] == "nothing to do"
    shown = docent(indexed, "index", "status").stdout
    assert "Served: docs__minilm" in shown
    assert "every 1h, next" in shown


def test_an_index_with_other_chunks_can_be_taken_back_and_stays_so(indexed: Path) -> None:
    fails(docent(indexed, "index", "rollback"), 1, "no index to roll back to")
    configure(indexed, "[index]", "chunk_chars = 300")
    before = docent(indexed, "search", "storage", "--json").stdout
    assert docent(indexed, "index").returncode == 0
    back = docent(indexed, "index", "rollback")
    assert back.stdout.startswith("Served now: docs__minilm")
    texts = [passage["text"] for passage in json.loads(before)["passages"]]
    after = json.loads(docent(indexed, "search", "storage", "--json").stdout)
    assert [passage["text"] for passage in after["passages"]] == texts
    fails(docent(indexed, "index"), 1, "docent index --full")
    assert [run["outcome"] for run in history(indexed, "-n", "2")] == ["refused", "done"]
    assert docent(indexed, "index", "--full").returncode == 0
    assert json.loads(docent(indexed, "index", "status", "--json").stdout)["index"]["held"] == ""


def test_a_full_run_can_be_taken_back(indexed: Path) -> None:
    (indexed / "docs" / "limits.md").unlink()
    report = json.loads(docent(indexed, "index", "--full", "--json").stdout)
    assert report["pages"] == {"added": 0, "changed": 2, "removed": 1, "unchanged": 0, "failed": 0}
    assert report["chunks"]["total"] == report["chunks"]["embedded"]
    searched = docent(indexed, "search", "fields in a collection", "--json").stdout
    assert "limits.md" not in {passage["path"] for passage in json.loads(searched)["passages"]}
    assert docent(indexed, "index", "rollback").returncode == 0
    searched = docent(indexed, "search", "fields in a collection", "--json").stdout
    assert json.loads(searched)["passages"][0]["path"] == "limits.md"
    fails(docent(indexed, "index"), 1, "docent index --full")
    assert docent(indexed, "index", "--full").returncode == 0
    assert json.loads(docent(indexed, "index", "--json").stdout)["pages"]["unchanged"] == 2


def test_a_rollback_to_another_embedding_model_says_what_else_to_do(indexed: Path) -> None:
    docent(indexed, "index", DOCENT_EMBEDDING__MODEL="minilm-int8")
    run = docent(indexed, "index", "rollback", DOCENT_EMBEDDING__MODEL="minilm-int8")
    assert "Set embedding.model back" in run.stdout
    assert docent(indexed, "search", "storage").returncode == 0


def test_one_source_of_several_is_indexed_alone(folder: Path) -> None:
    (folder / "faq").mkdir()
    (folder / "faq" / "why.md").write_text("# Why\n\nBecause.\n")
    configure(folder, "[[docs]]", 'name = "faq"', 'location = "faq"')
    report = json.loads(docent(folder, "index", "--source", "faq", "--json").stdout)
    assert [one["source"] for one in report["sources"]] == ["faq"]
    assert report["chunks"]["total"] == 1
    fails(docent(folder, "index", "--source", "fax"), 2, "is none of the sources")


def test_one_source_that_is_gone_does_not_stop_the_others_but_is_said(folder: Path) -> None:
    configure(folder, "[[docs]]", 'name = "faq"', 'location = "faq"')
    run = docent(folder, "index", "--json")
    assert run.returncode == 1
    report = json.loads(run.stdout)
    assert report["pages"]["added"] == 3
    assert [one["outcome"] for one in report["sources"]] == ["failed", "done"]
    status = json.loads(docent(folder, "index", "status", "--json").stdout)
    last = {source["source"]: source["last"] for source in status["sources"]}
    assert (last["handbook"]["outcome"], last["handbook"]["message"]) == ("done", "")
    assert (last["faq"]["outcome"], last["faq"]["message"]) == ("failed", report["sources"][0]["message"])
    assert docent(folder, "search", "storage").returncode == 0


@pytest.mark.parametrize("line", ['cron = "0 0 31 2 *"', 'cron = "0 4 * * 9"', 'every = "soon"'])
def test_a_schedule_that_cannot_be_is_one_clear_line(folder: Path, line: str) -> None:
    configure(folder, "[index]", line)
    fails(docent(folder, "index", "status"), 2, line.split('"')[1])


def test_a_history_that_cannot_be_written_stops_no_run(folder: Path) -> None:
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data" / "ledger.db").write_bytes(b"this is no database" * 100)
    run = docent(folder, "index", "--json")
    assert run.returncode == 0
    assert json.loads(run.stdout)["pages"]["added"] == 3
    assert "this run is not recorded" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_second_run_says_who_is_at_work(indexed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(indexed)
    settings = load_settings(indexed / "docent.toml")
    first = SqlHistory(url=settings.ledger.url, target=target_of(settings))
    first.begin("by hand")
    try:
        fails(docent(indexed, "index"), 1, f"Process {os.getpid()} has been indexing since")
        status = json.loads(docent(indexed, "index", "status", "--json").stdout)
        assert status["running"]["outcome"] == "running"
    finally:
        first.close()


def test_a_killed_run_is_cut_off_and_completed_by_the_next(folder: Path) -> None:
    for number in range(60):
        (folder / "docs" / f"more{number}.md").write_text(f"# More {number}\n\n" + f"Words {number}. " * 60)
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "index"], cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)}
    )
    while not list((folder / "data").glob("docent.db/collections/docs__*")):
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    healed = json.loads(docent(folder, "index", "--json").stdout)
    assert healed["pages"]["added"] + healed["pages"]["changed"] + healed["pages"]["unchanged"] == 63
    assert [run["outcome"] for run in history(folder)] == ["done", "cut off"]


async def test_the_service_answers_while_another_process_indexes_through_it(
    indexed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(indexed)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    (indexed / "docs" / "zebra.md").write_text("# Zebras\n\nZebras are striped.\n")
    config = indexed / "docent.toml"
    async with wiring.wire(config) as docs:
        run = asyncio.create_task(
            index_apart(config, ["handbook"], "webhook", lambda: served_address("data/docent.db"))
        )
        counts = []
        while not run.done():
            counts.append(len(await docs.retriever.search("How is data stored?", 3)))
        await run
        assert set(counts) == {3}
        assert (await docs.retriever.search("zebras striped", 1))[0].path == "zebra.md"
    (latest, *_) = SqlHistory(url="sqlite:///data/ledger.db", target=target_of(load_settings(config))).runs(1)
    assert (latest.cause, latest.outcome) == ("webhook", "done")


async def test_a_run_of_the_service_ends_with_it_and_says_who_else_is_at_work(
    indexed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(indexed)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    config = indexed / "docent.toml"

    def address() -> str:
        return served_address("data/docent.db")

    run = asyncio.create_task(index_apart(config, [], "schedule", address, full=True))
    while not (children := psutil.Process().children()):
        await asyncio.to_thread(psutil.cpu_count)
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert not any(child.is_running() and child.status() != "zombie" for child in children)
    settings = load_settings(config)
    other = SqlHistory(url=settings.ledger.url, target=target_of(settings))
    held = other.begin("by hand")
    with pytest.raises(IndexBusy):
        await index_apart(config, [], "schedule", address)
    other.end(held, Run(started=datetime.now(UTC), outcome="done"))
    other.close()
    (indexed / "docs").rename(indexed / "elsewhere")
    with pytest.raises(IndexingError, match=r"docent index history"):
        await index_apart(config, [], "schedule", address)
