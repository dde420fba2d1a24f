"""Runs the rows of an evaluation file through the bot, question by question."""

from collections.abc import AsyncIterator, Mapping, Sequence
from time import perf_counter
from typing import Any

from bot.answering import Answerer, Limits
from bot.errors import AnswerError, ModelUnavailable, RetrievalUnavailable
from bot.evaluation.scoring import Found, Said, holds
from bot.generation import prompt
from bot.model import Answer, Passage, Question, Turn
from bot.ports import Retriever
from bot.question import rewriting
from bot.search.searching import CANDIDATES, Searching

BUDGETS = (6_000, 12_000)


async def search_all(
    rows: Sequence[Mapping[str, Any]],
    retriever: Retriever,
    limits: Limits,
    searching: Searching | None = None,
) -> AsyncIterator[Found]:
    """What each row's question finds, with the very context the bot would send.

    With ``searching`` as the bot searches: rewritten, and looked for with further words, by its model.
    """
    await retriever.search("warm up", 1)
    for row in rows:
        start = perf_counter()
        if searching is None:
            hits = await retriever.search(searched(row), CANDIDATES)
        else:
            hits = (await searching.search(question_of(row))).found
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
