"""Finds a whole page by its path (pure): its rows' ids can be told, so no filter ever holds a path."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from adapters.milvus.rows import page_id
from bot.model import Edition, Scope
from bot.question.versions import newest_first
from indexer.model import PageKey

MOST = 64
"""Passages of one page that are read: more than a model gets to see of it."""
MOST_SOURCES = 8


def sources(editions: Iterable[Edition], scope: Scope) -> Sequence[str]:
    """The sources within ``scope``, that of the newest version first."""
    within = [edition for edition in editions if scope.holds(edition)]
    order = newest_first({edition.version for edition in within})
    ranked = sorted(within, key=lambda edition: order.index(edition.version))
    return list(dict.fromkeys(edition.source for edition in ranked))[:MOST_SOURCES]


def ids(path: str, among: Sequence[str]) -> Sequence[str]:
    """The ids that the first passages of the page at ``path`` have in each source, if it is there."""
    keys = [page_id(PageKey(source=source, path=path)) for source in among]
    return [f"{key}-{ordinal:06d}" for key in keys for ordinal in range(MOST)]


def in_order(rows: Mapping[str, Mapping[str, Any]], among: Sequence[str]) -> Sequence[Mapping[str, Any]]:
    """The rows of the first source that has any, in reading order."""
    for source in among:
        if of_source := [row for row in rows.values() if row["source"] == source]:
            return sorted(of_source, key=lambda row: int(row["ordinal"]))
    return []
