"""What the answering core needs from the outside, in its own words."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Protocol

from bot.model import Message, Passage


class Retriever(Protocol):
    """Finds passages of the documentation."""

    async def search(self, query: str, limit: int) -> Sequence[Passage]:
        """At most ``limit`` passages, best first; empty where nothing is found.

        Raises RetrievalUnavailable where the index cannot be searched.
        """
        ...


class Reranker(Protocol):
    """Ranks passages anew for one query."""

    async def rerank(self, query: str, passages: Sequence[Passage]) -> Sequence[Passage]:
        """The same passages, best first.

        Raises RetrievalUnavailable where it cannot run at all, with what the operator does next.
        """
        ...


class LanguageModel(Protocol):
    """Writes text from a prompt."""

    @property
    def name(self) -> str:
        """The model's name, as its server knows it."""
        ...

    def stream(self, messages: Sequence[Message], *, effort: str = "") -> AsyncGenerator[str, None]:
        """The answer's text as it is written, without any reasoning.

        ``effort`` is how hard a reasoning model thinks (``low``, ``medium``, ``high``), empty for its usual.

        Raises ModelUnavailable where the server does not answer, ModelRefused where it says no.
        """
        ...

    async def structured(self, messages: Sequence[Message], schema: Mapping[str, Any]) -> dict[str, Any]:
        """One JSON object that fits ``schema`` (JSON Schema, an object with ``required`` keys).

        Raises as :meth:`stream` does, and ModelRefused where no valid object came.
        """
        ...
