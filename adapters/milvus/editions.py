"""Which sources and versions a collection holds, and the filter that keeps a search to some of them."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.model import Edition, Scope

MOST = 500
"""Sources are told apart by one small query each; an index has a handful."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A collection that is served, as it was last looked at."""

    collection: str
    versioned: bool
    """Whether its rows know their version; those of an older schema do not."""
    editions: tuple[Edition, ...]
    looked: float
    """When, by a clock that only goes forward, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which rows of a collection a search is for."""

    shelf: Shelf
    filter: str
    """Empty for all."""
    depth: int
    """How many at most."""


def shelf_of(client: Any, collection: str, looked: float) -> Shelf:
    """What ``collection``, which is loaded, holds now."""
    fields = client.describe_collection(collection)["fields"]
    versioned = any(field["name"] == "version" for field in fields)
    return Shelf(
        collection=collection,
        versioned=versioned,
        editions=_editions(client, collection, versioned),
        looked=looked,
    )


def expression(scope: Scope, editions: Collection[Edition]) -> str:
    """The filter that keeps a search within ``scope``; empty where nothing of ``editions`` is outside.

    Only names that the index holds get into it. They are quoted here: neither Milvus Lite nor a Milvus 2.3
    server knows expressions with parameters.
    """
    within = [edition for edition in editions if scope.holds(edition)]
    if len(within) == len(editions):
        return ""
    parts = [f"source in {_quoted(edition.source for edition in within)}"]
    if scope.versions and any(edition.version for edition in within):
        parts.append(f"version in {_quoted(edition.version for edition in within)}")
    return " and ".join(parts)


def _editions(client: Any, collection: str, versioned: bool) -> tuple[Edition, ...]:
    """Every source with its version: a row at a time of those that are not known yet."""
    fields = ["source", *(["version"] if versioned else [])]
    found: list[Edition] = []
    while len(found) < MOST:
        # While a source's version changes, the index holds rows of both.
        known = " or ".join(_is(edition, versioned) for edition in found)
        rows: Sequence[Any] = client.query(
            collection,
            filter=f"not ({known})" if known else 'source != ""',
            output_fields=fields,
            limit=1,
            consistency_level="Bounded",
        )
        if not rows:
            break
        found.append(Edition(source=rows[0]["source"], version=rows[0].get("version", "")))
    return tuple(sorted(found, key=lambda edition: (edition.source, edition.version)))


def _is(edition: Edition, versioned: bool) -> str:
    source = f"source == {_text(edition.source)}"
    return f"({source} and version == {_text(edition.version)})" if versioned else f"({source})"


def _quoted(names: Iterable[str]) -> str:
    return f"[{', '.join(_text(name) for name in sorted(set(names)))}]"


def _text(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)
