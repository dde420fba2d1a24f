"""The index on a real Milvus Lite: what is written is found, counted and healed."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from adapters.milvus.retriever import MilvusRetriever
from adapters.milvus.schema import Recipe, abilities, fit
from adapters.milvus.store import MilvusStore
from bot.errors import RetrievalUnavailable
from indexer.errors import StoreUnavailable
from indexer.model import Chunk, Indexed, PageKey

WORDS = ("storage", "index", "metric", "backup")
RECIPE = Recipe(embedding="words-4", chunking="1 1000")
OTHER = Recipe(embedding="other-4", chunking="1 1000")


class WordEmbedder:
    """A dimension a word: what a passage is about is plain to see."""

    def encode_queries(self, queries: Sequence[str]) -> Sequence[Sequence[float]]:
        return [vector(query) for query in queries]


def vector(text: str) -> list[float]:
    counts = [float(text.lower().count(word)) + 0.01 for word in WORDS]
    length = sum(count * count for count in counts) ** 0.5
    return [count / length for count in counts]


def page(path: str, *texts: str, fingerprint: str = "f1") -> list[Chunk]:
    return [
        Chunk(
            key=PageKey(source="docs", path=path),
            ordinal=ordinal,
            title=path,
            heading="Section",
            url=f"https://docs.example/{path}#Section",
            text=text,
            fingerprint=fingerprint,
            of=len(texts),
        )
        for ordinal, text in enumerate(texts)
    ]


@pytest.fixture
def uri(tmp_path: Path) -> str:
    return str(tmp_path / "data" / "docent.db")


@pytest.fixture
def store(uri: str) -> Iterator[MilvusStore]:
    opened = MilvusStore(uri=uri, alias="docs", recipe=RECIPE)
    yield opened
    opened.close()


def finish(store: MilvusStore) -> None:
    held = store.manifest()
    store.finish(pages=len(held), chunks=sum(indexed.chunks for indexed in held.values()))


def write(store: MilvusStore, *chunks: Chunk) -> None:
    store.manifest()
    store.replace(chunks, [vector(chunk.text) for chunk in chunks])
    finish(store)


def retriever(uri: str, recipe: Recipe = RECIPE) -> MilvusRetriever:
    return MilvusRetriever(uri=uri, alias="docs", recipe=recipe, embedder=WordEmbedder())


async def found(uri: str, query: str, recipe: Recipe = RECIPE) -> list[str]:
    searching = retriever(uri, recipe)
    try:
        return [hit.path for hit in await searching.search(query, 5)]
    finally:
        await searching.close()


def test_what_is_written_is_in_the_manifest(store: MilvusStore) -> None:
    write(store, *page("a.md", "storage", "index"), *page("b.md", "metric"))
    assert store.manifest() == {
        PageKey(source="docs", path="a.md"): Indexed(fingerprint="f1", chunks=2),
        PageKey(source="docs", path="b.md"): Indexed(fingerprint="f1", chunks=1),
    }


async def test_the_best_passage_comes_first_with_all_that_a_citation_needs(
    uri: str, store: MilvusStore
) -> None:
    write(store, *page("a.md", "about storage and storage"), *page("b.md", "about the index"))
    store.close()
    searching = retriever(uri)
    first, second = await searching.search("storage", 5)
    await searching.close()
    assert (first.path, first.title, first.heading) == ("a.md", "a.md", "Section")
    assert first.url == "https://docs.example/a.md#Section"
    assert first.text == "about storage and storage"
    assert first.similarity is not None
    assert second.similarity is not None
    assert 0 <= second.score < first.score <= 1
    assert second.similarity < first.similarity <= 1.001


async def test_a_word_that_the_vectors_do_not_know_is_found_by_bm25(uri: str, store: MilvusStore) -> None:
    write(store, *page("a.md", "set maxFieldNum with care"), *page("b.md", "nothing of that here"))
    store.close()
    assert (await found(uri, "maxFieldNum"))[0] == "a.md"


async def test_a_page_that_shrinks_leaves_no_tail(uri: str, store: MilvusStore) -> None:
    write(store, *page("a.md", "storage one", "storage two", "storage three"))
    write(store, *page("a.md", "storage now", fingerprint="f2"))
    assert store.manifest() == {PageKey(source="docs", path="a.md"): Indexed(fingerprint="f2", chunks=1)}
    store.close()
    assert await found(uri, "storage") == ["a.md"]


async def test_a_removed_page_is_not_found_any_more(uri: str, store: MilvusStore) -> None:
    write(store, *page("a.md", "storage"), *page("b.md", "storage too"))
    store.remove([PageKey(source="docs", path="a.md")])
    finish(store)
    store.close()
    assert await found(uri, "storage") == ["b.md"]


def test_a_page_that_was_written_in_part_shows_as_unfinished(store: MilvusStore) -> None:
    chunks = page("a.md", "one", "two", "three")
    write(store, *chunks[:2])
    assert store.manifest()[chunks[0].key] == Indexed(fingerprint="", chunks=2)


def test_the_texts_of_served_pages_are_told_by_their_digests(uri: str, store: MilvusStore) -> None:
    first, second = page("a.md", "storage", "index"), page("b.md", "metric")
    missing = PageKey(source="docs", path="c.md")
    assert store.digests([missing]) == {}
    write(store, *first, *second)
    store.close()
    building = MilvusStore(uri=uri, alias="docs", recipe=OTHER)
    found = building.digests([first[0].key, missing])
    building.close()
    assert found == {first[0].key: {chunk.digest for chunk in first}}


def test_a_path_that_looks_like_a_filter_is_only_a_path(store: MilvusStore) -> None:
    hostile = 'x" or page_id != "'
    write(store, *page(hostile, "storage"), *page("b.md", "storage"))
    store.remove([PageKey(source="docs", path=hostile)])
    assert [key.path for key in store.manifest()] == ["b.md"]


async def test_another_embedding_model_is_noticed_and_never_mixed(uri: str, store: MilvusStore) -> None:
    write(store, *page("a.md", "storage"))
    store.close()
    with pytest.raises(RetrievalUnavailable, match="made with the embedding model words-4"):
        await found(uri, "storage", OTHER)


async def test_a_new_recipe_serves_only_when_it_is_complete(uri: str, store: MilvusStore) -> None:
    write(store, *page("a.md", "storage old"))
    store.close()
    rebuilt = MilvusStore(uri=uri, alias="docs", recipe=OTHER)
    assert rebuilt.manifest() == {}
    chunks = page("a.md", "storage new")
    rebuilt.replace(chunks, [vector(chunk.text) for chunk in chunks])
    rebuilt.close()
    assert await found(uri, "storage") == ["a.md"]
    rebuilt = MilvusStore(uri=uri, alias="docs", recipe=OTHER)
    rebuilt.manifest()
    finish(rebuilt)
    rebuilt.close()
    assert await found(uri, "storage", OTHER) == ["a.md"]
    with pytest.raises(RetrievalUnavailable):
        await found(uri, "storage", RECIPE)


async def test_no_index_yet_says_what_to_run(uri: str) -> None:
    with pytest.raises(RetrievalUnavailable) as caught:
        await found(uri, "storage")
    assert (caught.value.reason, caught.value.advice) == (
        "There is no index yet.",
        "Run `docent index` first.",
    )


def test_a_file_held_by_another_process_names_it(uri: str) -> None:
    code = (
        "import sys; from pymilvus import MilvusClient; client = MilvusClient(sys.argv[1]);"
        "print('up', flush=True); sys.stdin.read()"
    )
    Path(uri).parent.mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", code, uri], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout
        assert holder.stdin
        assert holder.stdout.readline() == "up\n"
        with pytest.raises(
            StoreUnavailable, match=rf"in use by process {holder.pid}|in use by another process"
        ):
            MilvusStore(uri=uri, alias="docs", recipe=RECIPE)
        holder.stdin.close()


@pytest.mark.parametrize("uri", ["docs.txt", "http://127.0.0.1:1", "http://user:secret@127.0.0.1:1"])
def test_an_address_that_does_not_answer_says_so_without_secrets(uri: str) -> None:
    with pytest.raises(StoreUnavailable) as caught:
        MilvusStore(uri=uri, alias="docs", recipe=RECIPE)
    assert "secret" not in str(caught.value)
    assert str(caught.value).count(".") >= 2


def test_a_database_that_is_a_plain_file_is_explained(tmp_path: Path) -> None:
    (tmp_path / "old.db").write_bytes(b"SQLite format 3\0")
    with pytest.raises(StoreUnavailable, match="keeps its data in a folder"):
        MilvusStore(uri=str(tmp_path / "old.db"), alias="docs", recipe=RECIPE)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_database_without_permission_is_explained(uri: str, store: MilvusStore) -> None:
    store.close()
    os.chmod(uri, 0)
    try:
        with pytest.raises(StoreUnavailable, match="permissions"):
            MilvusStore(uri=uri, alias="docs", recipe=RECIPE)
    finally:
        os.chmod(uri, 0o700)


@pytest.mark.parametrize(
    ("version", "bm25"),
    [
        ("milvus_lite-3.2.2", True),
        ("v2.3.5", False),
        ("2.4.17", False),
        ("v2.5.0-beta", True),
        ("2.6.9", True),
        ("", True),
    ],
)
def test_bm25_is_used_where_the_server_has_it(version: str, bm25: bool) -> None:
    assert abilities(version).bm25 is bm25


def test_text_is_cut_between_characters() -> None:
    assert fit("aé", 2) == "a"
    assert fit("aé", 3) == "aé"
    assert fit("\ud800x", 10) == "?x"


def test_a_creation_that_was_cut_off_does_not_stand_in_the_way_of_the_next(
    uri: str, store: MilvusStore
) -> None:
    half = Path(uri) / "collections" / RECIPE.collection("docs")
    half.mkdir()
    (half / "schema.json.tmp").write_text("{")
    write(store, *page("a.md", "storage"))
    assert store.manifest() == {PageKey(source="docs", path="a.md"): Indexed(fingerprint="f1", chunks=1)}


def test_what_is_served_stays_known_while_another_recipe_is_being_built(uri: str, store: MilvusStore) -> None:
    write(store, *page("a.md", "storage"))
    assert store.manifest() == store.served() != {}
    store.close()
    building = MilvusStore(uri=uri, alias="docs", recipe=OTHER)
    assert building.manifest() == {}
    assert {key.path for key in building.served()} == {"a.md"}
    building.close()


async def test_an_index_that_holds_nothing_is_not_a_question_without_an_answer(
    uri: str, store: MilvusStore
) -> None:
    write(store, *page("a.md", "storage"))
    store.remove([PageKey(source="docs", path="a.md")])
    finish(store)
    store.close()
    with pytest.raises(RetrievalUnavailable, match="The index holds no pages"):
        await found(uri, "storage")


async def test_half_a_character_in_a_question_is_no_obstacle(uri: str, store: MilvusStore) -> None:
    write(store, *page("a.md", "storage"))
    store.close()
    assert await found(uri, "storage \ud800") == ["a.md"]


def test_a_tilde_is_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    MilvusStore(uri="~/index/docent.db", alias="docs", recipe=RECIPE).close()
    assert (tmp_path / "index" / "docent.db").is_dir()
