"""Searches for a question: one English text, a second try where the first is weak, ranked anew if wanted."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.honesty import clarifying, judging
from bot.honesty.confidence import Scale
from bot.honesty.judging import Verdict
from bot.honesty.mentioning import unmentioned
from bot.honesty.stripping import NOT_BARE, Bare, stripped
from bot.model import Passage, Question
from bot.ports import LanguageModel, Reranker, Retriever
from bot.question import rewriting
from bot.question.traces import telling
from bot.search import scoping, widening
from bot.search.scoping import ANYWHERE, Narrowed

CANDIDATES = 30
MENTIONS = 10
"""Passages that are looked through for a name that the first search did not bring."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What a question found, and what that is worth."""

    query: str
    """What was searched for."""
    asked: Question
    """The question as it was judged: its text is English where a model made it so."""
    found: tuple[Passage, ...]
    """Best first."""
    verdict: Verdict
    narrowed: Narrowed = ANYWHERE
    """Where it was looked for."""


class Searching:
    """Finds what an answer is made of."""

    def __init__(
        self,
        *,
        retriever: Retriever,
        model: LanguageModel | None,
        reranker: Reranker | None = None,
        scale: Scale,
    ) -> None:
        """Without a ``model`` there is one search, of what was typed."""
        self._retriever, self._model, self._reranker = retriever, model, reranker
        self._scale = scale

    async def search(self, question: Question) -> Searched:
        """Passages and their verdict. Raises RetrievalUnavailable."""
        rewritten = await rewriting.rewritten(question, self._model)
        asked = replace(question, text=rewritten.query) if rewritten.by_model else question
        editions = await self._retriever.editions()
        narrowed = scoping.narrowed(question, rewritten.query if rewritten.by_model else "", editions)
        found = await self._found(rewritten.query, narrowed)
        verdict = await self._judged(asked, rewritten.query, found, narrowed)
        first = Searched(query=rewritten.query, asked=asked, found=found, verdict=verdict, narrowed=narrowed)
        # A model that just failed to rewrite is not asked a second time.
        able = rewritten.by_model or not rewriting.needs_model(question)
        best = await self._widened(first) if able else await self._alone(first)
        return await self._reranked(best)

    async def _found(self, query: str, narrowed: Narrowed, limit: int = CANDIDATES) -> tuple[Passage, ...]:
        return tuple(await self._retriever.search(query, limit, scope=narrowed.scope))

    async def _judged(
        self, asked: Question, query: str, found: Sequence[Passage], narrowed: Narrowed
    ) -> Verdict:
        text = narrowed.unversioned(asked.text)
        missing = unmentioned(text, found)
        # Many words share a search; before a name is called unknown it is searched for alone.
        more = await self._found(" ".join(missing), narrowed, MENTIONS) if missing else ()
        # A product's own name is near to all of its pages: what is asked about it has to be near as well.
        # A follow-up leaves that to the turns before it.
        rest = stripped(query, found) if query == telling(asked.text) else ""
        bare = Bare(text=rest, found=await self._found(rest, narrowed, MENTIONS)) if rest else NOT_BARE
        return judging.judge(text, found, self._scale, more=more, bare=bare)

    async def _alone(self, first: Searched) -> Searched:
        """The last message without the turns before it, where only that covers: the subject has changed."""
        query = telling(first.asked.text)
        if first.verdict.covered or query == first.query or clarifying.wanted(first.asked):
            return first
        found = await self._found(query, first.narrowed)
        verdict = await self._judged(first.asked, query, found, first.narrowed)
        return replace(first, query=query, found=found, verdict=verdict) if verdict.covered else first

    async def _widened(self, first: Searched) -> Searched:
        weak = first.verdict.doubtful or not first.verdict.covered
        if self._model is None or not weak or not first.found or clarifying.wanted(first.asked):
            return first
        queries = await widening.queries(first.query, self._model)
        if not queries:
            return first
        more = await asyncio.gather(*(self._found(query, first.narrowed) for query in queries))
        found = widening.merged([first.found, *more])[:CANDIDATES]
        verdict = await self._judged(first.asked, first.query, found, first.narrowed)
        return replace(first, found=found, verdict=verdict)

    async def _reranked(self, searched: Searched) -> Searched:
        if self._reranker is None or not searched.verdict.covered or len(searched.found) < 2:
            return searched
        return replace(searched, found=tuple(await self._reranker.rerank(searched.query, searched.found)))
