"""What finds similar threads, wherever Milvus runs; needs the fixtures ``uri`` and ``threads``."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.ledger.ledger import SqlLedger
from adapters.milvus.connection import connect
from adapters.milvus.similar import MilvusThreads
from bot.channels.forgetting import Purge
from bot.channels.posts import Entry
from bot.errors import RetrievalUnavailable
from bot.support.likeness import Likeness
from hand_off_suite import hand_off
from indexer.errors import EmbeddingUnavailable
from ledger_suite import HERE, MINE, question

MEANINGS = (("crash", "oom", "memory"), ("log in", "password", "authentication"), ("backup", "restore"))


class Meanings:
    """A dimension a meaning, whatever word says it."""

    fingerprint, min_similarity, similarity_spread = "meanings-4", 0.33, 1.0

    def __init__(self) -> None:
        self.encoded: list[str] = []
        self.down = False

    def encode_queries(self, queries: Sequence[str]) -> Sequence[Sequence[float]]:
        if self.down:
            raise EmbeddingUnavailable("The embedding service does not answer.")
        self.encoded += queries
        return [vector(query) for query in queries]


def vector(text: str) -> list[float]:
    counts = [float(any(word in text.lower() for word in words)) + 0.05 for words in (*MEANINGS, ("?",))]
    length = sum(count * count for count in counts) ** 0.5
    return [count / length for count in counts]


def asks(number: int, text: str) -> Entry:
    return question(number, text=text, place=replace(HERE, thread=str(number)))


@pytest.fixture
def embedder() -> Meanings:
    return Meanings()


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[SqlLedger]:
    made = SqlLedger(f"sqlite:///{tmp_path}/ledger.db")
    yield made
    await made.aclose()


async def handed(ledger: SqlLedger, number: int, text: str) -> Entry:
    entry = asks(number, text)
    await ledger.claim(entry, MINE)
    assert await ledger.hand_offs.begin(hand_off(number), 0.0)
    return entry


CRASH = asks(1, "The querynode keeps crashing")
LOGIN = asks(2, "I cannot log in")


async def test_what_means_the_same_in_other_words_is_found_and_nothing_else(threads: MilvusThreads) -> None:
    await threads.keep([CRASH, LOGIN])
    assert await threads.similar(asks(3, "OOM kills of the pod"), 5) == [CRASH.ref]
    assert await threads.similar(asks(4, "authentication fails"), 5) == [LOGIN.ref]
    assert await threads.similar(asks(5, "Which licence is it?"), 5) == []


async def test_who_asks_can_be_found_from_then_on_and_is_embedded_once(
    threads: MilvusThreads, embedder: Meanings
) -> None:
    assert await threads.similar(CRASH, 5) == []
    assert await threads.similar(CRASH, 5) == []
    assert embedder.encoded == [CRASH.text]
    assert await threads.similar(asks(3, "out of memory"), 5) == [CRASH.ref]
    edited = replace(CRASH, text="I cannot log in", revision=1)
    assert await threads.similar(edited, 5) == []
    assert await threads.held() == {CRASH.ref: 1, asks(3, "").ref: 0}


async def test_what_is_removed_is_found_no_more(threads: MilvusThreads) -> None:
    assert await threads.held() == {}
    await threads.remove(["nobody"])
    await threads.keep([CRASH, LOGIN])
    await threads.remove([CRASH.ref, "' or 1 == 1", '"'])
    assert await threads.held() == {LOGIN.ref: 0}
    assert await threads.similar(asks(3, "out of memory"), 5) == []


async def test_it_is_there_again_after_a_restart(
    uri: str, threads: MilvusThreads, embedder: Meanings
) -> None:
    await threads.keep([CRASH])
    await threads.close()
    again = MilvusThreads(uri=uri, alias="docs", embedder=embedder)
    assert await again.held() == {CRASH.ref: 0}
    assert await again.similar(asks(3, "out of memory"), 5) == [CRASH.ref]
    await again.close()


async def test_a_collection_that_was_dropped_meanwhile_is_filled_again_from_the_ledger(
    uri: str, threads: MilvusThreads, ledger: SqlLedger
) -> None:
    await handed(ledger, 1, CRASH.text)
    likeness = Likeness(hand_offs=ledger.hand_offs, threads=threads)
    await likeness.follow()
    client = connect(uri)
    (name,) = client.list_collections()
    client.drop_collection(name)
    with pytest.raises(RetrievalUnavailable):
        await threads.held()
    await likeness.follow()
    assert await threads.held() == {CRASH.ref: 0}
    client.close()


async def test_it_follows_the_ledger_when_a_question_is_edited_deleted_or_forgotten(
    threads: MilvusThreads, ledger: SqlLedger
) -> None:
    texts = ("It crashes", "no backup?", "I cannot log in", "out of memory")
    entries = [await handed(ledger, number, text) for number, text in enumerate(texts, 1)]
    likeness = Likeness(hand_offs=ledger.hand_offs, threads=threads)
    await likeness.follow()
    assert await threads.held() == {entry.ref: 0 for entry in entries}
    await ledger.reopen(entries[0].ref, "How do I restore?", MINE, revision=0)
    await ledger.withdraw(entries[1].place, entries[1].message)
    await ledger.hand_offs.end(entries[2].ref, "resolved", "U2", "done", 8.0)
    await ledger.close(entries[2].ref, revision=0, state="answered", answer=None, now=2.0)
    await ledger.purge(Purge(before=entries[2].at + 0.5))
    await likeness.follow()
    assert await threads.held() == {entries[0].ref: 1, entries[3].ref: 0}
    await ledger.purge(Purge(platform="slack", person="U1"))
    await likeness.follow()
    assert await threads.held() == {}


async def test_nothing_is_made_before_somebody_is_handed_over(
    uri: str, threads: MilvusThreads, ledger: SqlLedger
) -> None:
    await Likeness(hand_offs=ledger.hand_offs, threads=threads).follow()
    client = connect(uri)
    assert client.list_collections() == []
    client.close()


async def test_many_cards_at_once_make_one_collection(threads: MilvusThreads, uri: str) -> None:
    entries = [asks(number, "It crashes") for number in range(12)]
    await asyncio.gather(*(threads.similar(entry, 5) for entry in entries))
    assert set(await threads.held()) == {entry.ref for entry in entries}
    assert len(await threads.similar(entries[0], 5)) == 5
    client = connect(uri)
    assert len(client.list_collections()) == 1
    client.close()
