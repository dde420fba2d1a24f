"""Answers one question: search, read, write, cite; the core's only use case."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from time import perf_counter

from bot import confidence, prompt, rewriting, wording
from bot.citations import CitationFilter
from bot.errors import DeadlineExceeded, EmptyQuestion, ModelUnavailable
from bot.extracting import extract
from bot.model import Answer, Citation, Delta, Event, Kind, Notice, Passage, Progress, Question
from bot.ports import LanguageModel, Retriever
from bot.refusing import RefusalGate

log = logging.getLogger(__name__)
CANDIDATES = 30


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


class Answerer:
    """Turns a question into an answer, event by event."""

    def __init__(self, *, retriever: Retriever, model: LanguageModel | None, limits: Limits) -> None:
        """Without a ``model`` answers are made of the documentation's own sentences."""
        self._retriever, self._model, self._limits = retriever, model, limits

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
        asked = rewriting.cleaned(question.text, self._limits.question_chars)
        if not asked:
            raise EmptyQuestion("the question is empty")
        if not rewriting.has_words(asked):
            yield Answer(text=wording.NO_WORDS, kind="clarify")
            return
        if len(question.text) > len(asked) + self._limits.question_chars // 2:
            yield Notice(text=wording.SHORTENED.format(chars=self._limits.question_chars // 2))
        yield Progress(step=wording.SEARCHING)
        question = replace(question, text=asked)
        found = tuple(await self._retriever.search(rewriting.standalone(question), CANDIDATES))
        if not confidence.covered(found, self._limits.min_similarity):
            yield self._not_covered(found)
            return
        async with aclosing(self._written(question, found)) as events:
            async for event in events:
                yield event

    async def _written(self, question: Question, found: Sequence[Passage]) -> AsyncGenerator[Event, None]:
        read = prompt.fitting(found, count=self._limits.passages, chars=self._limits.context_chars)
        yield Progress(step=wording.reading(read))
        if self._model is not None:
            streamed = False
            try:
                async with aclosing(self._generated(self._model, question, read)) as events:
                    async for event in events:
                        streamed = streamed or isinstance(event, Delta)
                        yield event
                return
            except ModelUnavailable as error:
                if streamed:
                    raise
                log.info("model unavailable", extra={"reason": error.reason})
                yield Notice(text=f"{error.reason} {wording.EXTRACTING} {error.advice}".strip())
        yield self._extracted(question, found)

    async def _generated(
        self, model: LanguageModel, question: Question, read: Sequence[Passage]
    ) -> AsyncGenerator[Event, None]:
        gate, cited, parts = RefusalGate(), CitationFilter(read), []
        async with aclosing(model.stream(prompt.build(question, read))) as pieces:
            async for piece in pieces:
                if text := cited.feed(gate.feed(piece)):
                    parts.append(text)
                    yield Delta(text=text)
        if text := cited.feed(gate.end()) + cited.end():
            parts.append(text)
            yield Delta(text=text)
        if gate.refused:
            yield self._not_covered(read)
            return
        yield _answer("answered", "".join(parts).strip(), read, citations=cited.citations, model=model.name)

    def _extracted(self, question: Question, found: Sequence[Passage]) -> Answer:
        chosen = extract(rewriting.standalone(question), found, max_chars=self._limits.extract_chars)
        if not chosen.text:
            return self._not_covered(found)
        return _answer("extract", chosen.text, found, citations=chosen.citations)

    def _not_covered(self, found: Sequence[Passage]) -> Answer:
        return _answer("not_covered", wording.not_covered(found), found)


def _answer(
    kind: Kind, text: str, read: Sequence[Passage], *, citations: Sequence[Citation] = (), model: str = ""
) -> Answer:
    return Answer(
        text=text,
        kind=kind,
        citations=tuple(citations),
        confidence=round(confidence.confidence(read), 4),
        passages=tuple(read),
        model=model,
    )


def _log_answer(answer: Answer) -> None:
    # Sizes and times only: what people ask stays out of the logs.
    log.info(
        "answered",
        extra={
            "kind": answer.kind,
            "confidence": answer.confidence,
            "citations": len(answer.citations),
            "chars": len(answer.text),
            **{name: round(value) for name, value in answer.timings.items()},
        },
    )


def _ms(start: float) -> float:
    return round((perf_counter() - start) * 1000, 1)
