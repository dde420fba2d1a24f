"""The support team's work without a platform: floods, reminders, several processes, two platforms."""

from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from adapters.ledger.ledger import SqlLedger
from bot.channels.posts import Entry, Lease, Post
from bot.errors import LedgerUnavailable, ModelUnavailable, SurfaceUnavailable
from bot.model import Answer, Place
from bot.support import team_phrases as phrases
from bot.support.hours import Hours, Window
from bot.support.team import Support, support
from bot.support.team_rules import Route, TeamRules
from fake_room import FakeRoom

HOUR = 3600.0
LEASE = Lease(owner="me", until=1e12)


class World:
    """One ledger with a room, a clock that tests set, and as many processes as they want."""

    def __init__(self, folder: Path) -> None:
        self.ledger, self.room = SqlLedger(f"sqlite:///{folder}/ledger.db"), FakeRoom()
        self.now = 1_800_000_000.0
        self.severity = "normal"

    def process(self, *rooms: FakeRoom, **fields: Any) -> Support:
        async def triager(message: str, passages: Any) -> Any:
            if self.severity == "down":
                raise ModelUnavailable("down")
            return SimpleNamespace(
                category="bug", severity=self.severity, component="", confidence=0.5, summary=message
            )

        agreed = {"channels": {"fake": "team"}} | fields
        made = support(
            ledger=self.ledger,
            hand_offs=self.ledger.hand_offs,
            rules=TeamRules(**agreed),
            clock=lambda: self.now,
            triager=triager,
        )
        made.board.rooms |= {room.platform: room for room in rooms or (self.room,)}
        return made

    async def asked(self, number: int, platform: str = "fake", thread: str = "") -> str:
        """A question that was answered; its ref."""
        place = Place(platform=platform, workspace="w", channel="general", thread=thread or str(number))
        entry = Entry(
            ref=f"{number:032x}", place=place, message=str(number), asker="ann", via="mention",
            text=f"question {number}", at=self.now,
        )  # fmt: skip
        await self.ledger.claim(entry, LEASE)
        answer = Answer(text="x", kind="not_covered")
        await self.ledger.close(entry.ref, revision=0, state="answered", answer=answer, now=self.now)
        return entry.ref

    async def called(self, number: int, process: Support, **fields: str) -> str:
        ref = await self.asked(number, **fields)
        await process.team.call(ref, "ann")
        return ref


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = World(tmp_path)
    yield made
    await made.ledger.aclose()


async def test_five_hundred_in_a_minute_do_not_flood_and_none_is_lost(world):
    one, other = world.process(), world.process()
    said = set()
    for number in range(500):
        world.severity = "critical" if number == 499 else "low"
        ref = await world.asked(number)
        said.add(await (one, other)[number % 2].team.call(ref, "ann"))
    assert said == {phrases.CALLED, phrases.QUEUED}
    assert len(world.room.cards) == 40
    await one.reminders.tend()
    await one.reminders.tend()
    assert world.room.remarks == [("", phrases.BACKLOG.format(count=460), ())]
    world.now += 61
    await one.reminders.tend()
    assert world.room.cards["card 40"].case.hand_off.severity == "critical"
    minutes = 1
    while len(world.room.cards) < 500:
        world.now += 61
        minutes += 1
        before = len(world.room.cards)
        for process in (one, other):
            await process.reminders.tend()
        assert 0 < len(world.room.cards) - before <= 40
    shown = {card.case.hand_off.ref for card in world.room.cards.values()}
    assert len(shown) == len(world.room.cards) == 500
    assert minutes >= 12
    assert len(world.room.remarks) == 2, "each process says once that more wait"


async def test_somebody_is_reminded_once_and_then_it_is_escalated_once(world):
    rules = {
        "remind_after": 4 * HOUR,
        "escalate_after": 8 * HOUR,
        "escalate_to": ("boss",),
        "routes": (Route(who=("ben",)),),
    }
    processes = [world.process(**rules) for _ in range(2)]
    await world.called(1, processes[0])
    said = []
    for _ in range(24):
        world.now += HOUR
        for process in processes:
            await process.reminders.tend()
        said.append(list(world.room.remarks))
    assert said[2] == []
    assert said[3] == said[6] == [("card 0", "Nobody has claimed this for 4 h.", ("ben",))]
    assert said[7][1:] == [("card 0", "Nobody has claimed this for 8 h. Please look at it now.", ("boss",))]
    assert len(said[-1]) == 2


