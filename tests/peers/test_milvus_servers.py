"""From pages to a cited answer on real Milvus servers, through a user's own configuration keys."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = [pytest.mark.peers, pytest.mark.timeout(300)]

ROOT = Path(__file__).parents[2]
PEERS = ROOT / ".venv-peers" / "bin"
START_SECONDS = 150
COMMANDS: dict[str, Callable[[Path, int], list[str]]] = {
    "milvus 2.3.5": lambda data, port: [
        str(PEERS / "milvus-server"), "--data", str(data), "--proxy-port", str(port)
    ],
    "milvus-lite server": lambda data, port: [
        str(PEERS / "milvus-lite"), "server", "--data-dir", str(data),
        "--host", "127.0.0.1", "--port", str(port),
    ],
}  # fmt: skip
DENSE_ONLY = "This Milvus has no BM25"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until_it_answers(uri: str, process: "subprocess.Popen[bytes]") -> None:
    from pymilvus import MilvusClient
    from pymilvus.exceptions import MilvusException

    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            client = MilvusClient(uri, timeout=2)
            client.list_collections(timeout=2)
            client.close()
            return
        except MilvusException:
            assert process.poll() is None, f"the server ended with exit code {process.returncode}"
            assert time.monotonic() < deadline, "the server did not answer in time"
            time.sleep(0.2)


@pytest.fixture(scope="module", params=COMMANDS)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """A server's name and address; it ends with the tests."""
    if not PEERS.exists():
        pytest.skip(f"there is no {PEERS}: `make test-peers` sets it up")
    port, data = free_port(), tmp_path_factory.mktemp("server")
    command = COMMANDS[request.param](data, port)
    with subprocess.Popen(command, cwd=data, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            uri = f"http://127.0.0.1:{port}"
            until_it_answers(uri, process)
            yield request.param, uri
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


@pytest.fixture
def docent(server: tuple[str, str], tmp_path: Path) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Runs a command on the sample pages, with the server in ``milvus.uri``."""
    (tmp_path / "docent.toml").write_text(
        f'[[docs]]\nname = "samples"\nlocation = "{ROOT / "samples"}"\nurl = "https://docs.example/{{path}}"\n'
        f'[milvus]\nuri = "{server[1]}"\n[llm]\nbase_url = ""\n'
        f'[embedding]\ncache_dir = "{ROOT / "data" / "models"}"\n'
    )

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )

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
