"""Reads a source into pages, and pages into chunks."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from time import perf_counter

from indexer import chunking, markdown
from indexer.anchors import AnchorStyle
from indexer.errors import PageUnreadable
from indexer.frontmatter import front_matter
from indexer.model import Chunk, Failure, Page, SourceRead
from indexer.ports import MarkupParser, Source, Tree

log = logging.getLogger(__name__)
SAMPLED = 20
"""How many pages tell whether a source's pages name themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """How a source's pages and their headings are linked."""

    url: str
    """Address template with ``{id}``, ``{path}`` or ``{stem}``."""
    anchors: AnchorStyle


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
    self_named: Links | None = None
    """How the pages are linked instead where most of them say which file they are (``id: storage.md``)."""


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
        links = docs.self_named if docs.self_named and _self_named(tree) else docs
        pages, failed = markdown.pages(
            tree, source=docs.name, url=links.url, anchors=links.anchors, recipe=f"{recipe}\n{docs.version}"
        )
        revision = tree.revision
    done = SourceRead(source=docs.name, revision=revision, seconds=perf_counter() - start)
    return Reading(read=done, pages=[replace(page, version=docs.version) for page in pages], failed=failed)


def _self_named(tree: Tree) -> bool:
    pages = [path for path in map(PurePosixPath, tree.paths()) if path.suffix != ".json"]
    # Fragments are read within pages and have no front matter.
    pages = [path for path in pages if "fragments" not in path.parts]
    sample = pages[:: max(1, len(pages) // SAMPLED)]
    return sum(_own_id(tree, path) == path.name for path in sample) > len(sample) / 2


def _own_id(tree: Tree, path: PurePosixPath) -> str:
    try:
        return front_matter(tree.read(str(path)))[0].get("id", "")
    except PageUnreadable:
        return ""


class Cutter:
    """Cuts pages into chunks; one page that breaks the parser does not keep the others from it."""

    def __init__(self, parser: MarkupParser, size: int) -> None:
        """``size`` is that of a chunk, in characters."""
        self._parser, self._size = parser, size
        self.failed: list[Failure] = []

    def chunks(self, pages: Sequence[Page]) -> Iterator[Sequence[Chunk]]:
        """The chunks of each page that can be read."""
        for page in pages:
            try:
                blocks = self._parser.blocks(page.text)
                yield chunking.chunks(page, blocks, anchors=page.anchors, size=self._size)
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