async def test_what_nobody_claims_is_escalated_though_nobody_is_reminded_of_it_first(world):
    for number, remind_after in enumerate((0.0, 4 * HOUR)):
        process = world.process(remind_after=remind_after, escalate_after=HOUR, escalate_to=("boss",))
        await world.called(number, process)
        for _ in range(9):
            world.now += HOUR / 2
            await process.reminders.tend()
        sentence = "Nobody has claimed this for 60 min. Please look at it now."
        assert world.room.remarks[number:] == [(f"card {number}", sentence, ("boss",))]


async def test_who_has_it_is_reminded_once_and_so_is_who_waits_for_details(world):
    process = world.process(remind_after=HOUR, escalate_after=2 * HOUR, escalate_to=("boss",))
    waits, asks = [await world.called(number, process) for number in (1, 2)]
    await process.desk.claim(waits, "ben")
    await process.desk.ask(asks, "eva", "")
    assert world.room.told[-1][1:] == (phrases.ASKS, "eva", phrases.DETAILS)
    for _ in range(10):
        world.now += HOUR
        await process.reminders.tend()
    assert [(sentence, people) for _, sentence, people in world.room.remarks] == [
        ("This has been with you for 60 min. Is it resolved?", ("ben",)),
        ("No details have come yet; this has been with you for 60 min. Is it resolved?", ("eva",)),
    ]


async def test_in_quiet_hours_nobody_is_reminded(world):
    from datetime import UTC, datetime, time

    world.now = datetime(2026, 3, 4, 17, tzinfo=UTC).timestamp()
    agreed = Hours(quiet=Window(begin=time(18), until=time(8)))
    process = world.process(remind_after=2 * HOUR, hours=agreed)
    await world.called(1, process)
    heard = []
    for hour in range(1, 25):
        world.now += HOUR
        await process.reminders.tend()
        heard += [hour] * (len(world.room.remarks) - len(heard))
    assert heard == [16], "at nine: one hour in the evening, one in the morning"


async def test_a_reminder_that_nobody_heard_is_given_again(world):
    process = world.process(remind_after=HOUR)
    await world.called(1, process)
    world.now += HOUR
    world.room.error = SurfaceUnavailable("down", passing=True)
    await process.reminders.tend()
    world.room.error = None
    await process.reminders.tend()
    assert world.room.remarks == []
    world.now += 61
    await process.reminders.tend()
    await process.reminders.tend()
    assert len(world.room.remarks) == 1


async def test_many_reminders_at_once_are_one_message(world):
    process = world.process(remind_after=HOUR, cards_per_minute=60)
    for number in range(30):
        await world.called(number, process)
    world.now += 2 * HOUR
    for _ in range(3):
        await process.reminders.tend()
    assert world.room.remarks == [("", phrases.reminders(30, escalated=False), ())]


async def test_the_open_list_tells_how_many_there_are_in_all(world):
    process = world.process(cards_per_minute=60)
    assert await process.desk.open_list("fake", "ben") == phrases.NOTHING_OPEN
    for number in range(25):
        await world.called(number, process)
    found = await process.desk.open_list("fake", "ben")
    assert (len(found.cards), found.total, found.inbox) == (20, 25, "")
    assert await process.desk.open_list("fake", "ann") == phrases.STRANGER


async def test_a_reply_that_stands_in_the_thread_is_not_called_undone_when_the_ledger_fails(
    world, monkeypatch
):
    process = world.process()
    ref = await world.called(1, process)

    async def fails(message):
        raise LedgerUnavailable("is locked", "")

    monkeypatch.setattr(world.ledger.hand_offs, "wrote", fails)
    assert await process.desk.reply(ref, "ben", "Try this") == phrases.SAID_NOT_KEPT
    assert world.room.told[-1][3] == "Try this"


async def test_a_channel_that_refuses_is_tried_again_and_what_is_over_is_not_posted(world):
    process = world.process()
    world.room.error = SurfaceUnavailable("is archived")
    refs = [await world.asked(number) for number in (1, 2)]
    assert {await process.team.call(ref, "ann") for ref in refs} == {phrases.NOT_REACHED}
    assert await process.team.call(refs[0], "ann") == phrases.CALLED_BEFORE
    await process.desk.resolve(refs[1], "ben", "done")
    world.room.error = None
    await process.reminders.tend()
    assert world.room.cards == {}
    world.now += 61
    await process.reminders.tend()
    assert [card.case.hand_off.ref for card in world.room.cards.values()] == [refs[0]]


