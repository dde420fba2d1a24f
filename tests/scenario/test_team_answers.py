"""What the team approves, without a platform: who may, what is kept, when the index learns of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.ledger.ledger import SqlLedger
from bot.channels.posts import Entry, Lease
from bot.model import Place
from bot.support import team_phrases as phrases
from bot.support.desk import ANSWER_CHARS, QUESTION_CHARS
from bot.support.handoffs import Approved
from bot.support.team import Support, support
from bot.support.team_rules import TeamRules
from fake_room import FakeRoom

REF = f"{1:032x}"


class World:
    """A resolved card, a room, and a count of how often the index was to learn something."""

    def __init__(self, folder: Path) -> None:
        self.ledger, self.room = SqlLedger(f"sqlite:///{folder}/ledger.db"), FakeRoom()
        self.learned = 0

    def process(self, *, indexes: bool = True) -> Support:
        def relearn() -> None:
            self.learned += 1

        made = support(
            ledger=self.ledger,
            hand_offs=self.ledger.hand_offs,
            rules=TeamRules(channels={"fake": "team"}),
            clock=lambda: 1_800_000_000.0,
            relearn=relearn if indexes else None,
        )
        made.board.rooms["fake"] = self.room
        return made

    async def resolved(self, process: Support, via: str = "mention") -> None:
        place = Place(platform="fake", workspace="w", channel="general", thread="1")
        entry = Entry(
            ref=REF, place=place, message="1", asker="ann", text="How is\n it kept?", via=via, at=1.0  # type: ignore[arg-type]
        )  # fmt: skip
        await self.ledger.claim(entry, Lease(owner="me", until=1e12))
        await self.ledger.close(REF, revision=0, state="answered", answer=None, now=2.0)
        await process.team.call(REF, "ann")
        assert await process.desk.resolve(REF, "ben", "In a bucket") == ""


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = World(tmp_path)
    yield made
    await made.ledger.aclose()


async def test_a_form_begins_with_the_question_and_its_outcome_and_then_with_what_was_approved(world):
    process = world.process()
    await world.resolved(process)
    first = await process.desk.approvable(REF, "eva")
    assert isinstance(first, Approved)
    assert (first.question, first.answer) == ("How is it kept?", "In a bucket")
    said = await process.desk.approve(REF, "eva", "How is it kept, then?", "In a bucket.\n\nNot in a box.")
    assert said == phrases.APPROVED
    kept = await process.desk.approvable(REF, "ben")
    assert kept == Approved(
        ref=REF,
        question="How is it kept, then?",
        answer="In a bucket.\n\nNot in a box.",
        url="https://chat.example/1",
        platform="fake",
        person="eva",
        at=1_800_000_000.0,
    )
    assert world.room.cards["card 0"].case.hand_off.approved_at == 1_800_000_000.0


async def test_the_index_learns_of_every_change_and_of_nothing_else(world):
    process = world.process()
    await world.resolved(process)
    await process.desk.approvable(REF, "ben")
    await process.desk.approve(REF, "stranger", "q", "a")
    await process.desk.approve(REF, "ben", "q", " ")
    await process.desk.unapprove(REF, "ben")
    assert world.learned == 0
    await process.desk.approve(REF, "ben", "q", "a")
    assert await process.desk.unapprove(REF, "eva") == phrases.TAKEN_BACK
    assert world.learned == 2
    assert world.room.cards["card 0"].case.hand_off.approved_at is None
    other = world.process(indexes=False)
    assert await other.desk.approve(REF, "ben", "q", "a") == phrases.APPROVED_FOR_LATER
    assert await other.desk.unapprove(REF, "ben") == phrases.TAKEN_BACK_LATER
    assert world.learned == 2


@pytest.mark.parametrize("via", ["direct", "command"])
async def test_what_was_asked_in_private_is_cited_without_a_link(world, via):
    process = world.process()
    await world.resolved(process, via)
    await process.desk.approve(REF, "ben", "q", "a")
    kept = await world.ledger.hand_offs.approved(REF)
    assert kept is not None
    assert kept.url == ""


async def test_what_is_too_long_is_cut_and_a_card_that_cannot_be_redrawn_keeps_nobody_from_it(world):
    from bot.errors import SurfaceUnavailable

    process = world.process()
    await world.resolved(process)
    world.room.error = SurfaceUnavailable("down", passing=True)
    assert await process.desk.approve(REF, "ben", "q" * 9_000, "a" * 9_000) == phrases.APPROVED
    kept = await world.ledger.hand_offs.approved(REF)
    assert kept is not None
    assert (len(kept.question), len(kept.answer)) == (QUESTION_CHARS, ANSWER_CHARS)


async def test_while_the_ledger_is_away_nothing_is_approved_and_that_is_said(world, tmp_path):
    process = world.process()
    await world.resolved(process)
    await world.ledger.aclose()
    file = tmp_path / "ledger.db"
    away = tmp_path / "away.db"
    file.rename(away)
    file.mkdir()
    assert await process.desk.approve(REF, "ben", "q", "a") == phrases.DOWN
    assert await process.desk.approvable(REF, "ben") == phrases.DOWN
    assert await process.desk.unapprove(REF, "ben") == phrases.DOWN
    assert world.learned == 0
    file.rmdir()
    away.rename(file)
    assert await process.desk.approve(REF, "ben", "q", "a") == phrases.APPROVED
