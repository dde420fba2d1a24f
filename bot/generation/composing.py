"""Writes the answer to what was found: by the chat model, or from the documentation's own sentences."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import replace

from bot import wording
from bot.errors import ModelUnavailable
from bot.extract.extracting import extract, opening
from bot.generation import prompt
from bot.generation.writing import Writing, in_another_language
from bot.honesty.judging import Verdict
from bot.model import Answer, Delta, Event, Notice, Passage, Progress, Question
from bot.ports import LanguageModel
from bot.question.languages import is_english
from bot.search.searching import Searched

log = logging.getLogger(__name__)


class Composer:
    """Makes an answer, event by event, of what a search found."""

    def __init__(
        self, *, model: LanguageModel | None, passages: int, context_chars: int, extract_chars: int
    ) -> None:
        """Without a ``model`` answers are made of the documentation's own sentences.

        A model reads at most ``passages`` of ``context_chars`` together.
        """
        self._model = model
        self._passages, self._context_chars, self._extract_chars = passages, context_chars, extract_chars

    async def compose(
        self, question: Question, searched: Searched, until: float
    ) -> AsyncGenerator[Event, None]:
        """Progress, notices and text, then exactly one Answer.

        A model that has not said a word by ``until`` (the event loop's time) gives way to quotations.
        Raises ModelUnavailable where it fails after that.
        """
        read = prompt.fitting(searched.found, count=self._passages, chars=self._context_chars)
        yield Progress(step=wording.reading(read))
        if self._model is not None:
            streamed = False
            try:
                writing = self._generated(self._model, question, read, searched.verdict)
                async with aclosing(_begun(writing, until)) as events:
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
        chars = self._extract_chars - len(lead)
        chosen = extract(searched.query, found, max_chars=chars)
        if not chosen.text and not is_english(searched.query):
            chosen = opening(found, max_chars=chars)
        if not chosen.text:
            return not_covered(found, verdict)
        answer = Answer(text=lead + chosen.text, kind="extract", citations=chosen.citations)
        return judged(replace(answer, uncertain=verdict.doubtful), found, verdict)


async def _begun(events: AsyncGenerator[Event, None], until: float) -> AsyncGenerator[Event, None]:
    """``events``, of which the first comes by ``until``. Raises ModelUnavailable where it does not."""
    async with aclosing(events):
        try:
            async with asyncio.timeout_at(until):
                first = await anext(events, None)
        except TimeoutError as error:
            raise ModelUnavailable(wording.TOO_LATE) from error
        if first is not None:
            yield first
            async for event in events:
                yield event


def not_covered(found: Sequence[Passage], verdict: Verdict) -> Answer:
    """Says that the documentation does not answer, and what comes near."""
    return judged(Answer(text=wording.not_covered(found), kind="not_covered"), found, verdict)


def judged(answer: Answer, read: Sequence[Passage], verdict: Verdict) -> Answer:
    """``answer`` with what was read for it, and how far that can be trusted."""
    return replace(answer, passages=tuple(read), confidence=round(verdict.confidence, 4))


def _ending(
    writing: Writing, question: Question, read: Sequence[Passage], verdict: Verdict, model: str
) -> Iterator[Event]:
    """What is said behind a model's text, and the answer that it is; nothing where there is no text."""
    if writing.stopped == "refused":
        yield not_covered(read, verdict)
        return
    if writing.stopped == "echo":
        yield judged(Answer(text=wording.DECLINED, kind="declined"), read, verdict)
        return
    text, doubt = writing.text, ""
    if not text:
        return
    if writing.stopped == "loop":
        yield Notice(text=wording.REPEATING)
    if in_another_language(question.text, text):
        yield Notice(text=wording.OTHER_LANGUAGE)
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
    yield judged(answer, read, verdict)
