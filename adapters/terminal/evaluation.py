"""``docent eval``: runs a file through the bot and prints its scores."""

import json
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from rich.console import Console
from rich.progress import Progress

from adapters.terminal.streams import plain
from bot.answering import Answerer, Limits
from bot.errors import ModelUnavailable, sentence
from bot.evaluation import evaluating, judge_scoring, model_judge, scoring, triage_scoring
from bot.evaluation.rows import asks, read_rows
from bot.ports import LanguageModel, Retriever
from bot.search.searching import Searching

Result = TypeVar("Result", scoring.Found, scoring.Said, triage_scoring.Sorted, judge_scoring.Judged)


class Checked(Protocol):
    """A chat model that can be asked whether it is there."""

    async def check(self) -> str:
        """A sentence that says so. Raises ModelUnavailable."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """How scores are printed."""

    as_json: bool = False
    failures: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What is searched, and how."""

    retriever: Retriever
    limits: Limits
    searching: Searching | None = None
    """As the bot searches; None for the plain search of what was typed."""
    model: str = ""
    """The chat model that ``searching`` asks; empty for none."""


async def retrieval(file: Path, setup: Setup, show: Show, *, question: str = "question") -> None:
    """hit@k and context recall of each row's question, which stands in the field ``question``."""
    rows = read_rows(file, (question, "gold", "snippet"))
    found_by = evaluating.search_all(rows, setup.retriever, setup.limits, setup.searching)
    results = await _watched(found_by, len(rows))
    missed = [_missed(found) for found in results if not 0 < scoring.rank(found) <= 5]
    _print(scoring.retrieval(results) | {"model": setup.model or None}, missed, show)


async def answers_now(model: Checked) -> bool:
    """Whether the chat model is there; where it is not, standard error says so."""
    try:
        await model.check()
    except ModelUnavailable as error:
        print(plain(f"{sentence(error)} What follows is searched for without it."), file=sys.stderr)
        return False
    return True


async def answers(file: Path, answerer: Answerer, show: Show, judge: LanguageModel | None = None) -> bool:
    """Facts, citations and refusals of the whole bot, and what ``judge`` says of its answers.

    False where the judge failed at all that it was asked.
    """
    rows = read_rows(file, ("facts",), asks)
    results = await _watched(evaluating.answer_all(rows, answerer), len(rows))
    scores = scoring.answers(results)
    judged = [judge_scoring.Judged(said=said, verdict=None) for said in results]
    if judge is not None:
        judged = await _watched(model_judge.judge_all(results, judge), len(results), "Judging")
        scores["judge"] = judge_scoring.scores(judged, judge.name)
        _tell_failed(judged)
    problems = [(one, judge_scoring.wrong(one)) for one in judged]
    wrong = [_wrong(one.said, said) | judge_scoring.told(one) for one, said in problems if said]
    _print(scores, wrong, show)
    return not judge_scoring.silent(judged)


async def refusal(file: Path, answerable: Path | None, answerer: Answerer, show: Show) -> None:
    """How many unanswerable questions were answered, and how many answerable ones were not."""
    rows = read_rows(file, ("question", "kind"))
    good = read_rows(answerable, ("question",)) if answerable else ()
    results = await _watched(evaluating.answer_all([*rows, *good], answerer), len(rows) + len(good))
    bad, fine = results[: len(rows)], results[len(rows) :]
    wrong = [_wrong(said, "answered") for said in bad if not scoring.refused(said.answer)]
    wrong += [_wrong(said, "refused") for said in fine if scoring.refused(said.answer)]
    _print(scoring.refusal(bad, fine), wrong, show)


async def triage(file: Path, retriever: Retriever, model: LanguageModel | None, show: Show) -> None:
    """How many messages get the category, the severity and the people that they need."""
    rows = read_rows(file, triage_scoring.FIELDS, triage_scoring.problem)
    results = await _watched(triage_scoring.sort_all(rows, retriever, model), len(rows))
    wrong = [said for one in results if (said := triage_scoring.wrong(one))]
    _print(triage_scoring.scores(results), wrong, show)


def _tell_failed(judged: Sequence[judge_scoring.Judged]) -> None:
    reasons = [one.failed for one in judged if one.failed]
    if reasons:
        print(plain(f"{len(reasons)} answers were not judged. {reasons[0]}"), file=sys.stderr)


async def _watched(results: AsyncIterator[Result], total: int, doing: str = "Asking") -> list[Result]:
    console = Console(file=sys.stderr)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task(doing, total=total)
        collected = []
        async for result in results:
            collected.append(result)
            progress.advance(task)
    return collected


def _missed(found: scoring.Found) -> dict[str, Any]:
    return {
        "id": found.row.get("id"),
        "question": evaluating.question_of(found.row).text,
        "gold": found.row["gold"],
        "rank": scoring.rank(found),
        "found": list(dict.fromkeys(passage.path for passage in found.passages[:5])),
    }


def _wrong(said: scoring.Said, wrongly: str) -> dict[str, Any]:
    answer = said.answer
    return {
        "id": said.row.get("id"),
        "question": evaluating.question_of(said.row).text,
        "wrongly": wrongly,
        "confidence": answer.confidence if answer else None,
        "answer": answer.text if answer else None,
    }


def _print(scores: Mapping[str, Any], failures: Sequence[Mapping[str, Any]], show: Show) -> None:
    listed = failures if show.failures else ()
    if show.as_json:
        extra = {"failures": list(listed)} if show.failures else {}
        print(json.dumps(dict(scores) | extra, ensure_ascii=False))
        return
    print_table(scores)
    for failure in listed:
        print(plain("\n" + "\n".join(f"  {name}: {value}" for name, value in failure.items())))


def print_table(scores: Mapping[str, Any]) -> None:
    """One line a score, the interval beside it, then one line a kind of question where scores have kinds.

    Scores of their own, such as a judge's, stand below in the same way.
    """
    intervals = scores.get("interval", {})
    for name, value in scores.items():
        if name not in ("interval", "by_kind", "judge"):
            between = "  ({:.3f} to {:.3f})".format(*intervals[name]) if name in intervals else ""
            print(f"{name:25} {json.dumps(value)}{between}")
    _print_kinds(scores.get("by_kind", {}))
    if "judge" in scores:
        print("\njudge")
        print_table(scores["judge"])


def _print_kinds(groups: Mapping[str, Mapping[str, Any]]) -> None:
    columns = list(dict.fromkeys(column for group in groups.values() for column in group))
    if columns:
        print("\n" + f"{'kind':12}" + "".join(f"  {column}" for column in columns))
    for kind, group in groups.items():
        cells = (json.dumps(group.get(column)).rjust(len(column)) for column in columns)
        print(f"{kind[:12]:12}" + "".join(f"  {cell}" for cell in cells))
