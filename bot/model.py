"""The words the answering core is written in: questions, passages, answers, events."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["answered", "extract", "not_covered", "clarify", "declined"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One earlier message of a conversation."""

    speaker: Literal["user", "bot"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a question was asked: ``terminal``, or a platform's channel and thread."""

    platform: str = "terminal"
    workspace: str = ""
    """The team or server that the channel belongs to."""
    channel: str = ""
    thread: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One source of documentation as the index holds it."""

    source: str
    version: str = ""
    """Of the product that it describes, such as ``2.6``; empty where that is not said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which part of the documentation is searched; empty for all of it."""

    sources: tuple[str, ...] = ()
    """Names of sources."""
    versions: tuple[str, ...] = ()
    """Of the product. What is of no version belongs to all of them."""

    def holds(self, edition: Edition) -> bool:
        """Whether ``edition`` is within."""
        named = not self.sources or edition.source in self.sources
        return named and (not self.versions or edition.version in ("", *self.versions))


EVERYTHING = Scope()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What somebody asked, with the conversation before it (oldest turn first)."""

    text: str
    history: tuple[Turn, ...] = ()
    place: Place = Place()
    asker: str = ""
    ref: str = ""
    """Identifies the question in the logs."""
    effort: str = ""
    """How hard a reasoning model shall think: ``low``, ``medium``, ``high``; empty for the configured one."""
    scope: Scope = EVERYTHING
    """Where the answer is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of documentation that may answer, best first in any sequence of passages."""

    text: str
    """Markdown of one part of a section: whole paragraphs, code fences, tables."""
    title: str
    heading: str
    """Headings above the text, outermost first, joined by `` > ``; empty before the first one."""
    url: str
    """The section's address, its anchor included."""
    path: str
    """The page, relative to its source's root (``faq/product_faq.md``)."""
    score: float
    """Rank score, 0 to 1, comparable within one search only."""
    similarity: float | None = None
    """Cosine of question and passage, comparable between searches; None where not known."""
    ordinal: int = 0
    """Position of the passage within its page, from 0."""
    source: str = ""
    """The name of the source that the page is of."""
    version: str = ""
    """Of the product that the page describes, such as ``2.6``; empty where that is not said."""

    @property
    def section(self) -> tuple[str, str]:
        """What tells sections of pages apart: two versions may have one address, some pages have none."""
        page = "" if self.url.partition("#")[0] else f"{self.source}/{self.path}"
        return self.version, page + self.url


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A numbered source below an answer; ``number`` is the ``[n]`` in its text."""

    number: int
    title: str
    heading: str
    url: str
    path: str = ""
    version: str = ""
    """Of the product that the page describes, such as ``2.6``; empty where that is not said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The end of a question: its text, its sources and what kind of answer it is."""

    text: str
    kind: Kind
    citations: tuple[Citation, ...] = ()
    confidence: float = 0.0
    """0 to 1: how likely the documentation covers the question, 0 where it was not searched."""
    passages: tuple[Passage, ...] = ()
    """What was read to answer, best first."""
    model: str = ""
    """The chat model that wrote it; empty for answers made of the documentation's own sentences."""
    timings: Mapping[str, float] = field(default_factory=dict)
    """Milliseconds: ``retrieve_ms``, ``first_token_ms``, ``total_ms``."""
    uncertain: bool = False
    """Whether the text may not answer: it says so itself, and surfaces may mark it."""
    unsupported: int = 0
    """Citations of the model that were taken out because their passage does not say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A sentence that says what is being done, shown until the answer's first words."""

    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A sentence the asker should see beside the answer, such as a model server that is down."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """The next words of the answer."""

    text: str


Event = Progress | Notice | Delta | Answer
"""One answer is any number of the first three, then exactly one Answer, or an AnswerError raised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a prompt for a chat model."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """Something a chat model may ask for while it looks for an answer."""

    name: str
    description: str
    parameters: Mapping[str, Any]
    """JSON Schema of an object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """What a chat model asks a tool for."""

    name: str
    """As the model wrote it: there may be no such tool."""
    arguments: str
    """JSON as the model wrote it, which may be none."""
