"""Wires what indexes: sources, store, embedder and history, as the configuration says."""

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from adapters.markup import Markup
from adapters.milvus.connection import is_file, shown
from adapters.milvus.sharing import reachable
from adapters.milvus.store import MilvusStore
from adapters.sources.address import is_sitemap
from adapters.sources.location import source_at
from config.errors import ConfigurationError
from config.sections import APPROVED, DocsSource
from config.settings import Settings
from config.wiring import embedder_of, recipe_of, start
from indexer.errors import SourceUnavailable
from indexer.reading import Links
from indexer.syncing import Docs, Options, Synchronizer

if TYPE_CHECKING:
    from adapters.index_history import SqlHistory

log = logging.getLogger(__name__)
MILVUS_DOCS = Links(url="https://milvus.io/docs/{id}", anchors="milvus")
UNLINKED = "{path}"
"""Where nothing says what address the pages have, a citation names the file."""
NO_DOCS = "No documentation is configured. Add a [[docs]] table to docent.toml, or name a place with --docs."
SOURCES_CACHE = Path("data/sources")


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexOptions:
    """What one indexing run was asked for, beyond the configuration."""

    docs: str = ""
    """A location instead of the configured sources."""
    url: str = ""
    """Address template of the pages there."""
    only: tuple[str, ...] = ()
    """Names of the configured sources to read; empty for all."""
    full: bool = False
    allow_mass_removal: bool = False
    through: str = ""
    """Address of the service that has a Milvus Lite file open; empty: the file or server is opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexing:
    """One run's parts."""

    synchronizer: Synchronizer
    history: "SqlHistory"


@contextmanager
def wire_index(config: Path | None, options: IndexOptions) -> Iterator[Synchronizer]:
    """Everything that indexes, until the end of the context. Raises ConfigurationError, IndexingError."""
    with _synchronizer(start(config), options) as synchronizer:
        yield synchronizer


@contextmanager
def wire_recorded(config: Path | None, options: IndexOptions) -> Iterator[Indexing]:
    """The same with the history of its runs. Raises ConfigurationError, IndexingError."""
    settings = start(config)
    with _synchronizer(settings, options) as synchronizer, wire_history(settings) as history:
        yield Indexing(synchronizer=synchronizer, history=history)


@contextmanager
def wire_history(settings: Settings) -> Iterator["SqlHistory"]:
    """The history of the configured index."""
    from adapters.index_history import SqlHistory

    history = SqlHistory(url=settings.ledger.url, target=target_of(settings))
    try:
        yield history
    finally:
        history.close()


@contextmanager
def _synchronizer(settings: Settings, options: IndexOptions) -> Iterator[Synchronizer]:
    docs = [_docs(settings, table, untold=not options.url) for table in tables(settings, options)]
    approved, only = _with_approved(settings, [one.name for one in docs], options.only)
    store = store_of(settings, options.through)
    try:
        yield Synchronizer(
            docs=[*docs, *approved],
            parser=Markup(),
            store=store,
            embedder=embedder_of(settings),
            options=Options(
                chunk_chars=settings.index.chunk_chars,
                full=options.full,
                allow_mass_removal=options.allow_mass_removal or settings.index.allow_mass_removal,
                only=frozenset(only),
                certain=frozenset({APPROVED}),
            ),
        )
    finally:
        store.close()


def target_of(settings: Settings) -> str:
    """Names the index among all that one ledger may know."""
    uri = settings.milvus.uri
    place = str(Path(uri).expanduser().absolute()) if is_file(uri) else shown(uri)
    return f"{place} {settings.milvus.collection}"[-500:]


def tables(settings: Settings, options: IndexOptions) -> Sequence[DocsSource]:
    """The sources of one run: those configured, or the one location that was asked for."""
    if not options.docs:
        if not settings.docs:
            # Going on would take every page of the index for one whose source was given up.
            raise ConfigurationError([NO_DOCS])
        if unknown := sorted(set(options.only) - {table.name for table in settings.docs} - {APPROVED}):
            known = ", ".join(table.name for table in settings.docs)
            raise ConfigurationError([f"--source: {unknown[0]!r} is none of the sources ({known})."])
        return settings.docs
    configured = [table for table in settings.docs if table.location == options.docs]
    if configured and not options.url:
        return configured
    name = re.sub(r"[^\w.-]+", "-", Path(options.docs.rstrip("/")).stem).strip("-.") or "docs"
    url = "" if is_sitemap(options.docs) else UNLINKED  # a website's pages have their own addresses
    try:
        return [DocsSource(name=name, location=options.docs, url=options.url or url)]
    except ValidationError as error:
        reason = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
        raise ConfigurationError([f"--docs and --url: expected {reason}."]) from error


def _with_approved(
    settings: Settings, names: Sequence[str], only: Sequence[str]
) -> tuple[Sequence[Docs], Sequence[str]]:
    """What the support team has approved, where there is any, and which sources are due then (empty: all).

    Every run looks at the approved answers as well: they are few, and no schedule names them. Where the
    ledger cannot be read they stay indexed as they are, and keep no other source from being read.
    """
    from adapters.sources.approved import ApprovedSource

    source = ApprovedSource(settings.ledger.url)
    docs = Docs(name=APPROVED, source=source, url="", anchors="github", authoritative=True)
    try:
        if not source.needed():
            return (), only
    except SourceUnavailable as error:
        log.warning("%s", error)
        return (docs,), only or names
    return (docs,), (*only, APPROVED) if only else ()


def store_of(settings: Settings, through: str = "") -> MilvusStore:
    """The index, open for writing; ``through`` a service that has it open. Raises StoreUnavailable."""
    return MilvusStore(
        uri=through or reachable(settings.milvus.uri),
        token=settings.secrets.milvus_token.get_secret_value(),
        alias=settings.milvus.collection,
        recipe=recipe_of(settings),
    )


def _docs(settings: Settings, table: DocsSource, *, untold: bool) -> Docs:
    """``untold``: nobody has said what address the pages of a location have that is not configured."""
    milvus = untold and table.url == UNLINKED and table not in settings.docs
    source = source_at(
        table.location,
        root=table.root,
        ref=table.ref,
        kind=table.kind,
        cache_dir=SOURCES_CACHE,
        max_page_bytes=settings.index.max_page_bytes,
        allow_private=table.allow_private,
        max_pages=table.max_pages,
    )
    return Docs(
        name=table.name,
        source=source,
        url=table.url,
        anchors=table.anchors,
        version=table.version,
        self_named=MILVUS_DOCS if milvus else None,
    )
