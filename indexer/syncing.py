"""Brings the index in step with its sources, page by page; the indexing core's only use case."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Protocol

from indexer import chunking, planning
from indexer.errors import IndexingError, RolledBack, SuspiciousPlan
from indexer.model import Indexed, PageKey, Plan, Report, Skipped
from indexer.ports import Embedder, MarkupParser, VectorStore
from indexer.reading import Cutter, Docs, Reading, batches, read
from indexer.tallying import Tally, summary
from indexer.vectors import Vectors, repeated

__all__ = ["Docs", "Options", "Synchronizer", "Watcher", "summary"]
CHUNKS_A_BATCH = 64


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
    """Embed and write every page, changed or not; of all sources, into a new index beside the one served."""
    allow_mass_removal: bool = False
    only: frozenset[str] = frozenset()
    """Names of the sources to read; empty for all. The others' pages stay as they are."""
    certain: frozenset[str] = frozenset()
    """Names of sources that go unasked once they are not among the sources any more."""


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
        # Guards ask what is served: to an index that is built anew every page is an added one, and the
        # old one is not served any more when it is done.
        self._served: Mapping[PageKey, Indexed] = {}

    @property
    def names(self) -> Sequence[str]:
        """The sources that a run reads."""
        return [docs.name for docs in self._docs if not self._options.only or docs.name in self._options.only]

    def plan(self) -> Plan:
        """What a run would do now; changes nothing. Raises IndexingError.

        A source that is down or lost most of its pages is left as it is, and the others go on; where
        it is the only one, or a new index is being built, it stops the run.
        """
        self._refuse_to_undo_a_rollback()
        anew = self._options.full and not self._options.only
        if anew:
            self._store.anew()
        self._held = self._store.manifest()
        self._served = self._store.served()
        skipped: list[Skipped] = []
        readings = list(self._sound(list(self._readings(skipped)), skipped))
        pages = [page for one in readings for page in one.pages]
        failed = [failure for one in readings for failure in one.failed]
        names = {one.read.source for one in readings}
        kept = {docs.name for docs in self._docs} - names
        if not self._options.allow_mass_removal:
            served = _without(self._served, kept)
            planning.refuse_emptying(pages, failed, served)
            kept |= self._not_given_up(planning.plan(pages, failed, served), skipped)
        if anew and not pages and self._served:
            raise SuspiciousPlan(
                "None of the pages can be indexed, so there is nothing to build an index of. If it shall be "
                "emptied, run `docent index --allow-mass-removal` without --full."
            )
        held = _without(self._served if anew else self._held, kept)
        plan = planning.plan(pages, failed, held, full=self._options.full)
        return replace(plan, skipped=tuple(skipped), readings=tuple(one.read for one in readings))

    def run(self, plan: Plan, watcher: Watcher) -> Report:
        """Carry ``plan`` out. Cut off at any point, the next run completes it. Raises IndexingError."""
        start, tally = perf_counter(), Tally()
        watcher.planned(len(plan.write))
        cutter = self._cutter()
        vectors = self._write(plan, cutter, tally, watcher)
        removed = [key for key in plan.removed if key in self._held]
        if removed:
            self._store.remove(removed)
        sizes = {key: indexed.chunks for key, indexed in self._held.items()} | tally.pages
        for key in removed:
            del sizes[key]
        self._store.finish(pages=len(sizes), chunks=sum(sizes.values()))
        return replace(
            summary(plan, failed=cutter.failed, tally=tally, embedded=vectors.embedded),
            chunks_removed=sum(self._held[key].chunks for key in removed),
            chunks_total=sum(sizes.values()),
            seconds=round(perf_counter() - start, 2),
            embed_seconds=round(vectors.seconds, 2),
        )

    def _refuse_to_undo_a_rollback(self) -> None:
        served = self._store.rolled_back
        if served and not self._options.full:
            raise RolledBack(
                f"The index was rolled back to {served}; a run would undo that. To build the configured "
                "index anew and serve it, run `docent index --full`; or change [embedding] or chunk_chars."
            )

    def _readings(self, skipped: list[Skipped]) -> Iterator[Reading]:
        only = self._options.only
        for docs in self._docs:
            # A new index holds nothing of the sources that are not due.
            if not only or docs.name in only or self._store.rebuilding:
                try:
                    yield read(docs, f"{chunking.VERSION} {self._options.chunk_chars}")
                except IndexingError as error:
                    self._skip(docs.name, error, skipped)

    def _sound(self, readings: Sequence[Reading], skipped: list[Skipped]) -> Iterator[Reading]:
        """The readings that do not lose most of a source."""
        certain = {docs.name for docs in self._docs if docs.authoritative}
        added = tuple(page for one in readings for page in one.pages if page.key not in self._served)
        for one in readings:
            name = one.read.source
            held = {key: indexed for key, indexed in self._served.items() if key.source == name}
            try:
                if not self._options.allow_mass_removal and name not in certain:
                    planning.refuse_emptying(one.pages, one.failed, held)
                    # A page may have moved to another source.
                    gone = replace(planning.plan(one.pages, one.failed, held), added=added)
                    self._unless_moved(planning.refuse_mass_removal, gone, held, {name})
            except SuspiciousPlan as error:
                self._skip(name, error, skipped)
            else:
                yield one

    def _not_given_up(self, gone: Plan, skipped: list[Skipped]) -> set[str]:
        """Sources that are not configured any more, and yet too much of the index to go unasked.

        They stop a run over all sources; one over some leaves them as they are.
        """
        known = {docs.name for docs in self._docs}
        certain = tuple(key for key in gone.removed if key.source not in self._options.certain)
        try:
            gone = replace(gone, removed=certain)
            self._unless_moved(planning.refuse_giving_up, gone, self._served, known)
        except SuspiciousPlan as error:
            if self._store.rebuilding or not self._options.only:
                raise
            names = {key.source for key in gone.removed} - known
            skipped += [Skipped(source=name, outcome="refused", reason=str(error)) for name in sorted(names)]
            return names
        return set()

    def _unless_moved(
        self, refuse: planning.Refusal, gone: Plan, held: Mapping[PageKey, Indexed], sources: set[str]
    ) -> None:
        try:
            refuse(gone, held, sources)
        except SuspiciousPlan:
            # Only now, because every page has to be cut for it.
            chunks = self._cutter().chunks(gone.added)
            added = {chunk.digest for page in chunks for chunk in page}
            refuse(gone, held, sources, planning.moved(self._store.digests(gone.removed), added))

    def _skip(self, source: str, error: IndexingError, skipped: list[Skipped]) -> None:
        outcome = "refused" if isinstance(error, SuspiciousPlan) else "failed"
        skipped.append(Skipped(source=source, outcome=outcome, reason=str(error)))  # type: ignore[arg-type]
        due = len(self._options.only) or len(self._docs)
        if self._store.rebuilding or len(skipped) >= due:
            raise error

    def _cutter(self) -> Cutter:
        return Cutter(self._parser, self._options.chunk_chars)

    def _write(self, plan: Plan, cutter: Cutter, tally: Tally, watcher: Watcher) -> Vectors:
        pages = cutter.chunks(plan.write)
        vectors = Vectors(self._embedder, {}, ())
        several = len({page.key.source for page in plan.write}) > 1
        if not self._options.full and (self._held or self._store.rebuilding or several):
            # All at once: what one page loses, another may have got, and versions have much in common.
            pages = iter(found := list(pages))
            digests = sorted({chunk.digest for chunks in found for chunk in chunks})
            vectors = Vectors(self._embedder, self._store.vectors(digests), repeated(found))
        for batch in batches(pages, CHUNKS_A_BATCH):
            start = perf_counter()
            self._store.replace(batch, vectors.of(batch))
            tally.wrote(batch, perf_counter() - start)
            watcher.wrote(len({chunk.key for chunk in batch}), len(batch))
        return vectors


def _without(held: Mapping[PageKey, Indexed], sources: set[str]) -> Mapping[PageKey, Indexed]:
    return {key: indexed for key, indexed in held.items() if key.source not in sources}
