"""Scores what was found and said against an evaluation file's gold answers (pure)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import quantiles
from typing import Any

from bot.evaluation.intervals import interval
from bot.model import Answer, Passage

RANKS = (1, 3, 5, 10)
MARKER = re.compile(r"\[(\d{1,3})\]")
CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one question found: the ranked passages, and per budget whether its context holds the snippet."""

    row: Mapping[str, Any]
    passages: Sequence[Passage]
    recalled: Mapping[int, bool]
    milliseconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one question was answered; ``answer`` is None where an error ended it."""

    row: Mapping[str, Any]
    answer: Answer | None


def folded(text: str) -> str:
    """``text`` without differences of case and white space."""
    return re.sub(r"\s+", " ", text).strip().lower()


def holds(text: str, snippet: str) -> bool:
    """Whether ``snippet`` stands in ``text``, white space folded and case ignored."""
    return folded(snippet) in folded(text)


def rank(found: Found) -> int:
    """Place, from 1, of the first passage from a gold page; 0 where there is none."""
    gold = set(found.row["gold"])
    return next((place for place, hit in enumerate(found.passages, 1) if hit.path in gold), 0)


def retrieval(results: Sequence[Found]) -> dict[str, Any]:
    """hit@k, mean reciprocal rank, context recall by budget, milliseconds a search.

    ``interval``: of each share, between which two others it lies with 95 % (bootstrap). ``by_kind``: the
    most telling shares for each kind of question, or for each language where the rows name one.
    """
    ranks, times = [rank(found) for found in results], [found.milliseconds for found in results]
    outcomes = _outcomes(results)
    scores: dict[str, Any] = {"n": len(results)}
    scores |= {name: share(values) for name, values in outcomes.items() if name.startswith("hit")}
    scores["mrr"] = round(sum(1 / place for place in ranks if place) / len(ranks), 4) if ranks else 0.0
    scores |= {name: share(values) for name, values in outcomes.items() if not name.startswith("hit")}
    scores |= {"p50_ms": percentile(times, 50), "p95_ms": percentile(times, 95)}
    scores["interval"] = {name: list(interval(values)) for name, values in outcomes.items()}
    return scores | {"by_kind": _by_kind(results)}


def _outcomes(results: Sequence[Found]) -> Mapping[str, Sequence[bool]]:
    """Name of a share to what came out, question by question."""
    hits = {f"hit@{k}": [0 < rank(found) <= k for found in results] for k in RANKS}
    budgets = results[0].recalled if results else ()
    return hits | {f"context_recall@{size}": [found.recalled[size] for found in results] for size in budgets}


def _by_kind(results: Sequence[Found]) -> Mapping[str, Mapping[str, float | int]]:
    groups: dict[str, list[Found]] = {}
    for found in results:
        kind = str(found.row.get("lang") or found.row.get("kind") or "")
        groups.setdefault(kind, []).append(found)
    return {
        kind: {"n": len(some)} | {name: share(values) for name, values in _outcomes(some).items()}
        for kind, some in groups.items()
        if kind
    }


def answers(results: Sequence[Said]) -> dict[str, Any]:
    """Share of answers with one of their facts, with true citations, refused; each with its ``interval``."""
    outcomes = {
        "facts_found": [facts_found(said) for said in results],
        "citations_valid": [citations_valid(said.answer) for said in results],
        "refused": [refused(said.answer) for said in results],
    }
    return {
        "n": len(results),
        **{name: share(values) for name, values in outcomes.items()},
        "interval": {name: list(interval(values)) for name, values in outcomes.items()},
    }


def refusal(results: Sequence[Said], answerable: Sequence[Said]) -> dict[str, Any]:
    """Per kind of unanswerable question how many were not answered; how many answerable ones neither."""
    kinds = dict.fromkeys(said.row["kind"] for said in results)
    by_kind = {kind: [said.answer for said in results if said.row["kind"] == kind] for kind in kinds}
    return {
        "n": len(results),
        "by_kind": {
            kind: {
                "n": len(given),
                "not_answered": share([refused(answer) for answer in given]),
                "flagged": share([flagged(answer) for answer in given]),
            }
            for kind, given in by_kind.items()
        },
        "false_refusals": share([refused(said.answer) for said in answerable]),
        "false_flags": share([flagged(said.answer) for said in answerable]),
        "answerable_n": len(answerable),
    }


def facts_found(said: Said) -> bool:
    """Whether the answer names at least one of the row's facts."""
    return said.answer is not None and any(holds(said.answer.text, fact) for fact in said.row["facts"])


def citations_valid(answer: Answer | None) -> bool:
    """Whether there is a source, each marker in the text names one, and each source is named."""
    if answer is None:
        return False
    marked = {int(number) for number in MARKER.findall(CODE.sub("", answer.text))}
    return bool(marked) and marked == {citation.number for citation in answer.citations}


def refused(answer: Answer | None) -> bool:
    """Whether the question was not answered as if it were covered."""
    return answer is None or answer.kind in ("not_covered", "clarify", "declined")


def flagged(answer: Answer | None) -> bool:
    """Whether the question was not answered, or answered with a word of doubt."""
    return refused(answer) or (answer is not None and answer.uncertain)


def share(outcomes: Sequence[bool]) -> float:
    """Share of true outcomes, 0 for none at all."""
    return round(sum(outcomes) / len(outcomes), 4) if outcomes else 0.0


def percentile(values: Sequence[float], percent: int) -> float:
    """The value below which ``percent`` of ``values`` lie, 1 decimal."""
    if len(values) < 2:
        return round(values[0], 1) if values else 0.0
    return round(quantiles(values, n=100, method="inclusive")[percent - 1], 1)
