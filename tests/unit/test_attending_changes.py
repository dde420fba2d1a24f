"""Edits, deletions and failures that come twice, too early, or to another process than the one at work."""

import asyncio
from dataclasses import replace

import pytest

from attending_world import ASKED, World, begun, halted, mention, nothing, tended
from bot.channels import phrases
from bot.channels.changes import KEPT_SECONDS, MOST, Recent
from bot.channels.listening import Rules
from bot.channels.posts import Lease
from bot.channels.working import ATTEMPTS, HAND_OVER_SECONDS, LEASE_SECONDS
from bot.errors import LedgerUnavailable, ModelUnavailable, RetrievalUnavailable
from bot.model import Place
from fake_surface import FakeReply
from fakes import FakeModel, FakeRetriever

EDITED = "How are metadata stored?"
NEW = "By etcd [1]."
PLACE = Place(platform="fake", workspace="w", channel="any")


def failing(real, *, first=1, times=1):
    """``real``, but the ledger is away for so many calls, from the ``first`` on."""
    calls = 0

    async def called(*args, **fields):
        nonlocal calls
        calls += 1
        if first <= calls < first + times:
            raise LedgerUnavailable("The ledger is away.")
        return await real(*args, **fields)

    return called


def together(real, count):
    """``real``, whose first ``count`` callers all read before one of them goes on."""
    barrier, left = asyncio.Barrier(count), count

    async def called(*args):
        nonlocal left
        left, waits = left - 1, left > 0
        found = await real(*args)
        if waits:
            await barrier.wait()
        return found

    return called


async def test_an_edit_that_reaches_another_process_ends_with_the_new_answer():
    one = World()
    post, task, go_on = await begun(one)
    other = one.replica(model=FakeModel(NEW))

    async def one_looks():
        await one.bot.tend(one.surface)
        await task

    other.meanwhile = one_looks
    await other.bot.edited(replace(post, text=EDITED), other.surface)
    assert other.pauses == [HAND_OVER_SECONDS]
    go_on.set()
    await one.bot.drain(5)
    assert one.surface.shown("7") == [NEW]
    assert [(entry.state, entry.answer.text) for entry in one.ledger.entries] == [("answered", NEW)]


async def test_a_process_that_learns_of_an_edit_only_at_its_end_leaves_the_message_alone():
    one, ending, go_on = World(), asyncio.Event(), asyncio.Event()
    entry = one.ledger.entry

    async def slow(ref):
        one.ledger.entry = entry
        ending.set()
        await go_on.wait()
        return await entry(ref)

    one.ledger.entry = slow
    post = mention(one, "7", "ann")
    task = asyncio.create_task(one.bot.attend(post, one.surface))
    await ending.wait()
    other = one.replica(model=FakeModel(NEW))
    await other.bot.edited(replace(post, text=EDITED), other.surface)
    go_on.set()
    await task
    assert one.surface.shown("7") == [NEW]
    assert one.ledger.entries[0].answer.text == NEW


async def test_an_edit_that_every_process_hears_of_is_answered_by_one():
    one = World()
    other = one.replica()
    asked = await one.say("ann", ASKED)
    edited = replace(asked, text=EDITED)
    one.ledger.asked = together(one.ledger.asked, 4)
    heard = [world.bot.edited(edited, world.surface) for world in (one, other, one, other)]
    await asyncio.gather(*heard)
    await one.bot.edited(edited, one.surface)
    assert len(one.model.prompts) + len(other.model.prompts) == 2
    assert one.ledger.entries[0].revision == 1


async def test_of_two_edits_while_an_answer_is_written_the_later_counts():
    world = World()
    post, task, _ = await begun(world)
    world.surface.gate = nothing
    edits = [world.bot.edited(replace(post, text=text), world.surface) for text in ("By what?", EDITED)]
    await asyncio.gather(*edits)
    await task
    assert world.ledger.entries[0].state == "answered"
    assert world.ledger.entries[0].text == EDITED
    assert EDITED in world.model.prompts[-1][-1].content


