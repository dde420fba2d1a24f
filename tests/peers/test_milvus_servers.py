"""From pages to a cited answer on real Milvus servers, through a user's own configuration keys."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from milvus_server import ROOT, begun, configure

pytestmark = [pytest.mark.peers, pytest.mark.timeout(300)]

DENSE_ONLY = "This Milvus has no BM25"


@pytest.fixture
def server(milvus: tuple[str, str]) -> tuple[str, str]:
    """A server's name and address."""
    return milvus


@pytest.fixture
def docent(server: tuple[str, str], tmp_path: Path) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Runs a command on the sample pages, with the server in ``milvus.uri``."""
    configure(tmp_path, server[1], ROOT / "samples")

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        with begun(tmp_path, *arguments) as process:
            out, err = process.communicate(timeout=200)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    return run


def test_pages_are_indexed_asked_and_left_alone_when_unchanged(
    server: tuple[str, str], docent: Callable[..., "subprocess.CompletedProcess[str]"]
) -> None:
    first = docent("index", "--json")
    assert first.returncode == 0, first.stderr
    report = json.loads(first.stdout)
    assert report["pages"]["added"] == 20
    asked = docent("ask", "How is data stored in Milvus?", "--json")
    assert asked.returncode == 0, asked.stderr
    answer = json.loads(asked.stdout)
    assert "object storage" in answer["text"]
    assert answer["citations"][0]["path"] in ("faq/product_faq.md", "about/storage.md")
    assert (DENSE_ONLY in asked.stderr) == (server[0] == "milvus 2.3.5")
    again = json.loads(docent("index", "--json").stdout)
    assert (again["chunks"]["written"], again["pages"]["unchanged"]) == (0, 20)
    assert again["chunks"]["total"] == report["chunks"]["written"]
    scores = json.loads(docent("eval", "retrieval", str(ROOT / "tests" / "samples.jsonl"), "--json").stdout)
    assert scores["hit@5"] >= 0.9


def test_a_changed_and_a_removed_page_are_seen_at_once(
    docent: Callable[..., "subprocess.CompletedProcess[str]"], tmp_path: Path
) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "one.md").write_text("# One\n\nThe zebra is kept in etcd.\n\n" + "More words. " * 300)
    (pages / "two.md").write_text("# Two\n\nThe giraffe is kept in MinIO.\n")
    docent("index", "--docs", "pages", "--allow-mass-removal")
    (pages / "one.md").write_text("# One\n\nThe zebra moved to Kafka.\n")
    (pages / "two.md").unlink()
    report = json.loads(docent("index", "--docs", "pages", "--json").stdout)
    assert (report["pages"]["changed"], report["pages"]["removed"], report["chunks"]["total"]) == (1, 1, 1)
    found = json.loads(docent("search", "zebra giraffe", "--json").stdout)
    assert [passage["text"] for passage in found["passages"]] == ["The zebra moved to Kafka."]


def test_an_index_with_other_chunks_takes_over_and_gives_way_again(
    docent: Callable[..., "subprocess.CompletedProcess[str]"], tmp_path: Path
) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "one.md").write_text("# One\n\n" + "\n\n".join(f"Zebra {number}. " * 30 for number in range(9)))
    arguments = ("index", "--docs", "pages", "--allow-mass-removal", "--json")
    docent(*arguments)
    before = docent("search", "zebra", "-k", "50", "--json").stdout
    (tmp_path / "docent.toml").write_text(
        (tmp_path / "docent.toml").read_text() + "[index]\nchunk_chars = 300\n"
    )
    changed = docent(*arguments)
    assert changed.returncode == 0, changed.stderr
    texts = {passage["text"] for passage in json.loads(before)["passages"]}
    assert texts.isdisjoint(found(docent("search", "zebra", "-k", "50", "--json").stdout))
    assert docent("index", "rollback").returncode == 0
    assert texts == found(docent("search", "zebra", "-k", "50", "--json").stdout)
    assert docent(*arguments).returncode == 1
    assert docent(*arguments, "--full").returncode == 0


def test_a_search_keeps_to_one_of_two_versions(
    server: tuple[str, str], docent: Callable[..., "subprocess.CompletedProcess[str]"], tmp_path: Path
) -> None:
    for name, keeper in (("old", "MinIO"), ("new", "etcd")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "zebra.md").write_text(f"# Zebra\n\nThe zebra is kept in {keeper}.\n")
    (tmp_path / "new" / "lion.md").write_text("# Lion\n\nThe lion is new.\n")
    config = (tmp_path / "docent.toml").read_text()
    rest = config[config.index("[milvus]") :].replace("[milvus]", '[milvus]\ncollection = "versions"')
    tables = [
        f'[[docs]]\nname = "{name}"\nlocation = "{name}"\nversion = "{version}"\n'
        for name, version in (("old", "2.4"), ("new", "2.6"))
    ]
    (tmp_path / "docent.toml").write_text("".join(tables) + rest)
    assert docent("index").returncode == 0

    def kept(*arguments: str) -> set[tuple[str, str]]:
        output = docent("search", "zebra", "-k", "20", "--json", *arguments).stdout
        return {(one["path"], one["version"]) for one in json.loads(output)["passages"]}

    assert kept("--version", "2.4") == {("zebra.md", "2.4")}
    assert kept("--version", "2.6") == {("zebra.md", "2.6"), ("lion.md", "2.6")}
    assert kept() == {("zebra.md", "2.6"), ("lion.md", "2.6")}
    answer = json.loads(docent("ask", "Where is the zebra kept in 2.4?", "--json").stdout)
    assert "MinIO" in answer["text"]
    assert "etcd" not in answer["text"]
    # Of another version, a source's pages are written again.
    (tmp_path / "docent.toml").write_text((tmp_path / "docent.toml").read_text().replace("2.4", "2.5"))
    report = json.loads(docent("index", "--json").stdout)
    assert (report["pages"]["changed"], report["chunks"]["embedded"]) == (1, 0)
    assert kept("--version", "2.5") == {("zebra.md", "2.5")}


def found(output: str) -> set[str]:
    return {passage["text"] for passage in json.loads(output)["passages"]}
