"""Embeddings from any server that speaks OpenAI's ``/v1/embeddings``."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from adapters.embedding.edges import Vectors, clean, once, unit
from adapters.reachability import without_credentials
from indexer.errors import EmbeddingUnavailable

OPENAI = "https://api.openai.com/v1"
BATCH = 128
# Models read from 512 to 8,192 tokens and some servers refuse more; chunks are far shorter.
_MAX_CHARACTERS = 8_000
_SECONDS = 60.0
_SENTENCES = {
    401: "does not accept the key; check EMBEDDING_API_KEY.",
    403: "does not let this key use {model}; check EMBEDDING_API_KEY.",
    404: "has no embedding model {model}, or not here; check embedding.model and embedding.base_url.",
    413: "finds the texts too long for {model}.",
    429: "takes no more requests now; try again later, or raise the key's limit.",
    400: "did not take the request (HTTP {code}); is {model} an embedding model?",
    500: "failed (HTTP {code}); try again, its own log says why.",
}


class OpenAIEmbeddings:
    """A model on a server; requests carry up to 128 texts and are tried three times by the client."""

    # Depends on the model.
    min_similarity: float | None = None
    foreign_similarity: float | None = None
    similarity_spread = 1.0

    def __init__(self, *, model: str, base_url: str = "", api_key: str = "") -> None:
        """``base_url`` ends in ``/v1``; without one it is OpenAI's. Nothing is sent before the first use."""
        self.name = f"openai:{model}"
        # A server may move to another address: the model's name stands for its vectors.
        self.fingerprint = f"{self.name}-unit"
        self._model = model
        self._url, self._key = base_url or OPENAI, api_key
        self._client = once(self._connect)
        self._dim = once(self._measure)

    @property
    def dim(self) -> int:
        """Length of a vector, asked of the server once. Raises EmbeddingUnavailable."""
        return self._dim()

    def __call__(self, texts: Sequence[str]) -> Vectors:
        """The same as :meth:`encode_documents`."""
        return self.encode_documents(texts)

    def encode_documents(self, documents: Sequence[str]) -> Vectors:
        """One vector a text. Raises EmbeddingUnavailable."""
        if not documents:
            return []
        dim = self._dim()
        starts = range(0, len(documents), BATCH)
        return [row for start in starts for row in self._request(documents[start : start + BATCH], dim)]

    def encode_queries(self, queries: Sequence[str]) -> Vectors:
        """One vector a question. Raises EmbeddingUnavailable."""
        return self.encode_documents(queries)

    def _measure(self) -> int:
        return len(self._request(["How long is a vector?"], None)[0])

    def _request(self, texts: Sequence[str], dim: int | None) -> Vectors:
        # Servers refuse an empty text.
        sent = [clean(text, _MAX_CHARACTERS) or " " for text in texts]
        client = self._client()
        try:
            # Not every server knows the client's own default, base64.
            reply = client.embeddings.create(model=self._model, input=sent, encoding_format="float")
            rows = _rows(reply)
        except Exception as error:
            raise self._translated(error) from error
        return unit(rows, count=len(texts), model=f"The embedding server at {self._shown}", dim=dim)

    def _connect(self) -> Any:
        if self._url == OPENAI and not self._key:
            reason = (
                f"The embedding model {self.name} needs embedding.base_url, or EMBEDDING_API_KEY for OpenAI."
            )
            raise EmbeddingUnavailable(reason)
        import openai

        try:
            # Local servers take any key, but the client wants one.
            return openai.OpenAI(
                base_url=self._url, api_key=self._key or "none", timeout=_SECONDS, max_retries=2
            )
        except Exception as error:
            raise EmbeddingUnavailable("embedding.base_url is not a web address.") from error

    @property
    def _shown(self) -> str:
        return without_credentials(self._url) or "embedding.base_url"

    def _translated(self, error: Exception) -> EmbeddingUnavailable:
        import openai

        where = f"The embedding server at {self._shown}"
        match error:
            case openai.APITimeoutError():
                return EmbeddingUnavailable(f"{where} did not answer within {_SECONDS:g} seconds.")
            case openai.APIConnectionError():
                host = urlsplit(self._url).hostname or ""
                return EmbeddingUnavailable(
                    f"No embedding server answers at {self._shown}; start it, or check embedding.base_url."
                    if host
                    else "embedding.base_url is not a web address."
                )
            case openai.APIStatusError():
                code = error.status_code
                sentence = _SENTENCES.get(code) or _SENTENCES[500 if code >= 500 else 400]
                return EmbeddingUnavailable(f"{where} {sentence.format(model=self._model, code=code)}")
            case UnicodeEncodeError():
                return EmbeddingUnavailable("EMBEDDING_API_KEY holds characters that no key has.")
            case _:
                return EmbeddingUnavailable(
                    f"{where} sent no embeddings; check embedding.base_url: it usually ends in /v1."
                )


def _rows(reply: Any) -> Vectors:
    """The vectors in the order of the texts, whichever order they came in."""
    items = list(reply.data)
    if all(isinstance(item.index, int) for item in items):
        items.sort(key=lambda item: item.index)
    return [[float(value) for value in item.embedding] for item in items]
