"""Sorts the messages of an evaluation file and scores what came out against their labels."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bot.errors import RetrievalUnavailable
from bot.evaluation.intervals import interval
from bot.evaluation.scoring import share
from bot.model import Passage
from bot.ports import LanguageModel, Retriever
from bot.triage.prompt import PASSAGES
from bot.triage.sorting import CATEGORIES, SEVERITIES, Triage, triage

FIELDS = ("message", "category", "severity", "needs_human")
COMPARED = ("category", "severity", "needs_human", "component")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """A row of the file with what triage made of its message."""

    row: Mapping[str, Any]
    triage: Triage


def problem(row: Mapping[str, Any]) -> str:
    """What is wrong with a row's labels, as the end of a sentence; empty where they can be compared."""
    if not isinstance(row["message"], str):
        return "message is no text"
    if row["category"] not in CATEGORIES:
        return f"category is none of {', '.join(CATEGORIES)}"
    if row["severity"] not in SEVERITIES:
        return f"severity is none of {', '.join(SEVERITIES)}"
    return "" if isinstance(row["needs_human"], bool) else "needs_human is neither true nor false"


async def sort_all(
    rows: Sequence[Mapping[str, Any]], retriever: Retriever, model: LanguageModel | None
) -> AsyncIterator[Sorted]:
    """Each row's message as a support team would see it; without an index there are no passages."""
    indexed = True
    for row in rows:
        passages: Sequence[Passage] = ()
        if indexed and row["message"].strip():
            try:
                passages = await retriever.search(row["message"], PASSAGES)
            except RetrievalUnavailable:
                indexed = False
        yield Sorted(row=row, triage=await triage(row["message"], passages, model))


def scores(results: Sequence[Sorted]) -> dict[str, Any]:
    """Shares of right labels, and how many messages a model decided; ``interval`` is 95 % (bootstrap)."""
    outcomes = {
        "category_accuracy": [right(one, "category") for one in results],
        "severity_accuracy": [right(one, "severity") for one in results],
        "needs_human_recall": [one.triage.needs_human for one in results if one.row["needs_human"]],
        "needs_human_precision": [one.row["needs_human"] for one in results if one.triage.needs_human],
    }
    named = [right(one, "component") for one in results if "component" in one.row]
    if named:
        outcomes["component_accuracy"] = named
    return {
        "n": len(results),
        **{name: share(values) for name, values in outcomes.items()},
        "critical_called_low": sum(_missed(one) for one in results),
        "by_model": sum(bool(one.triage.model) for one in results),
        "interval": {name: list(interval(values)) for name, values in outcomes.items()},
    }


def right(one: Sorted, field: str) -> bool:
    """Whether ``field`` is as the row says; yes where the row does not say."""
    return bool(field not in one.row or one.row[field] == getattr(one.triage, field))


def wrong(one: Sorted) -> dict[str, Any]:
    """What was expected and what came out, for a row that is not all right; empty otherwise."""
    fields = [field for field in COMPARED if not right(one, field)]
    if not fields:
        return {}
    said = asdict(one.triage)
    differences = {field: f"{said[field]}, not {one.row[field]}" for field in fields}
    return {
        "id": one.row.get("id"),
        "message": one.row["message"],
        **differences,
        "confidence": said["confidence"],
    }


def _missed(one: Sorted) -> bool:
    return bool(one.row["severity"] == "critical" and one.triage.severity == "low")