async def test_a_card_whose_poster_died_is_posted_by_another_process(world):
    class Dying(FakeRoom):
        async def post(self, channel, card):
            raise KeyboardInterrupt

    ref = await world.asked(1)
    with pytest.raises(KeyboardInterrupt):
        await world.process(Dying()).team.call(ref, "ann")
    process = world.process()
    await process.reminders.tend()
    assert world.room.cards == {}, "it may still be at it"
    world.now += 31
    await process.reminders.tend()
    assert len(world.room.cards) == 1


async def test_the_team_of_one_platform_serves_the_other(world):
    here, there = FakeRoom("slack"), FakeRoom("discord")
    process = world.process(here, there, channels={"slack": "team"})
    ref = await world.called(1, process, platform="discord")
    await process.desk.reply(ref, "ben", "Try <@everyone> this")
    (card,) = here.cards.values()
    assert card.link == "https://chat.example/1"
    assert card.case.hand_off.owner == "ben"
    assert there.cards == {}
    # Discord does not know who ben is in Slack.
    assert there.told == [("1", phrases.WRITES, "", "Try <@everyone> this")]


async def test_a_process_without_the_teams_platform_leaves_the_card_to_one_that_has_it(world):
    asking = world.process(FakeRoom("discord"), channels={"slack": "team"})
    ref = await world.asked(1, platform="discord")
    assert await asking.team.call(ref, "ann") == phrases.QUEUED
    room = FakeRoom("slack")
    await asking.reminders.tend()
    await world.process(room, channels={"slack": "team"}).reminders.tend()
    assert [card.case.hand_off.ref for card in room.cards.values()] == [ref]


async def test_an_open_hand_off_of_the_thread_keeps_others_from_being_added_unasked(world):
    process = world.process()
    first, second, third = [await world.asked(number, thread="t") for number in (1, 2, 3)]
    await process.team.answered(second)
    await process.team.answered(third)
    await process.team.voted_down(first, "ann")
    assert [card.case.hand_off.ref for card in world.room.cards.values()] == [second]
    await process.desk.resolve(second, "ben", "done")
    await process.team.voted_down(first, "ann")
    assert len(world.room.cards) == 2


async def test_a_classifier_that_is_down_keeps_no_card_from_being_posted(world):
    world.severity = "down"
    process = world.process()
    await world.called(1, process)
    (card,) = world.room.cards.values()
    assert (card.case.hand_off.category, card.case.hand_off.severity) == ("", "normal")


async def test_who_puts_a_message_on_the_list_did_not_write_it_and_takes_it_on_by_writing(world):
    process = world.process()
    place = Place(platform="fake", channel="c", thread="9")
    post = Post(place=place, id="9", author="ann", text="It is broken")
    assert await process.team.triage(post, LEASE) == phrases.TRIAGED
    assert await process.team.heard(Post(place=place, id="10", author="ann", text="Nobody?")) is False
    assert await process.team.heard(Post(place=place, id="11", author="ben", text="I look")) is True
    (case,) = await world.ledger.hand_offs.listed(over=False, limit=5)
    assert (case.hand_off.person, case.hand_off.owner, case.hand_off.state) == ("ann", "ben", "claimed")


async def test_without_a_team_or_a_reason_nothing_is_begun(world):
    ref = await world.asked(1)
    assert await world.process(channels={}).team.call(ref, "ann") == phrases.NO_TEAM
    assert await world.process(on=()).team.call(ref, "ann") == phrases.SWITCHED_OFF
    post = Post(place=Place(platform="fake", channel="c"), id="9", author="ann", text="x")
    assert await world.process(channels={}).team.triage(post, LEASE) == phrases.NO_TEAM
    assert list(await world.ledger.hand_offs.listed(over=False, limit=5)) == []


async def test_while_the_ledger_is_away_that_is_said_and_the_clock_goes_on(world, tmp_path):
    process = world.process()
    gone = world.process()
    ref = await world.asked(1)
    file, away = tmp_path / "ledger.db", tmp_path / "away.db"
    await world.ledger.aclose()
    file.rename(away)
    file.mkdir()
    assert await process.team.call(ref, "ann") == phrases.NOT_KEPT
    assert await process.desk.claim(ref, "ben") == phrases.DOWN
    assert await process.desk.open_list("fake", "ben") == phrases.DOWN
    with pytest.raises(LedgerUnavailable):
        await gone.reminders.tend()
    file.rmdir()
    away.rename(file)
    assert await process.team.call(ref, "ann") == phrases.CALLED
    assert await process.desk.claim(ref, "ben") == ""
