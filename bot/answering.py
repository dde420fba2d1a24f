"""Answers one question: search, read, write, cite; the core's only use case."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from time import perf_counter

from bot import wording
from bot.errors import DeadlineExceeded, EmptyQuestion
from bot.generation.composing import Composer, judged, not_covered
from bot.honesty import clarifying, declining
from bot.honesty.confidence import Scale
from bot.honesty.judging import Verdict
from bot.model import Answer, Delta, Event, Notice, Progress, Question
from bot.ports import LanguageModel, Reranker, Retriever
from bot.question import rewriting
from bot.question.insisting import asked_again
from bot.question.masking import masked
from bot.search import scoping
from bot.search.looking_up import LookingUp
from bot.search.searching import Searched, Searching

log = logging.getLogger(__name__)

FOR_WRITING, FOR_QUOTING = 0.5, 0.1
"""Shares of an answer's time: what lookups leave, and what a model leaves that has not said a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one answer may read, write and take."""

    passages: int = 24
    context_chars: int = 12_000
    extract_chars: int = 1_200
    question_chars: int = 4_000
    deadline_seconds: float = 60.0
    min_similarity: float | None = None
    """Least similarity of the best passage for a question to count as covered; None for any."""
    foreign_similarity: float | None = None
    """The same for the mean of the best five, for a question in another language; None: the same."""
    similarity_spread: float = 1.0
    """How many times closer together the similarities lie than MiniLM's."""

    @property
    def scale(self) -> Scale:
        """What similarities mean."""
        return Scale(
            floor=self.min_similarity, foreign=self.foreign_similarity, spread=self.similarity_spread
        )