async def test_of_two_who_press_try_again_at_once_one_is_answered():
    world = World(model=FakeModel(error=ModelUnavailable("The model's server went away.")))
    await world.say("ann", ASKED)
    world.model.error, world.model.pieces = None, (NEW,)
    ref = world.ledger.entries[0].ref
    world.ledger.entry = together(world.ledger.entry, 5)
    await asyncio.gather(*(world.bot.retry(ref, world.surface) for _ in range(5)))
    assert len(world.model.prompts) == 2
    assert world.ledger.entries[0].state == "answered"


async def test_a_deletion_that_every_process_hears_of_takes_the_answer_with_it():
    one = World()
    post, task, _ = await begun(one)
    other = one.replica()
    for world in (other, one):
        await world.bot.deleted(post.place, post.id, world.surface)
    assert task.done()
    assert one.surface.shown("7") == []


async def test_a_deletion_that_reaches_another_process_ends_the_answer_where_it_is_written():
    one = World()
    post, task, _ = await begun(one)
    other = one.replica()
    await other.bot.deleted(post.place, post.id, other.surface)
    await tended(one)
    assert task.done()
    assert one.surface.shown("7") == []


async def test_a_process_that_lost_its_lease_to_another_leaves_off():
    stalled = World()
    _, task, _ = await begun(stalled)
    other = stalled.replica()
    other.now += LEASE_SECONDS + 1
    await tended(other)
    assert other.surface.shown("7") == ["It is kept in object storage [1]."]
    await tended(stalled)
    assert task.done()
    assert other.surface.shown("7") == ["It is kept in object storage [1]."]


async def test_an_end_that_the_ledger_did_not_keep_is_written_again_when_the_lease_is_over():
    world = World()
    world.ledger.close = failing(world.ledger.close)
    asked = await world.say("ann", ASKED)
    await tended(world)
    assert world.ledger.entries[0].state == "open"
    for _ in range(5):
        world.now += LEASE_SECONDS / 4
        await tended(world)
    assert world.ledger.entries[0].state == "answered"
    assert world.surface.shown(asked.id) == ["It is kept in object storage [1]."]


async def test_a_question_whose_history_could_not_be_read_is_answered_when_the_ledger_is_back():
    world = World()
    first = await world.say("ann", ASKED)
    world.ledger.in_thread = failing(world.ledger.in_thread, first=2)
    await world.say("ann", "@bot and metadata?", thread=first.id)
    for _ in range(5):
        world.now += LEASE_SECONDS / 4
        await tended(world)
    assert [entry.state for entry in world.ledger.entries] == ["answered", "answered"]
    assert len(world.surface.shown(first.id)) == 2


async def follow_up(world):
    """A question in a thread of ours, which the bot has begun to look at; with what lets it go on."""
    first = await world.say("ann", ASKED)
    place = replace(first.place, thread=first.id)
    post = world.surface.write(world.surface.number(), place, "ann", "and fro GPU indexes?")
    return first, post, *await halted(world, world.bot.attend(post, world.surface))


async def test_an_edit_while_the_thread_is_read_is_what_is_answered():
    world = World()
    first, post, task, go_on = await follow_up(world)
    editing = asyncio.create_task(world.bot.edited(replace(post, text="and for GPU indexes?"), world.surface))
    await asyncio.wait([editing])
    go_on.set()
    await task
    assert "and for GPU indexes?" in world.model.prompts[-1][-1].content
    assert len(world.surface.shown(first.id)) == 2
    assert [entry.text for entry in world.ledger.entries][1:] == ["and for GPU indexes?"]


