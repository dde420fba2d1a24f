"""pymilvus-model's own embedding functions: the default one, and any of sentence-transformers."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from threading import Lock
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from adapters.embedding.edges import Vectors, clean, once, unit
from indexer.errors import EmbeddingUnavailable

# More than any of these models reads; the rest would only be cut into tokens that are thrown away.
_MAX_CHARACTERS = 32_000
_HUB_SECONDS = 5
_NO_HUB = (
    "The embedding model {name} cannot be loaded: it is not in the local model cache, and the model hub "
    'did not provide it. Run once where the hub is reachable, or set embedding.model = "minilm".'
)
_NO_SENTENCE_TRANSFORMERS = (
    "The embedding model {name} needs the package sentence-transformers, which is not installed. "
    "Install it with: pip install sentence-transformers"
)


class PymilvusModel:
    """One of pymilvus-model's embedding functions, loaded at first use."""

    # Depends on the model, and none of these was measured.
    min_similarity: float | None = None
    foreign_similarity: float | None = None
    similarity_spread = 1.0

    def __init__(self, *, name: str, load: Callable[[], Any]) -> None:
        """``load`` makes the function; it may raise EmbeddingUnavailable or anything else."""
        self.name = name
        self.fingerprint = f"{name}-unit"
        self._function = once(lambda: _loaded(name, load))
        # Tokenizers refuse to be used by two threads while one of them sets their limits.
        self._one_at_a_time = Lock()

    @property
    def dim(self) -> int:
        """Length of a vector. Raises EmbeddingUnavailable."""
        return int(self._function().dim)

    def __call__(self, texts: Sequence[str]) -> Vectors:
        """The same as :meth:`encode_documents`."""
        return self.encode_documents(texts)

    def encode_documents(self, documents: Sequence[str]) -> Vectors:
        """One vector a text. Raises EmbeddingUnavailable."""
        return self._encode("encode_documents", documents)

    def encode_queries(self, queries: Sequence[str]) -> Vectors:
        """One vector a question. Raises EmbeddingUnavailable."""
        return self._encode("encode_queries", queries)

    def _encode(self, method: str, texts: Sequence[str]) -> Vectors:
        if not texts:
            return []
        function = self._function()
        try:
            with self._one_at_a_time:
                rows = getattr(function, method)([clean(text, _MAX_CHARACTERS) for text in texts])
        except Exception as error:  # any of three runtimes' errors
            reason = f"The embedding model {self.name} failed while running; is there enough free memory?"
            raise EmbeddingUnavailable(reason) from error
        return unit(rows, count=len(texts), model=self.name)


def pymilvus_default() -> PymilvusModel:
    """``pymilvus.model.DefaultEmbeddingFunction``: 768 dimensions, fetched from a hub at first use."""

    def load() -> Any:
        from pymilvus.model import DefaultEmbeddingFunction

        return DefaultEmbeddingFunction()

    return PymilvusModel(name="pymilvus:default", load=load)


def pymilvus_sentence_transformer(model: str) -> PymilvusModel:
    """``pymilvus.model.dense.SentenceTransformerEmbeddingFunction`` for ``model``, a name or a folder."""
    name = f"pymilvus:sentence-transformer/{model}"

    def load() -> Any:
        # pymilvus-model would run pip by itself.
        if find_spec("sentence_transformers") is None:
            raise EmbeddingUnavailable(_NO_SENTENCE_TRANSFORMERS.format(name=name))
        from pymilvus.model.dense import SentenceTransformerEmbeddingFunction

        return SentenceTransformerEmbeddingFunction(model_name=model)

    return PymilvusModel(name=name, load=load)


def _loaded(name: str, load: Callable[[], Any]) -> Any:
    # transformers complains at import that PyTorch is missing, which none of this needs.
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    # ONNX Runtime would report each use to its maker.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    try:
        with _hub_only_if_it_answers():
            return load()
    except EmbeddingUnavailable:
        raise
    except Exception as error:  # the hub's client, transformers, ONNX Runtime, PyTorch
        raise EmbeddingUnavailable(_NO_HUB.format(name=name)) from error


@contextmanager
def _hub_only_if_it_answers() -> Iterator[None]:
    """Without a hub, its client would try again for a minute before it looks into the cache."""
    from huggingface_hub import constants

    before = constants.HF_HUB_OFFLINE
    constants.HF_HUB_OFFLINE = before or not _answers(constants.ENDPOINT)
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = before


def _answers(url: str) -> bool:
    try:
        with urlopen(Request(url, method="HEAD"), timeout=_HUB_SECONDS):
            return True
    except HTTPError:
        return True
    except (OSError, ValueError):
        return False
