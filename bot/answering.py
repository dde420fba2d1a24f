"""Answers one question: search, read, write, cite; the core's only use case."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from time import perf_counter

from bot import wording
from bot.errors import DeadlineExceeded, EmptyQuestion, ModelUnavailable
from bot.extract.extracting import extract, opening
from bot.generation import prompt
from bot.generation.writing import Writing, in_another_script
from bot.honesty import clarifying, declining
from bot.honesty.confidence import Scale
from bot.honesty.judging import Verdict
from bot.model import Answer, Delta, Event, Notice, Passage, Progress, Question
from bot.ports import LanguageModel, Reranker, Retriever
from bot.question import rewriting
from bot.question.insisting import asked_again
from bot.question.languages import is_english
from bot.question.masking import masked
from bot.search.searching import Searched, Searching

log = logging.getLogger(__name__)


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
    ) -> None:
        """Without a ``model`` answers are made of the documentation's own sentences."""
        self._model, self._limits = model, limits
        self._searching = Searching(retriever=retriever, model=model, reranker=reranker, scale=limits.scale)

    async def answer(self, question: Question) -> AsyncGenerator[Event, None]:
        """Progress, notices and text, then exactly one Answer; raises AnswerError where there is none."""
        deadline = asyncio.get_running_loop().time() + self._limits.deadline_seconds
        async with aclosing(self._timed(question)) as events:
            try:
                while True:
                    async with asyncio.timeout_at(deadline):
                        event = await anext(events)
                    yield event
            except StopAsyncIteration:
                return
            except TimeoutError as error:
                raise DeadlineExceeded(f"no answer within {self._limits.deadline_seconds:g} s") from error

    async def _timed(self, question: Question) -> AsyncGenerator[Event, None]:
        start, first = perf_counter(), 0.0
        timings: dict[str, float] = {}
        async with aclosing(self._events(question)) as events:
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

    async def _events(self, question: Question) -> AsyncGenerator[Event, None]:
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
        async with aclosing(self._searched(replace(question, text=asked))) as events:
            async for event in events:
                yield event

    async def _searched(self, question: Question) -> AsyncGenerator[Event, None]:
        searched = await self._searching.search(question)
        found, verdict = searched.found, searched.verdict
        if clarifying.wanted(searched.asked):
            back = clarifying.question_back(searched.asked.text, found)
            yield _answer(Answer(text=back, kind="clarify"), found, verdict)
        elif not verdict.covered:
            yield _not_covered(found, verdict)
        else:
            async with aclosing(self._written(question, searched)) as events:
                async for event in events:
                    yield event

    async def _written(self, question: Question, searched: Searched) -> AsyncGenerator[Event, None]:
        verdict = searched.verdict
        read = prompt.fitting(searched.found, count=self._limits.passages, chars=self._limits.context_chars)
        yield Progress(step=wording.reading(read))
        if self._model is not None:
            streamed = False
            try:
                async with aclosing(self._generated(self._model, question, read, verdict)) as events:
                    async for event in events:
                        streamed = streamed or isinstance(event, Delta)
                        yield event
                        if isinstance(event, Answer):
                            return
                yield Notice(text=wording.NOTHING_WRITTEN)
            except ModelUnavailable as error:
                if streamed:
                    raise
                log.info("model unavailable", extra={"reason": error.reason})
                yield Notice(text=f"{error.reason} {wording.EXTRACTING} {error.advice}".strip())
        yield self._extracted(searched)

    async def _generated(
        self, model: LanguageModel, question: Question, read: Sequence[Passage], verdict: Verdict
    ) -> AsyncGenerator[Event, None]:
        """Text and the answer; no answer where the model wrote nothing."""
        writing, lead = Writing(read), wording.mentions(verdict.missing)
        messages = prompt.build(question, read, missing=verdict.missing)
        async with aclosing(model.stream(messages, effort=question.effort)) as pieces:
            async for piece in pieces:
                if text := writing.feed(piece):
                    yield Delta(text=lead + text)
                    lead = ""
                if writing.stopped:
                    break
        if text := writing.end():
            yield Delta(text=lead + text)
        for event in _ending(writing, question, read, verdict, model.name):
            yield event

    def _extracted(self, searched: Searched) -> Answer:
        found, verdict = searched.found, searched.verdict
        lead = f"{wording.doubt(verdict.missing)}\n\n" if verdict.doubtful else ""
        chars = self._limits.extract_chars - len(lead)
        chosen = extract(searched.query, found, max_chars=chars)
        if not chosen.text and not is_english(searched.query):
            chosen = opening(found, max_chars=chars)
        if not chosen.text:
            return _not_covered(found, verdict)
        answer = Answer(text=lead + chosen.text, kind="extract", citations=chosen.citations)
        return _answer(replace(answer, uncertain=verdict.doubtful), found, verdict)


def _masked(question: Question) -> tuple[Question, Sequence[str]]:
    """The question and its conversation without secrets, and what kinds of secrets the question held."""
    text, found = masked(question.text)
    history = tuple(replace(turn, text=masked(turn.text)[0]) for turn in question.history)
    return replace(question, text=text, history=history), found


def _ending(
    writing: Writing, question: Question, read: Sequence[Passage], verdict: Verdict, model: str
) -> Iterator[Event]:
    """What is said behind a model's text, and the answer that it is; nothing where there is no text."""
    if writing.stopped == "refused":
        yield _not_covered(read, verdict)
        return
    if writing.stopped == "echo":
        yield _answer(Answer(text=wording.DECLINED, kind="declined"), read, verdict)
        return
    text, doubt = writing.text, ""
    if not text:
        return
    if writing.stopped == "loop":
        yield Notice(text=wording.REPEATING)
    if in_another_script(question.text, text):
        yield Notice(text=wording.OTHER_SCRIPT)
    if not writing.grounded:
        doubt = f"\n\n{wording.UNGROUNDED}"
        yield Delta(text=doubt)
    answer = Answer(
        text=wording.mentions(verdict.missing) + text + doubt,
        kind="answered",
        citations=writing.citations,
        model=model,
        uncertain=bool(verdict.missing or doubt),
        unsupported=writing.unsupported,
    )
    yield _answer(answer, read, verdict)


def _not_covered(found: Sequence[Passage], verdict: Verdict) -> Answer:
    return _answer(Answer(text=wording.not_covered(found), kind="not_covered"), found, verdict)


def _answer(answer: Answer, read: Sequence[Passage], verdict: Verdict) -> Answer:
    return replace(answer, passages=tuple(read), confidence=round(verdict.confidence, 4))


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
