"""Looks up what the documentation says nearest to a gap, for its drafted section."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.errors import RetrievalUnavailable
from bot.insight.gaps import Gap, NearestPage, quoting
from bot.model import Passage
from bot.ports import Retriever

SEARCHED = 8


async def with_page(gap: Gap, retriever: Retriever) -> Gap:
    """``gap`` with the words of its nearest page; as it was where the index cannot be searched."""
    try:
        found = await retriever.search(gap.questions[0].text, SEARCHED)
    except RetrievalUnavailable:
        return gap
    if not found:
        return gap
    if gap.page is None:
        return _placed(gap, found[0])
    same = (passage for passage in found if passage.path == gap.page.path)
    best = next(same, None)
    return quoting(gap, best.text) if best else gap


async def with_pages(gaps: Iterable[Gap], retriever: Retriever, most: int) -> Sequence[Gap]:
    """The first ``most`` of ``gaps`` with the words of their nearest pages, and the others as they are."""
    return [await with_page(gap, retriever) if rank < most else gap for rank, gap in enumerate(gaps)]


def _placed(gap: Gap, passage: Passage) -> Gap:
    page = NearestPage(
        title=passage.title,
        heading=passage.heading,
        url=passage.url,
        path=passage.path,
        found=gap.count,
        text=passage.text,
    )
    return replace(gap, page=page)
