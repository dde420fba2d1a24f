"""The adapter of ``/v1/embeddings``, against a real server on a loopback port."""

import json
import math
import socket
from collections.abc import Iterator

import pytest

from adapters.embedding.openai_embeddings import BATCH, OpenAIEmbeddings
from embedding_double import DIM, EmbeddingDouble, reply, vector
from indexer.errors import EmbeddingUnavailable

KEY = "sk-secret-of-the-test"
AT_ONCE = {"retry-after-ms": "1"}
ERROR = json.dumps({"error": {"message": f"vendor words about {KEY}", "type": "t"}}).encode()


@pytest.fixture
def server() -> Iterator[EmbeddingDouble]:
    with EmbeddingDouble() as running:
        yield running


def embeddings(url: str) -> OpenAIEmbeddings:
    return OpenAIEmbeddings(model="nomic", base_url=url, api_key=KEY)


def failure(server: EmbeddingDouble) -> str:
    with pytest.raises(EmbeddingUnavailable) as failed:
        embeddings(server.url).encode_documents(["a"])
    assert KEY not in str(failed.value)
    assert "vendor words" not in str(failed.value)
    return str(failed.value)


def test_a_request_names_the_model_the_key_and_plain_numbers(server: EmbeddingDouble) -> None:
    (found,) = embeddings(server.url).encode_queries(["How is data stored?"])
    length = math.hypot(*vector("How is data stored?"))
    assert found == pytest.approx([value / length for value in vector("How is data stored?")])
    asked = server.requests[-1]
    assert (asked.path, asked.authorization) == ("/v1/embeddings", f"Bearer {KEY}")
    assert asked.body == {"input": ["How is data stored?"], "model": "nomic", "encoding_format": "float"}


def test_many_texts_go_in_batches_and_come_back_in_order(server: EmbeddingDouble) -> None:
    texts = [f"text {number}" for number in range(2 * BATCH + 3)]
    model = embeddings(server.url)
    dim = model.dim
    server.requests.clear()
    found = model.encode_documents(texts)
    assert [len(asked.body["input"]) for asked in server.requests] == [BATCH, BATCH, 3]
    assert dim == DIM
    assert found[-1] == model.encode_documents(texts[-1:])[0]


def test_the_length_is_asked_for_once(server: EmbeddingDouble) -> None:
    model = embeddings(server.url)
    assert [model.dim, model.dim] == [DIM, DIM]
    assert len(server.requests) == 1


def test_no_texts_and_no_key_need_no_request(server: EmbeddingDouble) -> None:
    assert OpenAIEmbeddings(model="m", base_url=server.url).encode_documents([]) == []
    assert server.requests == []


def test_a_server_without_keys_is_given_a_word_for_one(server: EmbeddingDouble) -> None:
    assert OpenAIEmbeddings(model="m", base_url=server.url).dim == DIM
    assert server.requests[0].authorization == "Bearer none"


def test_an_empty_text_is_sent_as_a_space(server: EmbeddingDouble) -> None:
    embeddings(server.url).encode_documents(["", "a"])
    assert server.requests[-1].body["input"] == [" ", "a"]


def test_vectors_that_come_in_another_order_are_put_back(server: EmbeddingDouble) -> None:
    model = embeddings(server.url)
    _ = model.dim
    expected = model.encode_documents(["a", "b"])
    body = json.loads(reply([vector("a"), vector("b")])[2])
    body["data"].reverse()
    server.script.append((200, {}, json.dumps(body).encode()))
    assert model.encode_documents(["a", "b"]) == expected


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_short_trouble_is_ridden_out(server: EmbeddingDouble, status: int) -> None:
    server.script += [(status, AT_ONCE, ERROR)] * 2
    assert embeddings(server.url).dim == DIM
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (400, "did not take the request (HTTP 400); is nomic an embedding model?"),
        (401, "does not accept the key; check EMBEDDING_API_KEY."),
        (403, "does not let this key use nomic"),
        (404, "has no embedding model nomic, or not here"),
        (413, "finds the texts too long for nomic."),
        (422, "did not take the request (HTTP 422)"),
        (429, "takes no more requests now; try again later"),
        (500, "failed (HTTP 500); try again"),
        (503, "failed (HTTP 503); try again"),
    ],
)
def test_a_refusal_is_a_sentence_with_the_next_step(
    server: EmbeddingDouble, status: int, sentence: str
) -> None:
    server.script += [(status, AT_ONCE, ERROR)] * 3
    assert f"The embedding server at {server.url} {sentence}" in failure(server)


@pytest.mark.parametrize("body", [b"<html>welcome</html>", b"", b"[]", b"null", b"{}", b'{"data": [{}]}'])
def test_something_else_than_embeddings_is_recognised(server: EmbeddingDouble, body: bytes) -> None:
    server.script.append((200, {}, body))
    assert "sent no embeddings; check embedding.base_url" in failure(server)


def test_a_page_instead_of_data_is_recognised(server: EmbeddingDouble) -> None:
    server.script.append((200, {"content-type": "text/html"}, b"<html>welcome</html>"))
    assert "sent no embeddings" in failure(server)


@pytest.mark.parametrize(
    ("vectors", "sentence"),
    [
        ([], "gave 0 vectors for 2 texts."),
        ([[1.0] * DIM], "gave 1 vectors for 2 texts."),
        ([[1.0] * DIM] * 3, "gave 3 vectors for 2 texts."),
        ([[1.0] * DIM, [1.0] * (DIM + 1)], "different lengths, 8 and 9"),
        ([[1.0] * 4] * 2, "different lengths, 8 and 4"),
        ([[0.0] * DIM] * 2, "without a direction"),
        ([["x"] * DIM] * 2, "sent no embeddings"),
        ([None, None], "sent no embeddings"),
    ],
)
def test_vectors_that_do_not_fit_are_refused(
    server: EmbeddingDouble, vectors: list[object], sentence: str
) -> None:
    model = embeddings(server.url)
    assert model.dim == DIM
    server.script.append(reply(vectors))
    with pytest.raises(EmbeddingUnavailable, match=sentence):
        model.encode_documents(["a", "b"])


def test_a_failure_at_first_does_not_last(server: EmbeddingDouble) -> None:
    model = embeddings(server.url)
    server.script.append((401, {}, ERROR))
    with pytest.raises(EmbeddingUnavailable):
        _ = model.dim
    assert model.dim == DIM


def test_a_port_that_nobody_listens_on_is_named_without_its_login() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with pytest.raises(EmbeddingUnavailable) as failed:
            _ = embeddings(f"http://me:hidden@127.0.0.1:{port}/v1").dim
    assert str(failed.value) == (
        f"No embedding server answers at http://127.0.0.1:{port}/v1; start it, or check embedding.base_url."
    )


@pytest.mark.parametrize("url", ["http://", "nonsense", "http://[::1/v1"])
def test_what_is_no_address_is_said_to_be_none(url: str) -> None:
    with pytest.raises(EmbeddingUnavailable, match="is not a web address"):
        _ = embeddings(url).dim


def test_openais_own_address_needs_a_key() -> None:
    with pytest.raises(EmbeddingUnavailable, match=r"needs embedding\.base_url, or EMBEDDING_API_KEY"):
        _ = OpenAIEmbeddings(model="text-embedding-3-small").dim


def test_a_key_that_no_header_carries_is_said_to_be_wrong(server: EmbeddingDouble) -> None:
    with pytest.raises(EmbeddingUnavailable, match="holds characters that no key has"):
        _ = OpenAIEmbeddings(model="m", base_url=server.url, api_key="sk-…").dim
