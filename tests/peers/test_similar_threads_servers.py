"""Similar threads on real Milvus servers."""

from collections.abc import AsyncIterator, Iterator

import pytest

from adapters.milvus.connection import connect
from adapters.milvus.similar import MilvusThreads
from threads_suite import *  # noqa: F403
from threads_suite import Meanings

pytestmark = [pytest.mark.peers, pytest.mark.timeout(300)]


@pytest.fixture
def uri(milvus: tuple[str, str]) -> Iterator[str]:
    """The server's address, with nothing in it; what a test leaves there is dropped."""
    _, address = milvus
    empty(address)
    yield address
    empty(address)


def empty(address: str) -> None:
    client = connect(address)
    for name in client.list_collections():
        for alias in client.list_aliases(name)["aliases"]:
            client.drop_alias(alias)
        client.drop_collection(name)
    client.close()


@pytest.fixture
async def threads(uri: str, embedder: Meanings) -> AsyncIterator[MilvusThreads]:
    made = MilvusThreads(uri=uri, alias="docs", embedder=embedder)
    yield made
    await made.close()
