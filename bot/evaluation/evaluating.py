"""Runs an evaluation file through the bot, question by question."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from bot.answering import Answerer, Limits
from bot.errors import AnswerError, ModelUnavailable, RetrievalUnavailable
from bot.evaluation.scoring import Found, Said, holds
from bot.generation import prompt
from bot.model import Answer, Passage, Question, Turn
from bot.ports import Retriever
from bot.question import rewriting
from bot.search.searching import CANDIDATES

BUDGETS = (6_000, 12_000)


class BadEvaluationFile(Exception):
    """The file cannot be evaluated; ``str()`` is a sentence with the line."""


def read_rows(path: Path, required: Sequence[str]) -> Sequence[Mapping[str, Any]]:
    """The rows of a JSON Lines file. Raises BadEvaluationFile."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadEvaluationFile(f"{path} cannot be read as a UTF-8 text file.") from error
    rows = [_row(path, number, line, required) for number, line in enumerate(lines, 1) if line.strip()]
    if not rows:
        raise BadEvaluationFile(f"{path} holds no questions.")
    return rows


def read_questions(path: Path, required: Sequence[str]) -> Sequence[Mapping[str, Any]]:
    """The same for rows that ask: in ``question``, or in the last of their ``turns``."""
    rows = read_rows(path, required)
    for number, row in enumerate(rows, 1):
        if "turns" not in row and "question" not in row:
            raise BadEvaluationFile(f"{path}, question {number}: question and turns are missing.")
    return rows


async def search_all(
    rows: Sequence[Mapping[str, Any]], retriever: Retriever, limits: Limits
) -> AsyncIterator[Found]:
    """What each row's question finds, with the very context the bot would send."""
    await retriever.search("warm up", 1)
    for row in rows:
        start = perf_counter()
        hits = await retriever.search(searched(row), CANDIDATES)
        milliseconds = (perf_counter() - start) * 1000
        recalled = {budget: holds(_context(hits, limits, budget), row["snippet"]) for budget in BUDGETS}
        yield Found(row=row, passages=hits, recalled=recalled, milliseconds=milliseconds)


async def answer_all(rows: Sequence[Mapping[str, Any]], answerer: Answerer) -> AsyncIterator[Said]:
    """What the whole bot answers to each row's question."""
    for row in rows:
        yield Said(row=row, answer=await _answered(answerer, question_of(row)))


def searched(row: Mapping[str, Any]) -> str:
    """What is searched for to answer a row, without a model."""
    return rewriting.standalone(question_of(row))


def question_of(row: Mapping[str, Any]) -> Question:
    """A row as a question: ``question``, or ``turns`` whose last one is the question."""
    if "turns" not in row:
        return Question(text=row["question"])
    *before, last = row["turns"]
    history = [
        Turn(speaker="bot" if turn["role"] == "assistant" else "user", text=turn["content"])
        for turn in before
    ]
    return Question(text=last["content"], history=tuple(history))


async def _answered(answerer: Answerer, question: Question) -> Answer | None:
    try:
        async for event in answerer.answer(question):
            if isinstance(event, Answer):
                return event
    except RetrievalUnavailable:
        raise
    except (ModelUnavailable, AnswerError):
        return None
    return None


def _context(hits: Sequence[Passage], limits: Limits, budget: int) -> str:
    read = prompt.fitting(hits, count=limits.passages, chars=budget)
    return "\n".join(prompt.numbered(place, passage) for place, passage in enumerate(read, 1))


def _row(path: Path, number: int, line: str, required: Sequence[str]) -> Mapping[str, Any]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise BadEvaluationFile(f"{path}, line {number}: this is no JSON object.") from error
    missing = [name for name in required if not isinstance(row, dict) or name not in row]
    if missing:
        raise BadEvaluationFile(f"{path}, line {number}: {', '.join(missing)} is missing.")
    return dict(row)
