"""Servers that several files of tests share: two of Milvus 2.3.5 do not fit on one machine."""

from collections.abc import Iterator

import pytest
from milvus_server import COMMANDS, PEERS, free_port, serving


@pytest.fixture(scope="session", params=COMMANDS)
def milvus(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """A server's name and address; it ends with the tests."""
    if not PEERS.exists():
        pytest.skip(f"there is no {PEERS}: `make test-peers` sets it up")
    port = free_port()
    with serving(request.param, tmp_path_factory.mktemp("server"), port):
        yield request.param, f"http://127.0.0.1:{port}"
