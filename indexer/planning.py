"""Compares the pages with what the index holds: what to write, what to remove (pure)."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from indexer.errors import SuspiciousPlan
from indexer.model import Failure, Indexed, Page, PageKey, Plan

FEW_PAGES = 5
MOST = 0.5


def plan(
    pages: Sequence[Page], failed: Sequence[Failure], held: Mapping[PageKey, Indexed], *, full: bool = False
) -> Plan:
    """What one run will do. ``full`` writes every page, whether it changed or not.

    A page that could not be read keeps what the index holds of it; one that was emptied does not.
    """
    keys = {page.key for page in pages}
    unread = {failure.key for failure in failed if not failure.gone}
    stale = [page for page in pages if full or not _current(page, held)]
    written = {page.key for page in stale}
    return Plan(
        added=tuple(page for page in stale if page.key not in held),
        changed=tuple(page for page in stale if page.key in held),
        removed=tuple(sorted(key for key in held if key not in keys and key not in unread)),
        current=tuple(page.key for page in pages if page.key not in written),
        failed=tuple(failed),
    )


def refuse_emptying(pages: Sequence[Page], failed: Sequence[Failure], held: Collection[PageKey]) -> None:
    """Raises SuspiciousPlan where no page could be read, so that nothing would be left of the index."""
    kept = any(failure.key in held and not failure.gone for failure in failed)
    if held and failed and not pages and not kept:
        first = failed[0]
        raise SuspiciousPlan(
            f"None of the pages can be indexed ({first.key.path}: {first.reason.rstrip('.')}); the index was "
            "left as it is. If it shall be emptied, run `docent index --allow-mass-removal`."
        )


def refuse_mass_removal(plan: Plan, held: Collection[PageKey], sources: Collection[str]) -> None:
    """Raises SuspiciousPlan where more than half of a source's pages would go.

    A source that left the configuration (not in ``sources``) was taken out on purpose. Pages that a
    source replaces one for one, as a restructured site does, still count as removed.
    """
    had = Counter(key.source for key in held)
    lost = Counter(key.source for key in plan.removed if key.source in sources)
    for source, count in lost.items():
        if count > FEW_PAGES and count > MOST * had[source]:
            raise SuspiciousPlan(
                f"{count} of the {had[source]} indexed pages of {source} are gone from its source; "
                "nothing was changed. If that is right, run `docent index --allow-mass-removal`."
            )


def _current(page: Page, held: Mapping[PageKey, Indexed]) -> bool:
    indexed = held.get(page.key)
    return indexed is not None and indexed.fingerprint == page.fingerprint
