"""Brings the index in step with its sources, page by page; the indexing core's only use case."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Protocol

from indexer import chunking, markdown, planning
from indexer.anchors import AnchorStyle
from indexer.model import Chunk, Failure, Indexed, Page, PageKey, Plan, Report
from indexer.ports import Embedder, MarkupParser, Source, VectorStore

log = logging.getLogger(__name__)
CHUNKS_A_BATCH = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Docs:
    """One source with how its pages are named and linked."""

    name: str
    source: Source
    url: str
    """Address template with ``{id}``, ``{path}`` or ``{stem}``."""
    anchors: AnchorStyle


class Watcher(Protocol):
    """Is told how far a run is; shows it to people or not."""

    def planned(self, pages: int) -> None:
        """The run will write so many pages."""
        ...

    def wrote(self, pages: int, chunks: int) -> None:
        """So many more pages and chunks are written."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How one run goes about it."""

    chunk_chars: int = 1_000
    full: bool = False
    """Write every page, changed or not."""
    allow_mass_removal: bool = False


class Synchronizer:
    """Reads all sources, writes what changed, removes what is gone."""

    def __init__(
        self,
        *,
        docs: Sequence[Docs],
        parser: MarkupParser,
        store: VectorStore,
        embedder: Embedder,
        options: Options,
    ) -> None:
        """Nothing is read before :meth:`plan`."""
        self._docs, self._parser = docs, parser
        self._store, self._embedder, self._options = store, embedder, options
        self._held: Mapping[PageKey, Indexed] = {}
        self._embed_seconds = 0.0
        self._written = 0

    def plan(self) -> Plan:
        """What a run would do now; changes nothing. Raises IndexingError."""
        pages: list[Page] = []
        failed: list[Failure] = []
        for docs in self._docs:
            with docs.source.open() as tree:
                read, unread = markdown.pages(
                    tree, source=docs.name, url=docs.url, anchors=docs.anchors, recipe=self._recipe()
                )
            pages.extend(read)
            failed.extend(unread)
        self._held = self._store.manifest()
        plan = planning.plan(pages, failed, self._held, full=self._options.full)
        if not self._options.allow_mass_removal:
            self._refuse_losses(pages, failed)
        return plan

    def run(self, plan: Plan, watcher: Watcher) -> Report:
        """Carry ``plan`` out. Cut off at any point, the next run completes it. Raises IndexingError."""
        start = perf_counter()
        self._embed_seconds, self._written = 0.0, 0
        watcher.planned(len(plan.write))
        failed = self._write(plan.write, watcher)
        if plan.removed:
            self._store.remove(plan.removed)
        self._store.finish()
        removed = sum(self._held[key].chunks for key in plan.removed)
        report = replace(
            summary(plan), failed=(*plan.failed, *failed), seconds=round(perf_counter() - start, 2)
        )
        return replace(
            report,
            chunks_written=self._written,
            chunks_removed=removed,
            chunks_total=self._total(plan, removed),
            embed_seconds=round(self._embed_seconds, 2),
        )

    def _refuse_losses(self, pages: Sequence[Page], failed: Sequence[Failure]) -> None:
        # Against what is served: to an index that is built anew every page is an added one, and the old
        # one goes when it is done.
        served = self._store.served()
        planning.refuse_emptying(pages, failed, served)
        lost = planning.plan(pages, failed, served)
        planning.refuse_mass_removal(lost, served, {docs.name for docs in self._docs})

    def _recipe(self) -> str:
        return f"{chunking.VERSION} {self._options.chunk_chars}"

    def _total(self, plan: Plan, removed: int) -> int:
        rewritten = sum(self._held[page.key].chunks for page in plan.changed)
        return sum(indexed.chunks for indexed in self._held.values()) - removed - rewritten + self._written

    def _write(self, pages: Sequence[Page], watcher: Watcher) -> Sequence[Failure]:
        failed: list[Failure] = []
        for batch in _batches(self._chunked(pages, failed)):
            start = perf_counter()
            vectors = self._embedder.encode_documents([chunk.embedded for chunk in batch])
            self._embed_seconds += perf_counter() - start
            self._store.replace(batch, vectors)
            self._written += len(batch)
            watcher.wrote(len({chunk.key for chunk in batch}), len(batch))
        return failed

    def _chunked(self, pages: Sequence[Page], failed: list[Failure]) -> Iterator[Sequence[Chunk]]:
        styles = {docs.name: docs.anchors for docs in self._docs}
        for page in pages:
            try:
                blocks = self._parser.blocks(page.text)
                yield chunking.chunks(
                    page, blocks, anchors=styles[page.key.source], size=self._options.chunk_chars
                )
            except Exception:
                # One page that breaks the parser must not keep all others from being indexed.
                log.exception("page could not be read", extra={"path": page.key.path})
                failed.append(Failure(key=page.key, reason="its Markdown could not be read"))


def summary(plan: Plan) -> Report:
    """The report's page counts, as far as a plan knows them."""
    return Report(
        added=len(plan.added),
        changed=len(plan.changed),
        removed=len(plan.removed),
        unchanged=plan.unchanged,
        failed=plan.failed,
    )


def _batches(pages: Iterator[Sequence[Chunk]]) -> Iterator[Sequence[Chunk]]:
    """Whole pages together, about CHUNKS_A_BATCH chunks: enough to keep all cores and the store busy,
    few enough that the progress bar moves and a run that is cut off loses little."""
    batch: list[Chunk] = []
    for chunks in pages:
        batch.extend(chunks)
        if len(batch) >= CHUNKS_A_BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
