"""Commands use a Milvus Lite file that a service has open."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from adapters.milvus.schema import Recipe
from adapters.milvus.sharing import offer, offered, reachable
from adapters.milvus.store import MilvusStore
from indexer.errors import StoreUnavailable

ROOT = Path(__file__).parents[2]
RECIPE = Recipe(embedding="words-4", chunking="1 1000")
SERVICE = """
import sys, threading
from adapters.milvus.sharing import offered
with offered(sys.argv[1]):
    [thread.join() for thread in threading.enumerate() if thread.name == "offer index"]
    print("up", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def uri(tmp_path: Path) -> str:
    return str(tmp_path / "docent.db")


def note(uri: str) -> Path:
    return Path(f"{uri}.service")


@contextmanager
def service(uri: str) -> Iterator[subprocess.Popen[str]]:
    """A process that has the index open and says so, until its input ends."""
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", SERVICE, uri],
        env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout
        assert process.stdout.readline() == "up\n"
        yield process


def test_another_process_finds_the_service_and_uses_its_index(uri: str) -> None:
    with service(uri):
        assert reachable(uri).startswith("http://127.0.0.1:")
        assert note(uri).stat().st_mode & 0o077 == 0
        store = MilvusStore(uri=reachable(uri), alias="docs", recipe=RECIPE)
        assert store.manifest() == {}
        store.close()
        with pytest.raises(StoreUnavailable, match="in use by"):
            MilvusStore(uri=uri, alias="docs", recipe=RECIPE)
    assert not note(uri).exists()
    assert reachable(uri) == uri


def test_what_a_killed_service_has_left_is_passed_over(uri: str) -> None:
    with service(uri) as process:
        process.send_signal(signal.SIGKILL)
    assert note(uri).exists()
    assert reachable(uri) == uri


@pytest.mark.parametrize(
    "change",
    [
        {"pid": 1},
        {"pid": -1},
        {"pid": "x"},
        {"address": "http://192.0.2.7:19530"},
        {"address": "http://127.0.0.1:80/../x"},
        {"address": "unix:/tmp/x"},
        {"address": None},
    ],
)
def test_only_the_holder_of_the_file_is_believed_and_only_on_this_machine(
    uri: str, change: dict[str, object]
) -> None:
    with service(uri):
        note(uri).write_text(json.dumps(json.loads(note(uri).read_text()) | change))
        assert reachable(uri) == uri


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"pid": 7}', "\0" * 5_000])
def test_a_note_that_makes_no_sense_is_passed_over(uri: str, text: str) -> None:
    note(uri).write_text(text)
    assert reachable(uri) == uri


def test_an_index_that_cannot_be_offered_keeps_no_service_from_running(uri: str) -> None:
    Path(uri).write_text("a file")
    with offered(uri):
        assert reachable(uri) == uri
    assert not note(uri).exists()


def test_a_server_needs_no_note() -> None:
    with offered("http://127.0.0.1:1"):
        assert offer("http://127.0.0.1:1") == reachable("http://127.0.0.1:1") == "http://127.0.0.1:1"
