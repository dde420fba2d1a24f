"""Docent's default embedding model, in the clothes that each peer asks for."""

from pathlib import Path
from typing import Any

from adapters.embedding.minilm import MiniLM
from benchmarks.workspace import ROOT


def minilm() -> MiniLM:
    """The model itself; its graph is prepared once and kept, as on a user's machine."""
    return MiniLM(precision="fp32", cache_dir=ROOT / "data" / "models")


def tokenizer_folder() -> Path:
    """Where the model's package keeps its tokenizer."""
    from adapters.embedding.minilm_files import installed

    return installed("tokenizer.json").parent


def for_langchain() -> Any:
    """The model as LangChain's ``Embeddings``."""
    from langchain_core.embeddings import Embeddings

    model = minilm()

    class LangChainMiniLM(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return model.encode_documents(texts)

        def embed_query(self, text: str) -> list[float]:
            return model.encode_queries([text])[0]

    return LangChainMiniLM()


def for_llama_index() -> Any:
    """The model as LlamaIndex's ``BaseEmbedding``, with its own batches of ten."""
    from llama_index.core.base.embeddings.base import BaseEmbedding

    model = minilm()

    class LlamaMiniLM(BaseEmbedding):
        def _get_text_embedding(self, text: str) -> list[float]:
            return model.encode_documents([text])[0]

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return model.encode_documents(texts)

        def _get_query_embedding(self, query: str) -> list[float]:
            return model.encode_queries([query])[0]

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

    return LlamaMiniLM(model_name="minilm")
