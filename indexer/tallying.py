"""Counts what a plan holds and what a run did, by source and in all (pure)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from indexer.model import Chunk, Failure, Outcome, PageKey, Plan, Report, SourceReport


class Tally:
    """What a run has written so far, by source."""

    def __init__(self) -> None:
        self.chunks: Counter[str] = Counter()
        self.seconds: Counter[str] = Counter()
        self.pages: dict[PageKey, int] = {}
        """How many chunks each page was written with."""

    def wrote(self, batch: Sequence[Chunk], seconds: float) -> None:
        """A batch of whole pages; its time is shared among the sources by their chunks."""
        counts = Counter(chunk.key.source for chunk in batch)
        self.chunks += counts
        for source, count in counts.items():
            self.seconds[source] += seconds * count / len(batch)  # type: ignore[assignment]
        self.pages.update({chunk.key: chunk.of for chunk in batch})


def summary(
    plan: Plan,
    *,
    failed: Iterable[Failure] = (),
    tally: Tally | None = None,
    embedded: Mapping[str, int] = {},
) -> Report:
    """What a run did, or with the plan alone: would do."""
    tally = tally or Tally()
    failed = (*plan.failed, *failed)
    names = sorted(_named(plan))
    return Report(
        added=len(plan.added),
        changed=len(plan.changed),
        removed=len(plan.removed),
        unchanged=plan.unchanged,
        failed=failed,
        chunks_written=sum(tally.chunks.values()),
        chunks_embedded=sum(embedded.values()),
        sources=tuple(_of_source(name, plan, failed, tally, embedded.get(name, 0)) for name in names),
    )


def _of_source(name: str, plan: Plan, failed: Sequence[Failure], tally: Tally, embedded: int) -> SourceReport:
    counts = [_count(keys, name) for keys in (_keys(plan.added), _keys(plan.changed), plan.removed)]
    read = next((one for one in plan.readings if one.source == name), None)
    skipped = next((one for one in plan.skipped if one.source == name), None)
    outcome: Outcome = "done" if any(counts) else "nothing to do"
    return SourceReport(
        source=name,
        outcome=skipped.outcome if skipped else outcome,
        message=skipped.reason if skipped else "",
        revision=read.revision if read else "",
        added=counts[0],
        changed=counts[1],
        removed=counts[2],
        unchanged=_count(plan.current, name),
        failed=tuple(failure for failure in failed if failure.key.source == name),
        chunks_written=tally.chunks[name],
        chunks_embedded=embedded,
        seconds=round((read.seconds if read else 0.0) + tally.seconds[name], 2),
    )


def _named(plan: Plan) -> set[str]:
    # A source that left the configuration shows by its removed pages alone.
    names = {one.source for one in plan.readings} | {one.source for one in plan.skipped}
    return names | {key.source for key in plan.removed}


def _keys(pages: Iterable[object]) -> Sequence[PageKey]:
    return [page.key for page in pages]  # type: ignore[attr-defined]


def _count(keys: Iterable[PageKey], source: str) -> int:
    return sum(key.source == source for key in keys)