async def test_an_edit_that_comes_while_another_process_takes_the_text_before_counts():
    one = World()
    other = one.replica()
    first, post, task, go_on = await follow_up(one)
    edited = replace(post, text="and for GPU indexes?")
    editing, other_goes_on = await halted(other, other.bot.edited(edited, other.surface))
    go_on.set()
    await task
    other_goes_on.set()
    await editing
    assert one.ledger.entries[1].text == "and for GPU indexes?"
    assert one.ledger.entries[1].state == "answered"
    assert len(one.surface.shown(first.id)) == 2


async def test_a_question_deleted_while_its_thread_is_read_is_not_answered():
    world = World()
    first, post, task, go_on = await follow_up(world)
    await world.bot.deleted(post.place, post.id, world.surface)
    go_on.set()
    await task
    assert len(world.surface.shown(first.id)) == 1
    assert len(world.model.prompts) == 1


async def test_a_question_deleted_just_before_it_is_claimed_is_not_answered():
    world = World()
    post = mention(world, "7", "ann")
    claim = world.ledger.claim

    async def deleted_first(*args):
        await world.bot.deleted(post.place, post.id, world.surface)
        return await claim(*args)

    world.ledger.claim = deleted_first
    await world.bot.attend(post, world.surface)
    assert not world.surface.shown("7")
    assert world.ledger.entries[0].state == "withdrawn"


async def test_a_deletion_that_another_process_hears_of_before_the_claim_takes_the_answer_away():
    one = World()
    other = one.replica()
    first, post, task, go_on = await follow_up(one)
    await other.bot.deleted(post.place, post.id, other.surface)
    go_on.set()
    await task
    assert len(one.surface.shown(first.id)) == 2
    await tended(other)
    assert len(one.surface.shown(first.id)) == 1
    assert one.ledger.entries[1].state == "withdrawn"


async def test_a_deletion_of_what_was_no_question_is_looked_after_for_seconds_alone():
    world = World()
    looked = []
    withdraw = world.ledger.withdraw

    async def counted(*args):
        looked.append(args)
        return await withdraw(*args)

    world.ledger.withdraw = counted
    await world.bot.deleted(PLACE, "9", world.surface)
    for _ in range(10):
        world.now += LEASE_SECONDS / 2
        await tended(world)
    assert 1 < len(looked) < 4


async def left_with_words(world):
    """A question whose processes all ended when its first words were shown."""
    _, task, _ = await begun(world)
    for _ in range(ATTEMPTS - 1):
        await world.ledger.take_over("fake", Lease(owner="dead", until=1), 1e9)
    await world.bot.drain(0)
    await task
    return world.surface.shown("7")


async def test_an_apology_of_another_process_stands_below_the_words_that_were_shown():
    dead = World()
    words = await left_with_words(dead)
    alive = dead.replica()
    await tended(alive)
    first, second = alive.surface.threads["7"].values()
    assert ([first.text], first.notes) == (words, [])
    assert second.notes == [phrases.GIVEN_UP]
    assert alive.ledger.entries[0].reply == f"{first.id} {second.id}"
    assert alive.ledger.entries[0].state == "failed"


async def test_an_index_that_is_gone_when_another_process_takes_over_leaves_the_words():
    dead = World()
    _, task, _ = await begun(dead)
    await dead.bot.drain(0)
    await task
    words = dead.surface.shown("7")
    alive = dead.replica(retriever=FakeRetriever(error=RetrievalUnavailable("The index is not there.")))
    await tended(alive)
    first, second = alive.surface.threads["7"].values()
    assert ([first.text], second.notes) == (words, ["The index is not there."])


