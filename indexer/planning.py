"""Compares the pages with what the index holds: what to write, what to remove (pure)."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence

from indexer.errors import SuspiciousPlan
from indexer.model import Failure, Indexed, Page, PageKey, Plan

FEW_PAGES = 2
"""Fewer may go unasked: a source of one page is renamed as often as lost."""
MOST = 0.5

Refusal = Callable[..., None]
"""``refuse_mass_removal`` or ``refuse_giving_up``."""


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


def refuse_mass_removal(
    plan: Plan, held: Collection[PageKey], sources: Collection[str], spared: Collection[PageKey] = ()
) -> None:
    """Raises SuspiciousPlan where more than half of one of these ``sources`` would go.

    ``spared`` pages live on under another path or source, and do not count.
    """
    had = Counter(key.source for key in held)
    lost = Counter(key.source for key in plan.removed if key.source in sources and key not in spared)
    for source, count in lost.items():
        if _most(count, had[source]):
            raise SuspiciousPlan(
                f"{count} of the {had[source]} indexed pages of {source} are gone from its source; "
                "nothing was changed. If that is right, run `docent index --allow-mass-removal`."
            )


def refuse_giving_up(
    plan: Plan, held: Collection[PageKey], sources: Collection[str], spared: Collection[PageKey] = ()
) -> None:
    """Raises SuspiciousPlan where most of the index would go with sources that are none of ``sources``.

    Whoever takes one source of several out of the configuration is not asked; whoever indexes another
    place into the same index by mistake is.
    """
    lost = [key for key in plan.removed if key in held and key not in spared]
    names = sorted({key.source for key in lost} - set(sources))
    if names and _most(len(lost), len(held)):
        raise SuspiciousPlan(
            f"{len(lost)} of the {len(held)} pages in the index would go, because {', '.join(names)} is not "
            "among the sources of this run; they were left as they are. If that is right, repeat the command "
            "with --allow-mass-removal. To have both, give each place a [[docs]] table in docent.toml."
        )


def moved(removed: Mapping[PageKey, Collection[str]], added: Collection[str]) -> Collection[PageKey]:
    """The removed pages that live on elsewhere: at least half of their texts are among those ``added``.

    Texts are told by their digests. A move changes some of them, those with relative links.
    """
    there = frozenset(added)
    return {key for key, texts in removed.items() if texts and 2 * len(there & set(texts)) >= len(set(texts))}


def _most(lost: int, had: int) -> bool:
    return lost >= FEW_PAGES and lost > MOST * had


def _current(page: Page, held: Mapping[PageKey, Indexed]) -> bool:
    indexed = held.get(page.key)
    return indexed is not None and indexed.fingerprint == page.fingerprint
