"""Ranks found passages anew with pymilvus-model's cross-encoder."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import find_spec
from threading import Lock
from typing import Any

from adapters.embedding.edges import once
from bot.errors import RetrievalUnavailable
from bot.model import Passage
from bot.search.reranking import in_order

CHARS = 2_000
"""Of each passage: such a model reads 512 tokens of question and passage."""
_ADVICE = 'or set answers.rerank = "".'
_MISSING = "The reranker {name} needs the package sentence-transformers, which is not installed."
_NOT_LOADED = "The reranker {name} cannot be loaded: it is not in the local model cache, or no cross-encoder."
_FAILED = "The reranker {name} failed while running."


class CrossEncoder:
    """A model that reads question and passage together; implements ``bot.ports.Reranker``.

    It is loaded at the first question.
    """

    def __init__(self, model: str, *, load: Callable[[str], Any] | None = None) -> None:
        """``model`` is a name on the model hub, or a folder; ``load`` makes its ranking function."""
        self._name = model
        self._function = once(partial(load or _load, model))
        # Tokenizers refuse to be used by two threads while one of them sets their limits.
        self._one_at_a_time = Lock()

    async def rerank(self, query: str, passages: Sequence[Passage]) -> Sequence[Passage]:
        """The same passages, best first. Raises RetrievalUnavailable."""
        if len(passages) < 2:
            return passages
        texts = [f"{one.title} {one.heading}\n{one.text}"[:CHARS] for one in passages]
        return in_order(passages, await asyncio.to_thread(self._ranked, query, texts))

    def _ranked(self, query: str, texts: Sequence[str]) -> Sequence[int]:
        """The places of ``texts``, best first."""
        function = self._function()
        try:
            with self._one_at_a_time:
                results = function(query, list(texts), top_k=len(texts))
                return [int(one.index) for one in results]
        except Exception as error:  # any of PyTorch's and its tokenizers' errors
            raise RetrievalUnavailable(
                _FAILED.format(name=self._name), f"Free some memory, {_ADVICE}"
            ) from error


def _load(name: str) -> Any:
    # pymilvus-model would run pip by itself.
    if find_spec("sentence_transformers") is None:
        advice = f"Install it with: pip install sentence-transformers, {_ADVICE}"
        raise RetrievalUnavailable(_MISSING.format(name=name), advice)
    from pymilvus.model.reranker import CrossEncoderRerankFunction

    try:
        return CrossEncoderRerankFunction(model_name=name, device="cpu")
    except Exception as error:  # the hub's client, transformers, PyTorch
        advice = f"Run once where the model hub is reachable, {_ADVICE}"
        raise RetrievalUnavailable(_NOT_LOADED.format(name=name), advice) from error
