"""Similar threads on a real Milvus Lite: found by meaning, following the ledger, beside the index."""

import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.milvus.connection import connect
from adapters.milvus.schema import Recipe
from adapters.milvus.similar import MilvusThreads
from adapters.milvus.store import MilvusStore
from bot.errors import RetrievalUnavailable
from indexer.model import Chunk, PageKey
from threads_suite import *  # noqa: F403
from threads_suite import CRASH, LOGIN, Meanings, vector


@pytest.fixture
def uri(tmp_path: Path) -> str:
    return str(tmp_path / "data" / "docent.db")


@pytest.fixture
async def threads(uri: str, embedder: Meanings) -> AsyncIterator[MilvusThreads]:
    made = MilvusThreads(uri=uri, alias="docs", embedder=embedder)
    yield made
    await made.close()


async def test_an_embedding_model_that_fails_and_a_file_that_cannot_be_written_are_said_in_words(
    threads: MilvusThreads, embedder: Meanings, tmp_path: Path
) -> None:
    embedder.down = True
    with pytest.raises(RetrievalUnavailable, match="embedding service"):
        await threads.similar(CRASH, 5)
    if os.geteuid():
        (tmp_path / "closed").mkdir(mode=0o500)
    else:
        (tmp_path / "closed").write_text("root may write into every folder")
    other = MilvusThreads(uri=f"{tmp_path}/closed/docent.db", alias="docs", embedder=Meanings())
    with pytest.raises(RetrievalUnavailable):
        await other.similar(CRASH, 5)


async def test_another_embedding_model_begins_anew_and_the_index_is_left_alone(
    uri: str, threads: MilvusThreads, embedder: Meanings
) -> None:
    recipe = Recipe(embedding=embedder.fingerprint, chunking="1 1000")
    index(uri, recipe)
    await threads.keep([CRASH])
    await threads.close()
    # A new recipe of the index: its older collections are dropped, and this one is none of them.
    index(uri, replace(recipe, chunking="2 1000"))
    index(uri, replace(recipe, chunking="3 1000"))
    store = MilvusStore(uri=uri, alias="docs", recipe=replace(recipe, chunking="3 1000"))
    before = store.serving()
    assert await threads.held() == {CRASH.ref: 0}
    embedder.fingerprint = "other-4"
    anew = MilvusThreads(uri=uri, alias="docs", embedder=embedder)
    assert await anew.held() == {}
    await anew.keep([LOGIN])
    client = connect(uri)
    kept = [name for name in client.list_collections() if name.startswith("docs_threads__")]
    assert kept == ["docs_threads__other_4__1"]
    assert store.serving() == before
    assert store.rollback()
    for one in (anew, client, store):
        await one.close() if isinstance(one, MilvusThreads) else one.close()


def index(uri: str, recipe: Recipe) -> None:
    store = MilvusStore(uri=uri, alias="docs", recipe=recipe)
    chunk = Chunk(
        key=PageKey(source="docs", path="a.md"), ordinal=0, title="a", heading="", url="", text="A backup?",
        fingerprint="f", of=1,
    )  # fmt: skip
    store.manifest()
    store.replace([chunk], [vector(chunk.text)])
    store.finish(pages=1, chunks=1)
    store.close()
