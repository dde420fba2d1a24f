"""Real Milvus servers of a test's own, and commands that use them."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

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


@contextmanager
def serving(name: str, data: Path, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """A server on ``port``, which ends with its context."""
    command = COMMANDS[name](data, port)
    with subprocess.Popen(
        command, cwd=data, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            until_it_answers(f"http://127.0.0.1:{port}", process)
            yield process
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(20)
            # The command of Milvus 2.3.5 may end before the server that it began, which then keeps its ports.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def configure(folder: Path, uri: str, docs: Path) -> None:
    (folder / "docent.toml").write_text(
        f'[[docs]]\nname = "samples"\nlocation = "{docs}"\nurl = "https://docs.example/{{path}}"\n'
        f'[milvus]\nuri = "{uri}"\n[llm]\nbase_url = ""\n'
        f'[embedding]\ncache_dir = "{ROOT / "data" / "models"}"\n'
    )


def begun(folder: Path, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
