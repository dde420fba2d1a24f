"""What is remembered of indexing runs."""

from dataclasses import dataclass
from datetime import datetime

from indexer.model import Outcome, SourceReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run over some or all sources."""

    started: datetime
    """With its time zone."""
    cause: str = "by hand"
    """What set it off: ``by hand``, ``schedule``, ``webhook``."""
    owner: str = ""
    """The machine and process that ran it."""
    outcome: Outcome = "running"
    message: str = ""
    """Why it was refused or failed, as a sentence; empty otherwise."""
    seconds: float = 0.0
    chunks_total: int = 0
    sources: tuple[SourceReport, ...] = ()
