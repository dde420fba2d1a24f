"""Prefers the newest of several versions of the same pages (pure)."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from adapters.milvus.fusion import Ranking
from bot.question.versions import newest_first

ALIKE = 0.7
"""Share of common words from which two texts of one page say the same."""
ALIKE_SECTION = 0.3
"""The same below the same heading: there the newer text is the older one rewritten."""
OLDER = 0.9
"""What a text of an older version counts, where a newer one has other texts of that source.

Of two versions of one documentation, 0.945 of the public questions find their page in the newer one among the
first 5 with it, 0.923 without it, 0.967 where there is no other version.
"""

Fields = Mapping[str, Any]


def outdated(found: Mapping[str, Fields]) -> frozenset[str]:
    """Ids of those texts in ``found`` (id to a row's fields) that a newer version of their page has too.

    A page is the same in two versions where its path is. What only the older one says stays.
    """
    pages: defaultdict[str, list[str]] = defaultdict(list)
    for key, fields in found.items():
        if fields.get("version"):
            pages[fields["path"]].append(key)
    order = newest_first({fields.get("version", "") for fields in found.values()})
    return frozenset(key for keys in pages.values() for key in _outdated(keys, found, order))


def newer_first(ranked: Ranking, found: Mapping[str, Fields], superseded: Collection[str]) -> Ranking:
    """``ranked`` with the texts of the sources ``superseded`` a little later; ``found`` has their fields."""
    if not superseded:
        return ranked
    weighed = [(key, score * (OLDER if found[key]["source"] in superseded else 1)) for key, score in ranked]
    return sorted(weighed, key=lambda item: -item[1])


def _outdated(keys: Sequence[str], found: Mapping[str, Fields], order: Sequence[str]) -> Iterable[str]:
    age = {key: order.index(found[key]["version"]) for key in keys}
    if len(set(age.values())) < 2:
        return
    for key in keys:
        if any(_same(found[key], found[other]) for other in keys if age[other] < age[key]):
            yield key


def _same(one: Fields, other: Fields) -> bool:
    words, others = _words(one["text"]), _words(other["text"])
    least = ALIKE_SECTION if _section(one) == _section(other) else ALIKE
    return len(words & others) >= least * len(words | others)


def _section(fields: Fields) -> str:
    return f"{fields['title']} > {fields['heading']}".casefold()


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.lower()))