@pytest.mark.parametrize(
    ("rules", "paused", "told"),
    [
        (Rules(users=["bob"]), False, phrases.STRANGER),
        (Rules(channels=["help"]), False, phrases.elsewhere(["help"])),
        (Rules(), True, phrases.PAUSED),
    ],
)
async def test_a_refusal_is_said_once_however_often_a_message_is_reported(rules, paused, told):
    one = World(rules=rules)
    other = one.replica(rules=rules)
    await one.ledger.pause(PLACE, paused=paused, by="eve", now=0)
    asked = await one.say("ann", ASKED)
    for world in (one, other):
        await asyncio.gather(*(world.bot.attend(asked, world.surface) for _ in range(3)))
    assert one.surface.whispers + other.surface.whispers == [("ann", told)]
    assert [entry.state for entry in one.ledger.entries] == ["failed"]
    assert not one.model.prompts + other.model.prompts


async def test_a_ledger_that_is_down_is_said_once_for_each_message():
    world = World()
    world.ledger.down = True
    asked = await world.say("ann", ASKED)
    await asyncio.gather(*(world.bot.attend(asked, world.surface) for _ in range(4)))
    await world.say("bob", ASKED)
    down = phrases.LEDGER_DOWN
    assert world.surface.whispers == [("ann", down), ("bob", down)]


async def test_a_question_refused_in_a_pause_is_answered_when_it_is_edited_after():
    world = World()
    await world.ledger.pause(PLACE, paused=True, by="eve", now=0)
    asked = await world.say("ann", ASKED)
    await world.ledger.pause(PLACE, paused=False, by="eve", now=0)
    await world.bot.edited(replace(asked, text=EDITED), world.surface)
    assert world.surface.shown(asked.id)


async def test_in_a_pause_nothing_is_answered_anew_and_an_edit_is_told_once():
    world = World()
    asked = await world.say("ann", ASKED)
    await world.ledger.pause(PLACE, paused=True, by="eve", now=0)
    for _ in range(3):
        await world.bot.edited(replace(asked, text=EDITED), world.surface)
    assert world.surface.whispers == [("ann", phrases.PAUSED)]
    await world.bot.retry(world.ledger.entries[0].ref, world.surface, "bob")
    assert world.surface.whispers[1:] == [("bob", phrases.PAUSED)]
    assert len(world.model.prompts) == 1
    assert world.ledger.entries[0].state == "answered"


async def test_answers_anew_count_as_questions_of_the_same_minute():
    world = World(questions_per_minute=2)
    asked = await world.say("ann", ASKED)
    await world.bot.edited(replace(asked, text=EDITED), world.surface)
    await world.bot.edited(replace(asked, text="How is it really stored?"), world.surface)
    await world.bot.retry(world.ledger.entries[0].ref, world.surface)
    assert len(world.model.prompts) == 2
    assert world.surface.whispers == [("ann", phrases.TOO_MANY)] * 2


async def test_what_was_refused_in_a_pause_can_be_pointed_at_after():
    world = World()
    await world.ledger.pause(PLACE, paused=True, by="eve", now=0)
    asked = await world.say("ann", ASKED)
    await world.ledger.pause(PLACE, paused=False, by="eve", now=0)
    assert await world.bot.take(asked, world.surface, "shortcut")
    assert world.surface.shown(asked.id)
    assert not await world.bot.take(asked, world.surface, "shortcut")


async def test_an_answer_that_cannot_be_drawn_ends_with_a_sentence(monkeypatch):
    async def finish(*_):
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(FakeReply, "finish", finish)
    world = World()
    asked = await world.say("ann", ASKED)
    (message,) = world.surface.threads[asked.id].values()
    assert message.notes == [phrases.DEFECT]
    assert world.ledger.entries[0].state == "failed"


def test_what_happened_is_remembered_for_minutes_and_within_bounds():
    now = 1000.0
    recent: Recent[int] = Recent(lambda: now)
    for number in range(3 * MOST):
        recent.put(number, number)
    assert len(recent.since(0)) == MOST
    assert recent.get(MOST) is None
    assert recent.get(3 * MOST - 1) == 3 * MOST - 1
    now += KEPT_SECONDS
    assert recent.get(3 * MOST - 1) is None
    recent.put("new", 1)
    assert recent.since(0) == [1]