class Answerer:
    """Turns a question into an answer, event by event."""

    def __init__(
        self,
        *,
        retriever: Retriever,
        model: LanguageModel | None,
        limits: Limits,
        reranker: Reranker | None = None,
        lookups: LookingUp | None = None,
    ) -> None:
        """Without a ``model`` answers are made of the documentation's own sentences.

        Without ``lookups`` the model gets what the search found and nothing else.
        """
        self._limits, self._lookups = limits, lookups
        self._searching = Searching(retriever=retriever, model=model, reranker=reranker, scale=limits.scale)
        self._composer = Composer(
            model=model,
            passages=limits.passages,
            context_chars=limits.context_chars,
            extract_chars=limits.extract_chars,
        )

    async def answer(self, question: Question) -> AsyncGenerator[Event, None]:
        """Progress, notices and text, then exactly one Answer; raises AnswerError where there is none."""
        deadline = asyncio.get_running_loop().time() + self._limits.deadline_seconds
        async with aclosing(self._timed(question, deadline)) as events:
            try:
                while True:
                    async with asyncio.timeout_at(deadline):
                        event = await anext(events)
                    yield event
            except StopAsyncIteration:
                return
            except TimeoutError as error:
                raise DeadlineExceeded(f"no answer within {self._limits.deadline_seconds:g} s") from error

    async def _timed(self, question: Question, deadline: float) -> AsyncGenerator[Event, None]:
        start, first = perf_counter(), 0.0
        timings: dict[str, float] = {}
        async with aclosing(self._events(question, deadline)) as events:
            async for event in events:
                if isinstance(event, Progress) and event.step != wording.SEARCHING:
                    timings.setdefault("retrieve_ms", _ms(start))
                if isinstance(event, Delta):
                    first = first or _ms(start)
                if isinstance(event, Answer):
                    total = _ms(start)
                    timings |= {"first_token_ms": first or total, "total_ms": total}
                    timings.setdefault("retrieve_ms", total)
                    timed = replace(event, timings=timings)
                    _log_answer(timed)
                    yield timed
                    return
                yield event

    async def _events(self, question: Question, deadline: float) -> AsyncGenerator[Event, None]:
        question, secrets = _masked(asked_again(question))
        if secrets:
            yield Notice(text=wording.masked(secrets))
        asked = rewriting.cleaned(question.text, self._limits.question_chars)
        if not asked:
            raise EmptyQuestion("the question is empty")
        if not rewriting.has_words(asked):
            yield Answer(text=wording.NO_WORDS, kind="clarify")
            return
        if declining.declined(asked):
            yield Answer(text=wording.DECLINED, kind="declined")
            return
        if len(question.text) > len(asked) + self._limits.question_chars // 2:
            yield Notice(text=wording.SHORTENED.format(chars=self._limits.question_chars // 2))
        yield Progress(step=wording.SEARCHING)
        async with aclosing(self._searched(replace(question, text=asked), deadline)) as events:
            async for event in events:
                yield event

    async def _searched(self, question: Question, deadline: float) -> AsyncGenerator[Event, None]:
        searched = await self._searching.search(question)
        if elsewhere := scoping.elsewhere(searched.narrowed):
            yield Notice(text=elsewhere)
        if clarifying.wanted(searched.asked):
            back = clarifying.question_back(searched.asked.text, searched.found)
            yield judged(Answer(text=back, kind="clarify"), searched.found, searched.verdict)
            return
        # Who insists gets more than the same search again.
        weak = _weak(searched.verdict) or question.effort == "high"
        if weak:
            async with aclosing(self._further(searched, deadline)) as steps:
                async for step in steps:
                    if isinstance(step, Progress):
                        yield step
                    else:
                        searched = step
        if not searched.verdict.covered:
            yield not_covered(searched.found, searched.verdict)
            return
        async with aclosing(self._written(question, searched, deadline, again=not weak)) as events:
            async for event in events:
                yield event

    async def _written(
        self, question: Question, searched: Searched, deadline: float, *, again: bool
    ) -> AsyncGenerator[Event, None]:
        """The answer; one more try with what the model looks up, where it says that nothing answers."""
        until = deadline - self._limits.deadline_seconds * FOR_QUOTING
        refusal = None
        async with aclosing(self._composer.compose(question, searched, until)) as events:
            async for event in events:
                if again and isinstance(event, Answer) and event.kind == "not_covered":
                    refusal = event
                else:
                    yield event
        if refusal is None:
            return
        more = None
        async with aclosing(self._further(searched, deadline)) as steps:
            async for step in steps:
                if isinstance(step, Progress):
                    yield step
                else:
                    more = step
        if more is None or not more.verdict.covered:
            yield refusal
            return
        async with aclosing(self._written(question, more, deadline, again=False)) as events:
            async for event in events:
                yield event

    async def _further(
        self, searched: Searched, deadline: float
    ) -> AsyncGenerator[Progress | Searched, None]:
        """What the model looks up; nothing where that is switched off."""
        if self._lookups is None:
            return
        until = deadline - self._limits.deadline_seconds * FOR_WRITING
        async with aclosing(self._lookups.look(searched, until)) as events:
            async for event in events:
                yield event


def _weak(verdict: Verdict) -> bool:
    return verdict.doubtful or not verdict.covered


def _masked(question: Question) -> tuple[Question, Sequence[str]]:
    """The question and its conversation without secrets, and what kinds of secrets the question held."""
    text, found = masked(question.text)
    history = tuple(replace(turn, text=masked(turn.text)[0]) for turn in question.history)
    return replace(question, text=text, history=history), found


def _log_answer(answer: Answer) -> None:
    # Sizes and times only: what people ask stays out of the logs.
    log.info(
        "answered",
        extra={
            "kind": answer.kind,
            "confidence": answer.confidence,
            "citations": len(answer.citations),
            "unsupported": answer.unsupported,
            "uncertain": answer.uncertain,
            "chars": len(answer.text),
            **{name: round(value) for name, value in answer.timings.items()},
        },
    )


def _ms(start: float) -> float:
    return round((perf_counter() - start) * 1000, 1)
