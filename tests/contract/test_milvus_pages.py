"""Whole pages of a real Milvus Lite index, by their paths."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from adapters.milvus.pages import MOST
from adapters.milvus.retriever import MilvusRetriever
from adapters.milvus.schema import Recipe
from adapters.milvus.store import MilvusStore
from bot.errors import RetrievalUnavailable
from bot.model import Scope
from indexer.model import Chunk, PageKey

RECIPE = Recipe(embedding="two-2", chunking="1 1000")
ODD = 'a "quoted" \\ path} or 1==1 #.md'


class Embedder:
    def encode_queries(self, queries: Sequence[str]) -> Sequence[Sequence[float]]:
        return [[1.0, 0.0] for _ in queries]


def page(source: str, path: str, *texts: str, version: str = "") -> list[Chunk]:
    return [
        Chunk(
            key=PageKey(source=source, path=path),
            ordinal=ordinal,
            title=f"Title of {path}",
            heading="",
            url=f"https://docs.example/{source}/{path}",
            text=text,
            fingerprint="f1",
            of=len(texts),
            version=version,
        )
        for ordinal, text in enumerate(texts)
    ]


@pytest.fixture
async def retriever(tmp_path: Path) -> AsyncIterator[MilvusRetriever]:
    uri = str(tmp_path / "docent.db")
    chunks = [
        *page("old", "ports.md", "Port 1.", "Port 2.", version="2.4"),
        *page("new", "ports.md", "Port 3.", "Port 4.", "Port 5.", version="2.10"),
        *page("old", ODD, "Odd.", version="2.4"),
        *page("old", "long.md", *(f"Part {number}." for number in range(MOST + 20)), version="2.4"),
    ]
    store = MilvusStore(uri=uri, alias="docs", recipe=RECIPE)
    store.manifest()
    store.replace(chunks, [[1.0, 0.0]] * len(chunks))
    store.finish(pages=4, chunks=len(chunks))
    store.close()
    opened = MilvusRetriever(uri=uri, alias="docs", recipe=RECIPE, embedder=Embedder())
    yield opened
    await opened.close()


async def test_a_page_is_read_from_its_beginning_in_its_newest_version(retriever: MilvusRetriever) -> None:
    read = await retriever.page("ports.md")
    assert [one.text for one in read] == ["Port 3.", "Port 4.", "Port 5."]
    assert {(one.source, one.version, one.path) for one in read} == {("new", "2.10", "ports.md")}


async def test_a_page_is_read_within_its_scope_alone(retriever: MilvusRetriever) -> None:
    read = await retriever.page("ports.md", scope=Scope(versions=("2.4",)))
    assert [one.text for one in read] == ["Port 1.", "Port 2."]
    assert await retriever.page("long.md", scope=Scope(sources=("new",))) == []


@pytest.mark.parametrize("path", ["no.md", "", "../ports.md", '" or path != "', "x" * 5_000, "\ud83d", "\0"])
async def test_a_page_that_is_not_there_gives_nothing(retriever: MilvusRetriever, path: str) -> None:
    assert await retriever.page(path) == []


async def test_a_path_may_hold_any_character(retriever: MilvusRetriever) -> None:
    assert [one.text for one in await retriever.page(ODD)] == ["Odd."]


async def test_of_a_very_long_page_the_beginning_is_read(retriever: MilvusRetriever) -> None:
    assert [one.ordinal for one in await retriever.page("long.md")] == list(range(MOST))


async def test_without_an_index_the_reason_is_said(tmp_path: Path) -> None:
    lost = MilvusRetriever(uri=str(tmp_path / "no.db"), alias="docs", recipe=RECIPE, embedder=Embedder())
    with pytest.raises(RetrievalUnavailable):
        await lost.page("ports.md")
