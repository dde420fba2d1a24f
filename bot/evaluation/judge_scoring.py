"""Scores what a judge model said of the answers (pure)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from bot.evaluation.intervals import interval, mean_interval
from bot.evaluation.scoring import Said, facts_found, refused, share

Grade = Literal["yes", "partly", "no"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a judge says of one answer."""

    supported: Grade
    """By the passages that the answer cites."""
    correct: Grade
    """Against what the evaluation file expects."""
    helpful: int
    """1 to 5."""
    reason: str

    @property
    def good(self) -> bool:
        """Whether nothing is wrong with the answer."""
        return self.supported == "yes" and self.correct == "yes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """An answer and its verdict; None where it was not judged."""

    said: Said
    verdict: Verdict | None
    failed: str = ""
    """Why there is no verdict, as a sentence for people; empty for a refusal, which needs none."""


def scores(results: Sequence[Judged], model: str) -> dict[str, Any]:
    """Shares of the judged answers, each with its ``interval`` of 95 % (bootstrap).

    A refusal is not shown to the judge: it counts in ``refused``, and in ``answered_correctly`` as wrong.
    What the judge failed at (``failed``) counts in no share; None for a share of nothing.
    """
    verdicts = [one.verdict for one in results if one.verdict is not None]
    # Refusals alone tell nothing where the judge failed at all that it was asked.
    whole = [] if silent(results) else [one.verdict for one in results if not one.failed]
    outcomes: dict[str, Sequence[bool]] = {
        "supported": [one.supported == "yes" for one in verdicts],
        "supported_at_least_partly": [one.supported != "no" for one in verdicts],
        "correct": [one.correct == "yes" for one in verdicts],
        "correct_at_least_partly": [one.correct != "no" for one in verdicts],
        "answered_correctly": [one is not None and one.correct == "yes" for one in whole],
    }
    helpful = [one.helpful for one in verdicts]
    between = {name: list(interval(values)) for name, values in outcomes.items() if values}
    return {
        "model": model,
        "judged": len(verdicts),
        "failed": sum(bool(one.failed) for one in results),
        "refused": sum(refused(one.said.answer) for one in results),
        **{name: share(values) if values else None for name, values in outcomes.items()},
        "helpful": round(sum(helpful) / len(helpful), 2) if helpful else None,
        "interval": between | ({"helpful": list(mean_interval(helpful))} if helpful else {}),
    }


def silent(results: Sequence[Judged]) -> bool:
    """Whether the judge failed at all that it was asked."""
    return any(one.failed for one in results) and not any(one.verdict for one in results)


def told(judged: Judged) -> dict[str, Any]:
    """A verdict for a list of failures; empty where there is none."""
    return {"judge": asdict(judged.verdict)} if judged.verdict else {}


def wrong(judged: Judged) -> str:
    """What is wrong with an answer, in a few words; empty for nothing."""
    problems = [] if facts_found(judged.said) else ["without a fact"]
    if judged.verdict is not None and not judged.verdict.good:
        problems.append("faulted by the judge")
    return ", ".join(problems)
