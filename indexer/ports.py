"""What the indexing core needs from the outside, in its own words."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from indexer.history import Run
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

    def address(self, path: str) -> str:
        """The page's own address on the web; empty where the source knows of none."""
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

    def anew(self) -> None:
        """Write a new index from now on, beside the one that is served; :meth:`finish` serves it.

        One that is cut off before that is given up: the next begins from nothing.
        """
        ...

    def manifest(self) -> Mapping[PageKey, Indexed]:
        """What the index holds of every page. Raises StoreUnavailable."""
        ...

    def served(self) -> Mapping[PageKey, Indexed]:
        """What answers are made of now; asked after :meth:`manifest`.

        The same, except while the index is built anew.
        """
        ...

    @property
    def rebuilding(self) -> bool:
        """Whether another index is served than the one that is written."""
        ...

    @property
    def rolled_back(self) -> str:
        """What is served since this very index was put back by hand; empty where it was not."""
        ...

    def digests(self, keys: Sequence[PageKey]) -> Mapping[PageKey, Collection[str]]:
        """Page to the digests of its chunks, of those among ``keys`` that are served."""
        ...

    def vectors(self, digests: Sequence[str]) -> Mapping[str, Sequence[float]]:
        """Digest to vector, of those texts that the index holds already."""
        ...

    def replace(self, chunks: Sequence[Chunk], vectors: Sequence[Sequence[float]]) -> None:
        """Write whole pages: each page's surplus chunks go first, then its new ones come.

        Cut off at any point, :meth:`manifest` shows the page as unfinished.
        """
        ...

    def remove(self, keys: Sequence[PageKey]) -> None:
        """Take all chunks of these pages away."""
        ...

    def finish(self, *, pages: int, chunks: int) -> None:
        """Make what was written fast to search and, where a new index was built, serve it.

        Before that the new one must hold so many pages and chunks, and find its own text. Raises
        StoreUnavailable where it does not; the one before is served on.
        """
        ...


class History(Protocol):
    """Remembers runs, and lets one at a time write an index. A history that is down stops nobody."""

    def begin(self, cause: str) -> str:
        """Claim the index; gives the run's id. Raises IndexBusy, which says who has it."""
        ...

    def wrote(self, run_id: str, pages: int) -> None:
        """The run has written so many pages so far: of one that is killed nothing else tells."""
        ...

    def end(self, run_id: str, run: Run) -> None:
        """Let the index go, and keep what the run did."""
        ...

    def runs(self, limit: int) -> Sequence[Run]:
        """The last runs, latest first; one that died is told as cut off."""
        ...

    def revisions(self) -> Mapping[str, str]:
        """By source, what the last run that was done with it read."""
        ...
