"""all-MiniLM-L6-v2 on ONNX Runtime: 384 dimensions, English, its weights from an installed package."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.embedding import minilm_files
from adapters.embedding.edges import Vectors, clean, once
from adapters.embedding.minilm_files import Precision
from indexer.errors import EmbeddingUnavailable

DIM, MAX_TOKENS = 384, 256
# Far more than 256 tokens; keeps a page-long line from being cut into tokens that nobody reads.
_MAX_CHARACTERS = 32_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Loaded:
    tokenizer: Any
    session: Any


class MiniLM:
    """The default embedding model; ``int8`` is twice as fast and ranks nearly the same.

    Each text is run by itself, on one of as many threads as there are cores: no padding is computed, a
    vector never depends on its neighbours, and memory stays that of one short text a core.
    """

    # Measured on the Milvus pages: off-topic questions reach 0.32, answerable ones begin at 0.39.
    min_similarity: float | None = 0.33
    foreign_similarity: float | None = 0.225
    similarity_spread = 1.0

    def __init__(self, *, precision: Precision, cache_dir: Path) -> None:
        """Nothing is read before the first use; ``cache_dir`` then keeps the graph (90 MB, int8 58 MB)."""
        self.name = "minilm" if precision == "fp32" else f"minilm-{precision}"
        weights = minilm_files.WEIGHTS_SHA256[:8]
        self.fingerprint = f"{self.name}-{DIM}-{MAX_TOKENS}-{weights}"
        self._loaded = once(lambda: _load(cache_dir, precision))

    @property
    def dim(self) -> int:
        """384, once the model is loaded. Raises EmbeddingUnavailable."""
        self._loaded()
        return DIM

    def __call__(self, texts: Sequence[str]) -> Vectors:
        """The same as :meth:`encode_documents`."""
        return self.encode_documents(texts)

    def encode_documents(self, documents: Sequence[str]) -> Vectors:
        """One vector a text, of its first 256 tokens. Raises EmbeddingUnavailable."""
        if len(documents) < 2:
            return [self._vector(text) for text in documents]
        with ThreadPoolExecutor(min(_cores(), len(documents)), "embedding") as threads:
            return list(threads.map(self._vector, documents))

    def encode_queries(self, queries: Sequence[str]) -> Vectors:
        """One vector a question; the model makes no difference. Raises EmbeddingUnavailable."""
        return self.encode_documents(queries)

    def _vector(self, text: str) -> list[float]:
        loaded = self._loaded()
        ids = loaded.tokenizer.encode(clean(text, _MAX_CHARACTERS)).ids
        import numpy as np

        tokens = {loaded.session.get_inputs()[0].name: np.array([ids], dtype=np.int64)}
        try:
            (vectors,) = loaded.session.run(None, tokens)
        except Exception as error:  # the runtime's errors share no other base
            reason = "The embedding model failed while running; is there enough free memory?"
            raise EmbeddingUnavailable(reason) from error
        vector: list[float] = vectors[0].tolist()
        return vector


def _load(cache_dir: Path, precision: Precision) -> _Loaded:
    try:
        return _Loaded(tokenizer=_tokenizer(), session=_session(minilm_files.graph(cache_dir, precision)))
    except EmbeddingUnavailable:
        raise
    except Exception as error:  # a library that is missing or damaged, out of memory
        reason = "The embedding model cannot be loaded on this machine; install Docent's requirements again."
        raise EmbeddingUnavailable(reason) from error


def _tokenizer() -> Any:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(minilm_files.installed("tokenizer.json")))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def _session(graph: Path) -> Any:
    # From its import on it would report each use to its maker, and leave a device id in the home folder.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # One thread a text: more of them would spin while they wait, which a busy machine pays for twice.
    options.intra_op_num_threads = 1
    # The graph is written as it runs fastest; the further levels would fuse it into something slower.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
