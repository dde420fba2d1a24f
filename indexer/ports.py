"""What the indexing core needs from the outside, in its own words."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from indexer.model import Block, Chunk, Indexed, PageKey


class Tree(Protocol):
    """A source's files at one moment."""

    @property
    def revision(self) -> str:
        """What identifies this state: a commit, a checksum; empty where there is none."""
        ...

    def paths(self) -> Sequence[str]:
        """All Markdown pages (.md, .mdx, .markdown) and ``Variables.json``, relative to the root, sorted."""
        ...

    def read(self, path: str) -> str:
        """A file's text. Raises PageUnreadable where it is too large, binary or not UTF-8."""
        ...


class Source(Protocol):
    """One set of documentation."""

    def open(self) -> AbstractContextManager[Tree]:
        """Refresh and give the files. Raises SourceUnavailable; never yields an empty tree."""
        ...


class MarkupParser(Protocol):
    """Reads Markdown, and the HTML within it, into blocks."""

    def blocks(self, markdown: str) -> Sequence[Block]:
        """The page's blocks in reading order."""
        ...


class Embedder(Protocol):
    """Turns text into vectors."""

    @property
    def name(self) -> str:
        """The configured choice, as it stands in the index's recipe (``minilm``)."""
        ...

    @property
    def dim(self) -> int:
        """Length of a vector. Raises EmbeddingUnavailable."""
        ...

    def encode_documents(self, documents: Sequence[str]) -> Sequence[Sequence[float]]:
        """One vector a text, unit length, in order. Raises EmbeddingUnavailable."""
        ...


class VectorStore(Protocol):
    """The index; it is its own manifest."""

    def manifest(self) -> Mapping[PageKey, Indexed]:
        """What the index holds of every page. Raises StoreUnavailable."""
        ...

    def served(self) -> Mapping[PageKey, Indexed]:
        """What answers are made of now; asked after :meth:`manifest`.

        The same, except while the index is built anew with another embedding model or chunker.
        """
        ...

    def replace(self, chunks: Sequence[Chunk], vectors: Sequence[Sequence[float]]) -> None:
        """Write whole pages: each page's surplus chunks go first, then its new ones come.

        Cut off at any point, :meth:`manifest` shows the page as unfinished.
        """
        ...

    def remove(self, keys: Sequence[PageKey]) -> None:
        """Take all chunks of these pages away."""
        ...

    def finish(self) -> None:
        """Make what was written fast to search and, where a new collection was built, serve it."""
        ...
