"""The words the indexing core is written in: pages, chunks, plans, reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from indexer.anchors import AnchorStyle

Outcome = Literal["running", "done", "nothing to do", "refused", "failed", "cut off"]
"""How a run, or one source within it, ended. Refused: the plan looked wrong; failed: something was down."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class PageKey:
    """Identifies a page among all sources."""

    source: str
    path: str
    """Relative to the source's root, with ``/`` (``faq/product_faq.md``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One documentation page as Markdown, its variables and fragments put in."""

    key: PageKey
    title: str
    url: str
    """The page's address, without an anchor."""
    text: str
    fingerprint: str
    """Hash of all that the index keeps of the page: equal fingerprint, nothing to do."""
    version: str = ""
    """Of the product that the page describes; empty where that is not said."""
    anchors: AnchorStyle = "github"
    """How its headings are linked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A piece of Markdown that is never cut inside unless it is larger than a chunk."""

    kind: Literal["heading", "paragraph", "list", "table", "code", "quote"]
    text: str
    """Markdown; of a heading, its words alone."""
    level: int = 0
    """Of a heading, 1 to 6; otherwise 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A part of a page that is embedded and found as one."""

    key: PageKey
    ordinal: int
    """Position within the page, from 0, without gaps."""
    title: str
    heading: str
    """Headings above the text, outermost first, joined by `` > ``."""
    url: str
    """The section's address, its anchor included."""
    text: str
    fingerprint: str
    """The page's."""
    of: int
    """How many chunks the page has: an index that holds fewer is healed by the next run."""
    version: str = ""
    """The page's. It is no part of :attr:`embedded`: another version of the same text has the same vector."""

    @property
    def embedded(self) -> str:
        """What the embedding model reads: title and headings in front of the text."""
        parts = [self.title] if not self.heading.startswith(self.title) else []
        return "\n".join([*parts, *([self.heading] if self.heading else []), self.text])

    @property
    def digest(self) -> str:
        """32 hexadecimal digits of :attr:`embedded`: equal digest, equal vector."""
        return sha256(self.embedded.encode("utf-8", "surrogatepass")).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """What the index holds of a page."""

    fingerprint: str
    """Empty where the page's chunks disagree or some are missing: a write was cut off."""
    chunks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A page that could not be read, with the reason as a sentence."""

    key: PageKey
    reason: str
    gone: bool = False
    """The page was read and holds nothing: what was indexed of it is removed, not kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """What a run did with one source."""

    source: str
    outcome: Outcome = "done"
    message: str = ""
    """Why it was refused or failed, as a sentence; empty otherwise."""
    revision: str = ""
    """What was read: a commit, a checksum; empty where the source has none."""
    before: str = ""
    """The revision that the index held before; empty where none is known."""
    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    failed: tuple[Failure, ...] = ()
    chunks_written: int = 0
    chunks_embedded: int = 0
    """Of those written; the others' vectors were in the index already."""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A source that a run leaves as it is, and why."""

    source: str
    outcome: Literal["refused", "failed"]
    reason: str
    """A sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRead:
    """A source that was read for a plan."""

    source: str
    revision: str
    """A commit, a checksum; empty where the source has none."""
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run will do; a value, so that a dry run only prints it."""

    added: tuple[Page, ...] = ()
    changed: tuple[Page, ...] = ()
    removed: tuple[PageKey, ...] = ()
    current: tuple[PageKey, ...] = ()
    """Pages that the index holds as they are."""
    failed: tuple[Failure, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    readings: tuple[SourceRead, ...] = ()

    @property
    def unchanged(self) -> int:
        """How many pages need nothing."""
        return len(self.current)

    @property
    def write(self) -> Sequence[Page]:
        """Pages whose chunks are written, in order."""
        return (*self.added, *self.changed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a run did."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    failed: tuple[Failure, ...] = ()
    chunks_written: int = 0
    chunks_embedded: int = 0
    """Of those written; the others' vectors were in the index already."""
    chunks_removed: int = 0
    chunks_total: int = 0
    seconds: float = 0.0
    embed_seconds: float = 0.0
    sources: tuple[SourceReport, ...] = ()
