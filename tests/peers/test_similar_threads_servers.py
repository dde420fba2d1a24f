"""Similar threads on real Milvus servers."""

from collections.abc import AsyncIterator, Iterator

import pytest
from milvus_server import COMMANDS, PEERS, free_port, serving

from adapters.milvus.connection import connect
from adapters.milvus.similar import MilvusThreads
from threads_suite import *  # noqa: F403
from threads_suite import Meanings

pytestmark = [pytest.mark.peers, pytest.mark.timeout(300)]


@pytest.fixture(scope="module", params=COMMANDS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if not PEERS.exists():
        pytest.skip(f"there is no {PEERS}: `make test-peers` sets it up")
    port = free_port()
    with serving(request.param, tmp_path_factory.mktemp("server"), port):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def uri(server: str) -> Iterator[str]:
    """The server's address; what a test leaves there is dropped."""
    yield server
    client = connect(server)
    for name in client.list_collections():
        client.drop_collection(name)
    client.close()


@pytest.fixture
async def threads(uri: str, embedder: Meanings) -> AsyncIterator[MilvusThreads]:
    made = MilvusThreads(uri=uri, alias="docs", embedder=embedder)
    yield made
    await made.close()
