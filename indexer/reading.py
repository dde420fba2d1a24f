"""Reads a source into pages, and pages into chunks."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

from indexer import chunking, markdown
from indexer.anchors import AnchorStyle
from indexer.model import Chunk, Failure, Page, SourceRead
from indexer.ports import MarkupParser, Source

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Docs:
    """One source with how its pages are named and linked."""

    name: str
    source: Source
    url: str
    """Address template with ``{id}``, ``{path}`` or ``{stem}``."""
    anchors: AnchorStyle
    version: str = ""
    """Of the product that the pages describe; empty where that is not said."""
    authoritative: bool = False
    """Whether pages that it lacks are gone for certain, however many these are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one source held."""

    read: SourceRead
    pages: Sequence[Page]
    failed: Sequence[Failure]


def read(docs: Docs, recipe: str) -> Reading:
    """Refresh a source and read its pages. Raises SourceUnavailable."""
    start = perf_counter()
    with docs.source.open() as tree:
        pages, failed = markdown.pages(
            tree, source=docs.name, url=docs.url, anchors=docs.anchors, recipe=f"{recipe}\n{docs.version}"
        )
        revision = tree.revision
    done = SourceRead(source=docs.name, revision=revision, seconds=perf_counter() - start)
    return Reading(read=done, pages=[replace(page, version=docs.version) for page in pages], failed=failed)


class Cutter:
    """Cuts pages into chunks; one page that breaks the parser does not keep the others from it."""

    def __init__(self, docs: Sequence[Docs], parser: MarkupParser, size: int) -> None:
        """``size`` is that of a chunk, in characters."""
        self._styles = {one.name: one.anchors for one in docs}
        self._parser, self._size = parser, size
        self.failed: list[Failure] = []

    def chunks(self, pages: Sequence[Page]) -> Iterator[Sequence[Chunk]]:
        """The chunks of each page that can be read."""
        for page in pages:
            try:
                blocks = self._parser.blocks(page.text)
                yield chunking.chunks(page, blocks, anchors=self._styles[page.key.source], size=self._size)
            except Exception:
                log.exception("page could not be read", extra={"path": page.key.path})
                self.failed.append(Failure(key=page.key, reason="its Markdown could not be read"))


def batches(
    pages: Iterator[Sequence[Chunk]] | Sequence[Sequence[Chunk]], size: int
) -> Iterator[Sequence[Chunk]]:
    """Whole pages together, about ``size`` chunks: enough to keep all cores and the store busy, few
    enough that the progress bar moves and a run that is cut off loses little."""
    batch: list[Chunk] = []
    for chunks in pages:
        batch.extend(chunks)
        if len(batch) >= size:
            yield batch
            batch = []
    if batch:
        yield batch
