"""Sources and versions in Milvus: what an index holds, and searches that keep to some of it."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path

import pytest

from adapters.milvus import schema, store
from adapters.milvus.editions import expression
from adapters.milvus.retriever import MilvusRetriever
from adapters.milvus.schema import Recipe
from adapters.milvus.store import MilvusStore
from bot.errors import RetrievalUnavailable
from bot.model import Edition, Scope
from indexer.model import Chunk, PageKey

WORDS = ("storage", "index", "metric", "backup")
RECIPE = Recipe(embedding="words-4", chunking="1 1000")
HOSTILE = 'x" or source != "'
STORED = "Rows are kept in object storage and metadata in etcd"


class WordEmbedder:
    """A dimension a word."""

    def encode_queries(self, queries: Sequence[str]) -> Sequence[Sequence[float]]:
        return [vector(query) for query in queries]


def vector(text: str) -> list[float]:
    counts = [float(text.lower().count(word)) + 0.01 for word in WORDS]
    length = sum(count * count for count in counts) ** 0.5
    return [count / length for count in counts]


def page(
    source: str, version: str, text: str = STORED, path: str = "storage.md", heading: str = "Rows"
) -> Chunk:
    return Chunk(
        key=PageKey(source=source, path=path),
        ordinal=0,
        title="Storage",
        heading=heading,
        url=f"https://docs.example/{version}/{path}",
        text=text,
        fingerprint="f1",
        of=1,
        version=version,
    )


@pytest.fixture
def uri(tmp_path: Path) -> str:
    return str(tmp_path / "docent.db")


@pytest.fixture
def write(uri: str) -> Iterator[Callable[..., None]]:
    opened = MilvusStore(uri=uri, alias="docs", recipe=RECIPE)

    def written(*chunks: Chunk) -> None:
        opened.manifest()
        opened.replace(chunks, [vector(chunk.text) for chunk in chunks])
        held = opened.manifest()
        opened.finish(pages=len(held), chunks=sum(indexed.chunks for indexed in held.values()))

    yield written
    opened.close()


@pytest.fixture
async def retriever(uri: str, write: Callable[..., None]) -> AsyncIterator[MilvusRetriever]:
    opened = MilvusRetriever(uri=uri, alias="docs", recipe=RECIPE, embedder=WordEmbedder())
    yield opened
    await opened.close()


async def sources(
    retriever: MilvusRetriever, query: str, scope: Scope | None = None
) -> list[tuple[str, str]]:
    return sorted((hit.source, hit.version) for hit in await retriever.search(query, 20, scope=scope))


async def test_the_index_tells_which_sources_and_versions_it_holds(
    write: Callable[..., None], retriever: MilvusRetriever
) -> None:
    write(page("new", "2.6"), page("old", "2.4"), page("faq", ""), page(HOSTILE, "2.4"))
    expected = [("faq", ""), ("new", "2.6"), ("old", "2.4"), (HOSTILE, "2.4")]
    assert list(await retriever.editions()) == [Edition(source=name, version=of) for name, of in expected]


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope(sources=("old",)), [("old", "2.4")]),
        (Scope(sources=("old", "faq")), [("faq", ""), ("old", "2.4")]),
        (Scope(versions=("2.6",)), [("faq", ""), ("new", "2.6")]),
        (Scope(versions=("2.4",), sources=("old",)), [("old", "2.4")]),
        (Scope(sources=(HOSTILE,)), [(HOSTILE, "1")]),
    ],
)
async def test_a_search_keeps_to_the_sources_and_versions_it_is_for(
    write: Callable[..., None],
    retriever: MilvusRetriever,
    scope: Scope,
    expected: list[tuple[str, str]],
) -> None:
    write(page("new", "2.6"), page("old", "2.4"), page("faq", ""), page(HOSTILE, "1"))
    assert await sources(retriever, "storage", scope) == expected


async def test_the_search_by_words_keeps_to_them_too(
    write: Callable[..., None], retriever: MilvusRetriever
) -> None:
    # The vectors know nothing of this name: alone the words could bring the page of the other version.
    write(page("new", "2.6", "maxFieldNum is 128"), page("old", "2.4", "Fields have names"))
    assert await sources(retriever, "maxFieldNum", Scope(versions=("2.4",))) == [("old", "2.4")]


async def test_what_two_versions_say_alike_is_found_once_in_the_newer(
    write: Callable[..., None], retriever: MilvusRetriever
) -> None:
    write(page("a", "2.10"), page("b", "2.9"), page("c", "2.4"))
    assert await sources(retriever, "storage") == [("a", "2.10")]
    assert await sources(retriever, "storage", Scope(versions=("2.9", "2.4"))) == [("b", "2.9")]


async def test_what_only_the_older_version_says_is_found(
    write: Callable[..., None], retriever: MilvusRetriever
) -> None:
    gone = page("b", "2.4", "The backup command was removed later", heading="Backup")
    write(page("a", "2.6"), gone, page("b", "2.4", "Another page", path="other.md"))
    assert ("b", "2.4") in await sources(retriever, "backup")


async def test_pages_of_one_path_in_two_products_are_both_found(
    write: Callable[..., None], retriever: MilvusRetriever
) -> None:
    operator = page("operator", "1.1", "The operator deploys clusters and watches their backup in Kubernetes")
    write(page("milvus", "2.6"), operator)
    assert await sources(retriever, "storage backup") == [("milvus", "2.6"), ("operator", "1.1")]


async def test_nothing_within_the_scope_says_what_is_missing(
    write: Callable[..., None], retriever: MilvusRetriever
) -> None:
    write(page("a", "2.6"))
    with pytest.raises(RetrievalUnavailable, match=r"holds no pages of guide, 2\.4\."):
        await retriever.search("storage", 5, scope=Scope(sources=("guide",), versions=("2.4",)))


async def test_a_source_that_came_later_is_searched_at_once(
    write: Callable[..., None], retriever: MilvusRetriever
) -> None:
    write(page("a", "2.6"))
    assert await sources(retriever, "storage") == [("a", "2.6")]
    write(page("faq", "", "More about storage", path="faq.md"))
    assert await sources(retriever, "storage", Scope(sources=("faq",))) == [("faq", "")]


async def test_a_source_whose_version_is_changing_holds_both(
    write: Callable[..., None], retriever: MilvusRetriever
) -> None:
    write(page("a", "2.4"), page("a", "2.6", "Index pages", path="index.md"))
    assert [one.version for one in await retriever.editions()] == ["2.4", "2.6"]
    assert await sources(retriever, "storage", Scope(versions=("2.4",))) == [("a", "2.4")]


async def test_an_index_from_before_there_were_versions_answers_until_it_is_built_anew(
    uri: str, write: Callable[..., None], retriever: MilvusRetriever, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_old(uri, monkeypatch)
    scope = Scope(versions=("2.6",))
    assert await sources(retriever, "storage", scope) == [("docs", "")]
    assert list(await retriever.editions()) == [Edition(source="docs")]
    with pytest.raises(RetrievalUnavailable):
        await retriever.search("storage", 5, scope=Scope(sources=("other",)))


def test_a_changed_version_reuses_the_vectors_of_the_index_before(
    uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_old(uri, monkeypatch)
    anew = MilvusStore(uri=uri, alias="docs", recipe=RECIPE)
    chunk = page("docs", "2.6")
    assert anew.rebuilding
    assert list(anew.vectors([chunk.digest])[chunk.digest]) == pytest.approx(vector(chunk.text))
    anew.close()


def write_old(uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index whose schema has no versions."""
    row = store.row_of
    with monkeypatch.context() as before:
        before.setattr(schema, "VERSION", "2")
        before.delitem(schema.MAX_BYTES, "version")
        before.setattr(store, "row_of", lambda *given: without(row(*given), "version"))
        old = MilvusStore(uri=uri, alias="docs", recipe=RECIPE)
        old.manifest()
        old.replace([page("docs", "")], [vector(STORED)])
        old.finish(pages=1, chunks=1)
        old.close()


def test_nothing_is_filtered_where_everything_is_within() -> None:
    held = [Edition(source="a", version="2.6"), Edition(source="b")]
    assert expression(Scope(), held) == ""
    assert expression(Scope(sources=("a", "b", "c"), versions=("2.6",)), held) == ""
    assert expression(Scope(sources=("b",), versions=("2.6",)), held) == 'source in ["b"]'


def test_only_names_that_the_index_holds_get_into_a_filter() -> None:
    held = [Edition(source="a", version="2.4"), Edition(source=HOSTILE, version="2.6")]
    assert expression(Scope(sources=(HOSTILE, '"] or id != "')), held) == f"source in [{quoted(HOSTILE)}]"
    assert "drop" not in expression(Scope(versions=("2.4", '"] or drop')), held)


def without(fields: dict[str, object], name: str) -> dict[str, object]:
    return {key: value for key, value in fields.items() if key != name}


def quoted(text: str) -> str:
    return '"' + text.replace('"', '\\"') + '"'
