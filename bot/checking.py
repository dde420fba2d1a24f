"""What a check-up found, in words."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at; ``fail``: what is configured cannot work until it is mended."""

    name: str
    status: Literal["ok", "warn", "fail"]
    detail: str
    """A sentence: what is there, or what is wrong and what to do."""
