"""How one index takes another's place on a real Milvus Lite: checked, at once, and back again."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from adapters.milvus import connection, sampling
from adapters.milvus.connection import served_address
from adapters.milvus.retriever import MilvusRetriever
from adapters.milvus.schema import Recipe
from adapters.milvus.store import MilvusStore
from indexer.errors import StoreUnavailable
from indexer.model import Chunk, PageKey

ROOT = Path(__file__).parents[2]
FIRST = Recipe(embedding="words-4", chunking="1 1000")
SECOND = Recipe(embedding="words-4", chunking="1 1200")
THIRD = Recipe(embedding="words-4", chunking="1 1400")
UNLIKE = Recipe(embedding="other-4", chunking="1 1000")
Open = Callable[..., MilvusStore]


class Embedder:
    """Finds "storage" in the first direction, everything else in the second."""

    def encode_queries(self, queries: Sequence[str]) -> Sequence[Sequence[float]]:
        return [vector(query) for query in queries]


def vector(text: str) -> list[float]:
    return [0.8, 0.6, 0.0, 0.0] if "storage" in text else [0.6, 0.8, 0.0, 0.0]


def page(path: str, *texts: str, of: int = 0) -> list[Chunk]:
    return [
        Chunk(
            key=PageKey(source="docs", path=path),
            ordinal=ordinal,
            title=path,
            heading="",
            url=f"https://docs.example/{path}",
            text=text,
            fingerprint="f1",
            of=of or len(texts),
        )
        for ordinal, text in enumerate(texts)
    ]


@pytest.fixture
def uri(tmp_path: Path) -> str:
    return str(tmp_path / "docent.db")


@pytest.fixture
def stores(uri: str) -> Iterator[Open]:
    opened = []

    def open_store(recipe: Recipe) -> MilvusStore:
        opened.append(MilvusStore(uri=uri, alias="docs", recipe=recipe))
        return opened[-1]

    yield open_store
    for store in opened:
        store.close()


def build(store: MilvusStore, *chunks: Chunk) -> MilvusStore:
    store.manifest()
    store.replace(chunks, [vector(chunk.text) for chunk in chunks])
    store.finish(pages=len({chunk.key for chunk in chunks}), chunks=len(chunks))
    return store


async def found(uri: str) -> list[str]:
    retriever = MilvusRetriever(uri=uri, alias="docs", recipe=FIRST, embedder=Embedder())
    try:
        return [passage.text for passage in await retriever.search("storage", 5)]
    finally:
        await retriever.close()


async def test_a_rollback_serves_the_index_before_and_another_one_the_later_again(
    uri: str, stores: Open
) -> None:
    build(stores(FIRST), *page("a.md", "storage old"))
    store = build(stores(SECOND), *page("a.md", "storage new"))
    assert await found(uri) == ["storage new"]
    was, now = store.rollback()
    assert (was.split()[0], now.split()[0]) == (SECOND.collection("docs"), FIRST.collection("docs"))
    assert await found(uri) == ["storage old"]
    assert store.rollback() == (now, was)
    assert await found(uri) == ["storage new"]


def test_without_an_index_before_there_is_nothing_to_roll_back_to(stores: Open) -> None:
    store = build(stores(FIRST), *page("a.md", "storage"))
    with pytest.raises(StoreUnavailable, match="no index to roll back to"):
        store.rollback()


def test_what_was_rolled_back_is_held_until_it_is_served_on_purpose(stores: Open) -> None:
    old = build(stores(FIRST), *page("a.md", "storage old"))
    store = build(stores(SECOND), *page("a.md", "storage new"))
    assert store.rolled_back == ""
    store.rollback()
    assert stores(SECOND).rolled_back.startswith(FIRST.collection("docs"))
    assert old.rolled_back == stores(THIRD).rolled_back == ""
    build(store, *page("a.md", "storage new"))
    assert store.rolled_back == ""
    assert store.serving()["served"].startswith(SECOND.collection("docs"))
    assert store.serving()["before"].startswith(FIRST.collection("docs"))


def anew(store: MilvusStore) -> MilvusStore:
    store.anew()
    return store


async def test_an_index_built_anew_is_served_once_complete_and_can_be_taken_back(
    uri: str, stores: Open
) -> None:
    build(stores(FIRST), *page("a.md", "storage old"))
    store = anew(stores(FIRST))
    chunks = page("a.md", "storage new")
    assert (store.manifest(), store.rebuilding, len(store.served())) == ({}, True, 1)
    store.replace(chunks, [vector(chunk.text) for chunk in chunks])
    assert await found(uri) == ["storage old"]
    store.finish(pages=1, chunks=1)
    assert await found(uri) == ["storage new"]
    assert not stores(FIRST).rebuilding
    was, now = stores(FIRST).rollback()
    assert (now.split()[0], was.split()[0]) == (FIRST.collection("docs"), FIRST.collection("docs", 2))
    assert await found(uri) == ["storage old"]
    assert stores(FIRST).rolled_back.startswith(now)
    build(anew(stores(FIRST)), *page("a.md", "storage third"))
    assert await found(uri) == ["storage third"]
    assert stores(FIRST).rolled_back == ""


async def test_an_index_whose_building_was_cut_off_is_given_up_and_leaves_nothing(
    uri: str, stores: Open
) -> None:
    build(stores(FIRST), *page("a.md", "storage old"))
    half = anew(stores(FIRST))
    half.replace(page("a.md", "storage half"), [vector("storage half")])
    build(stores(FIRST), *page("a.md", "storage changed"))
    assert await found(uri) == ["storage changed"]
    for number in range(3):
        build(anew(stores(FIRST)), *page("a.md", f"storage {number}"))
    assert await found(uri) == ["storage 2"]
    kept = [path.name for path in (Path(uri) / "collections").iterdir()]
    assert sorted(kept) == [FIRST.collection("docs", 4), FIRST.collection("docs", 5)]


async def test_without_an_index_there_is_none_to_build_another_beside(uri: str, stores: Open) -> None:
    build(anew(stores(FIRST)), *page("a.md", "storage"))
    assert stores(FIRST).serving()["served"].startswith(f"{FIRST.collection('docs')} ")
    build(anew(stores(SECOND)), *page("a.md", "storage new"))
    assert stores(SECOND).serving() == {
        "served": f"{SECOND.collection('docs')} (words-4)",
        "before": f"{FIRST.collection('docs')} (words-4)",
        "held": "",
    }


def test_each_recipe_knows_its_own_generations() -> None:
    names = [FIRST.collection("docs", number) for number in (1, 2, 10)]
    assert [FIRST.generation("docs", name) for name in names] == [1, 2, 10]
    assert {SECOND.generation("docs", name) for name in [*names, "", "docs"]} == {0}


async def test_of_three_indexes_the_oldest_is_dropped(uri: str, stores: Open) -> None:
    for recipe, text in ((FIRST, "one"), (SECOND, "two"), (THIRD, "three")):
        store = build(stores(recipe), *page("a.md", f"storage {text}"))
    assert stores(FIRST).manifest() == {}
    assert await found(uri) == ["storage three"]
    store.rollback()
    assert await found(uri) == ["storage two"]


async def test_a_new_index_that_lacks_chunks_is_not_served(uri: str, stores: Open) -> None:
    build(stores(FIRST), *page("a.md", "storage old"))
    store = stores(SECOND)
    chunks = page("a.md", "storage new")
    store.replace(chunks, [vector(chunk.text) for chunk in chunks])
    with pytest.raises(StoreUnavailable, match="holds 1 chunks of 1 pages instead of 5 of 2"):
        store.finish(pages=2, chunks=5)
    assert await found(uri) == ["storage old"]
    store.finish(pages=1, chunks=1)
    assert await found(uri) == ["storage new"]


async def test_a_new_index_that_does_not_find_its_own_text_is_not_served(
    uri: str, stores: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(stores(FIRST), *page("a.md", "storage old"))
    monkeypatch.setattr(sampling, "_search", lambda *_: [()])
    with pytest.raises(StoreUnavailable, match=r"does not find its own text \(1 of 1"):
        build(stores(SECOND), *page("a.md", "storage new"))
    monkeypatch.undo()
    assert await found(uri) == ["storage old"]


def test_vectors_are_found_again_by_what_was_embedded(stores: Open) -> None:
    chunks = page("a.md", "storage", "index")
    store = build(stores(FIRST), *chunks)
    held = store.vectors([chunks[0].digest, "0" * 32, chunks[1].digest])
    assert {key: list(map(float, value)) for key, value in held.items()} == {
        chunk.digest: pytest.approx(vector(chunk.text), abs=1e-6) for chunk in chunks
    }
    assert set(stores(SECOND).vectors([chunks[0].digest])) == {chunks[0].digest}
    assert stores(UNLIKE).vectors([chunks[0].digest]) == {}


def test_more_texts_than_one_question_may_name_are_found(stores: Open) -> None:
    chunks = [chunk for number in range(1_200) for chunk in page(f"p{number}.md", f"storage {number}")]
    store = build(stores(FIRST), *chunks)
    assert len(store.vectors([chunk.digest for chunk in chunks])) == 1_200


async def test_no_search_fails_or_is_empty_while_indexes_change_places(uri: str, stores: Open) -> None:
    build(stores(FIRST), *page("a.md", "storage old"))
    store = build(stores(SECOND), *page("a.md", "storage new"))
    ended, seen = threading.Event(), []

    def swap() -> None:
        try:
            for _ in range(15):
                store.rollback()
        finally:
            ended.set()

    thread = threading.Thread(target=swap)
    retriever = MilvusRetriever(uri=uri, alias="docs", recipe=FIRST, embedder=Embedder())
    await retriever.search("storage", 5)
    thread.start()
    while not ended.is_set():
        seen.append([passage.text for passage in await retriever.search("storage", 5)])
    thread.join()
    await retriever.close()
    assert seen
    assert {tuple(texts) for texts in seen} <= {("storage old",), ("storage new",)}


def test_another_process_writes_through_the_one_that_has_the_file_open(uri: str) -> None:
    address = served_address(uri)
    code = (
        "import sys; sys.path.insert(0, 'tests/contract'); from test_milvus_swaps import *;"
        "build(MilvusStore(uri=sys.argv[1], alias='docs', recipe=FIRST), *page('a.md', 'storage'))"
    )
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code, address], cwd=ROOT, env=environ, check=True, timeout=100)
    store = MilvusStore(uri=uri, alias="docs", recipe=FIRST)
    assert {key.path for key in store.manifest()} == {"a.md"}
    store.close()


def test_a_disk_that_is_full_says_so_and_the_next_run_heals(
    stores: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = build(stores(FIRST), *page("a.md", "storage"))
    upsert = store._client.upsert

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store._client, "upsert", full)
    chunks = page("a.md", "storage", "more")
    with pytest.raises(StoreUnavailable, match=r"The disk that holds .* is full"):
        build(store, *chunks)
    monkeypatch.setattr(store._client, "upsert", upsert)
    assert {indexed.chunks for indexed in build(store, *chunks).manifest().values()} == {2}


def test_the_address_of_a_server_is_its_own() -> None:
    assert served_address("http://127.0.0.1:1") == "http://127.0.0.1:1"
    with pytest.raises(connection.MilvusUnavailable):
        served_address("docs.txt")
