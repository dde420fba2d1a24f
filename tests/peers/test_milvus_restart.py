"""A Milvus server that dies in the middle of a run."""

import json
import subprocess
import time
from pathlib import Path

import psutil
import pytest
from milvus_server import PEERS, begun, configure, free_port, serving

pytestmark = [pytest.mark.peers, pytest.mark.timeout(400)]


# Not Milvus 2.3.5: its embedded etcd does not come back from a SIGKILL within minutes.
def test_a_server_that_is_restarted_in_mid_run_loses_nothing(tmp_path: Path) -> None:
    if not PEERS.exists():
        pytest.skip(f"there is no {PEERS}: `make test-peers` sets it up")
    docs, data, port = tmp_path / "docs", tmp_path / "server", free_port()
    docs.mkdir()
    data.mkdir()
    for number in range(150):
        (docs / f"p{number}.md").write_text(f"# Page {number}\n\n" + f"Words of page {number}. " * 40)
    configure(tmp_path, f"http://127.0.0.1:{port}", docs)
    with serving("milvus-lite server", data, port) as server:
        run = begun(tmp_path, "index", "--json")
        until_something_is_written(f"http://127.0.0.1:{port}", run)
        for process in (*psutil.Process(server.pid).children(recursive=True), server):
            process.kill()
            process.wait()
    with serving("milvus-lite server", data, port):
        _, err = run.communicate(timeout=200)
        assert run.returncode == 0 or err.startswith("docent: "), err
        with begun(tmp_path, "index", "--json") as again:
            out, err = again.communicate(timeout=200)
        assert again.returncode == 0, err
        pages = json.loads(out)["pages"]
        assert pages["added"] + pages["changed"] + pages["unchanged"] == 150
        with begun(tmp_path, "index", "--json") as last:
            assert json.loads(last.communicate(timeout=200)[0])["pages"]["unchanged"] == 150


def until_something_is_written(uri: str, run: "subprocess.Popen[str]") -> None:
    from pymilvus import MilvusClient

    client = MilvusClient(uri)
    while not client.list_collections():
        assert run.poll() is None
        time.sleep(0.1)
    client.close()
