"""What a card shows of similar threads: by meaning, else by words, and never at the cost of the card."""

import asyncio
import time
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from pathlib import Path

import pytest

from adapters.ledger.ledger import SqlLedger
from bot.channels.posts import Entry, Lease
from bot.errors import RetrievalUnavailable
from bot.model import Place
from bot.support import likeness
from bot.support.card_words import ended
from bot.support.team import Support, support
from bot.support.team_rules import TeamRules
from fake_room import FakeRoom

LEASE = Lease(owner="me", until=1e12)


class FakeThreads:
    """Implements ``bot.support.handoff_ports.Threads``: alike is what begins with the same letter."""

    def __init__(self) -> None:
        self.texts: dict[str, tuple[int, str]] = {}
        self.error: Exception | None = None
        self.hangs = False
        self.searches = 0

    async def held(self) -> Mapping[str, int]:
        self._available()
        return {ref: revision for ref, (revision, _) in self.texts.items()}

    async def keep(self, questions: Sequence[Entry]) -> None:
        self._available()
        self.texts |= {entry.ref: (entry.revision, entry.text) for entry in questions}

    async def remove(self, refs: Collection[str]) -> None:
        self._available()
        for ref in refs:
            del self.texts[ref]

    async def similar(self, question: Entry, limit: int) -> Sequence[str]:
        self.searches += 1
        self._available()
        if self.hangs:
            await asyncio.Event().wait()
        found = [
            ref
            for ref, (_, text) in self.texts.items()
            if text[0] == question.text[0] and ref != question.ref
        ]
        await self.keep([question])
        return found[:limit]

    def _available(self) -> None:
        if self.error:
            raise self.error


class World:
    """One ledger, one room, and questions that are handed over."""

    def __init__(self, folder: Path) -> None:
        self.ledger, self.room, self.threads = (
            SqlLedger(f"sqlite:///{folder}/ledger.db"),
            FakeRoom(),
            FakeThreads(),
        )

    def process(self) -> Support:
        made = support(
            ledger=self.ledger,
            hand_offs=self.ledger.hand_offs,
            rules=TeamRules(channels={"fake": "team"}),
            clock=time.time,
            threads=self.threads,
        )
        made.board.rooms["fake"] = self.room
        return made

    async def called(self, process: Support, number: int, text: str, thread: str = "") -> str:
        place = Place(platform="fake", workspace="w", channel="general", thread=thread or str(number))
        entry = Entry(
            ref=f"{number:032x}", place=place, message=str(number), asker="ann", via="mention", text=text,
            at=time.time(),
        )  # fmt: skip
        await self.ledger.claim(entry, LEASE)
        await self.ledger.close(entry.ref, revision=0, state="answered", answer=None, now=time.time())
        await process.team.call(entry.ref, "ann")
        return entry.ref

    def similar(self, ref: str) -> list[tuple[str, str]]:
        """What the card of a question shows: each one's text, and what came of it."""
        (card,) = [card for card in self.room.cards.values() if card.case.hand_off.ref == ref]
        return [(one.case.entry.text, ended(one.case.hand_off, 99)) for one in card.similar]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = World(tmp_path)
    yield made
    await made.ledger.aclose()


async def test_a_card_shows_what_means_the_same_open_or_over_with_what_came_of_it(world):
    process = world.process()
    await process.likeness.follow()
    first = await world.called(process, 1, "Login fails")
    await process.desk.resolve(first, "ben", "Password was reset")
    second = await world.called(process, 2, "Locked out")
    await process.desk.claim(second, "ben")
    third = await world.called(process, 3, "Last thing: no access")
    await world.called(process, 4, "Backup")
    assert world.similar(third) == [
        ("Login fails", "Password was reset"),
        ("Locked out", "open now, somebody has it"),
    ]
    await process.board.show(second)
    assert world.similar(second) == [
        ("Login fails", "Password was reset"),
        ("Last thing: no access", "open now"),
    ]


async def test_what_was_deleted_or_stands_in_the_same_thread_is_not_shown(world):
    process = world.process()
    await process.likeness.follow()
    await world.called(process, 1, "Login fails")
    await world.called(process, 2, "Locked out", thread="3")
    gone = await world.ledger.entry(f"{1:032x}")
    await world.ledger.withdraw(gone.place, gone.message)
    assert world.similar(await world.called(process, 3, "Last thing", thread="3")) == []
    await process.likeness.follow()
    assert set(world.threads.texts) == {f"{number:032x}" for number in (2, 3)}


async def test_before_all_is_taken_in_and_where_meaning_cannot_be_told_words_do_it(world):
    process = world.process()
    await world.called(process, 1, "Restore of a backup fails with S3")
    two = await world.called(process, 2, "The restore of my backup fails on S3")
    assert world.similar(two) == [("Restore of a backup fails with S3", "open now")]
    assert world.threads.searches == 0, "an index that lacks most of them would hide them"
    await process.likeness.follow()
    world.threads.error = RetrievalUnavailable("No Milvus server answers.", "")
    three = await world.called(process, 3, "Another restore of the backup fails on S3")
    assert len(world.similar(three)) == 2
    await world.called(process, 4, "One more")
    assert world.threads.searches == 1, "what is down is not asked for each card"
    world.threads.error = None
    await process.likeness.follow()
    assert world.similar(await world.called(process, 5, "Odd")) == [("One more", "open now")]


async def test_a_card_does_not_wait_for_an_index_that_hangs(world, monkeypatch):
    monkeypatch.setattr(likeness, "MEANING_SECONDS", 0.01)
    process = world.process()
    await process.likeness.follow()
    world.threads.hangs = True
    ref = await world.called(process, 1, "Login fails")
    assert world.similar(ref) == []


async def test_following_the_ledger_goes_on_after_a_failure(world, monkeypatch):
    monkeypatch.setattr(likeness, "FOLLOW_SECONDS", 0.0)
    process = world.process()
    await world.called(process, 1, "Login fails")
    world.threads.error = RetrievalUnavailable("No Milvus server answers.", "")
    following = asyncio.create_task(process.likeness.keep())
    await asyncio.sleep(0)
    world.threads.error = None
    while not world.threads.texts:
        assert not following.done()
        await asyncio.sleep(0)
    following.cancel()
    assert set(world.threads.texts) == {f"{1:032x}"}
