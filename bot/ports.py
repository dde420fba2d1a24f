"""What the answering core needs from the outside, in its own words."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Protocol

from bot.model import Edition, Message, Passage, Scope, Tool, ToolCall


class Retriever(Protocol):
    """Finds passages of the documentation."""

    async def search(self, query: str, limit: int, *, scope: Scope | None = None) -> Sequence[Passage]:
        """At most ``limit`` passages within ``scope``, best first; empty where nothing is found.

        Of a section that several versions within the scope hold alike, the newest counts. Raises
        RetrievalUnavailable where the index cannot be searched, or holds nothing within the scope.
        """
        ...

    async def editions(self) -> Sequence[Edition]:
        """What the index holds: every source with its version. Raises RetrievalUnavailable."""
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


class ToolModel(Protocol):
    """A language model that may ask for tools."""

    async def tool_calls(
        self,
        messages: Sequence[Message],
        done: Sequence[tuple[ToolCall, str]],
        tools: Sequence[Tool],
    ) -> Sequence[ToolCall]:
        """What the model calls next, after the calls ``done`` gave what stands beside them.

        Empty where it has enough, or where it or its server knows no tools. Raises as
        :meth:`LanguageModel.stream` does.
        """
        ...


class PageReader(Protocol):
    """Reads whole pages of the documentation."""

    async def page(self, path: str, *, scope: Scope | None = None) -> Sequence[Passage]:
        """The passages of a page within ``scope`` in reading order, the first ones of a very long page.

        Empty where there is no such page. Raises RetrievalUnavailable where the index cannot be read.
        """
        ...
