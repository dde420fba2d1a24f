"""What people see when they write to the bot, whatever the platform."""

import asyncio
from dataclasses import replace

import pytest

from attending_world import ASKED, AWAY, World, begun, mention, nothing, tended
from bot.channels import phrases
from bot.channels.listening import Rules
from bot.channels.posts import Entry, Lease
from bot.channels.working import ATTEMPTS, LEASE_SECONDS
from bot.errors import ModelUnavailable, RetrievalUnavailable, SurfaceUnavailable
from bot.model import Place
from fake_ledger import FakeLedger
from fakes import FakeModel, FakeRetriever, passage


async def test_a_mention_is_answered_in_a_thread_below_it():
    world = World()
    asked = await world.say("ann", ASKED)
    assert world.surface.shown(asked.id) == ["It is kept in object storage [1]."]
    assert world.surface.replies[0].steps[0] == "Searching the docs"
    assert world.ledger.entries[0].state == "answered"
    assert world.surface.replies[0].left


async def test_a_conversation_needs_no_further_mention():
    world = World()
    first = await world.say("ann", ASKED)
    dialogue = [
        ("ann", "and for GPU?", True),
        ("ann", "thanks, that works", False),
        ("ann", "what about a cluster?", True),
        ("bob", "I think it is the same", False),
        ("ann", "how do I check that?", False),
        ("ann", "@bot how do I check that?", True),
        ("ann", "and in the cloud?", True),
    ]
    for author, text, answered in dialogue:
        before = len(world.surface.shown(first.id))
        await world.say(author, text, thread=first.id)
        assert len(world.surface.shown(first.id)) == before + answered, text
    said = [(message.role, message.content) for message in world.model.prompts[1][1:]]
    assert said[:2] == [("user", "How is data stored?"), ("assistant", "It is kept in object storage [1].")]


async def test_the_messages_of_other_people_are_part_of_the_conversation():
    world = World()
    root = await world.say("ann", "My cluster is slow")
    await world.say("bob", "Which index do you use?", thread=root.id)
    await world.say("ann", "@bot how do I find out?", thread=root.id)
    said = [message.content for message in world.model.prompts[0][1:-1]]
    assert said == ["My cluster is slow", "Which index do you use?"]


async def test_messages_that_are_not_for_the_bot_are_left_alone():
    world = World()
    root = await world.say("ann", "How is data stored?")
    await world.say("bob", "In files, I think?", thread=root.id)
    assert not world.surface.threads
    assert not world.ledger.entries


async def test_programs_are_never_answered():
    world = World()
    post = await world.say("ann", "hello")
    for by in ("bot", "self"):
        await world.bot.attend(replace(post, id=by, by=by, mentions_bot=True, text="How?"), world.surface)
    assert not world.surface.threads


async def test_a_channel_can_be_answered_unasked():
    world = World(rules=Rules(auto_answer=["help"]))
    asked = await world.say("ann", "How is data stored?", channel="help")
    chatter = await world.say("ann", "good morning all", channel="help")
    elsewhere = await world.say("ann", "How is data stored?")
    assert world.surface.shown(asked.id)
    assert not world.surface.shown(chatter.id) + world.surface.shown(elsewhere.id)


async def test_the_same_message_reported_many_times_at_once_is_answered_once():
    world = World()
    post = mention(world, "7", "ann")
    await asyncio.gather(*(world.bot.attend(post, world.surface) for _ in range(300)))
    assert len(world.surface.shown("7")) == 1
    assert len(world.model.prompts) == 1


async def test_two_processes_on_one_ledger_answer_once():
    one = World()
    other = World(ledger=one.ledger)
    post = mention(one, "7", "ann")
    await asyncio.gather(one.bot.attend(post, one.surface), other.bot.attend(post, other.surface))
    assert len(one.surface.shown("7")) + len(other.surface.shown("7")) == 1


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        (Rules(users=["bob"]), phrases.STRANGER),
        (Rules(channels=["help"]), "I do not take questions in this channel. Ask me in <#help>, please."),
    ],
)
async def test_who_may_not_ask_is_told_why_in_private(rules, told):
    world = World(rules=rules)
    asked = await world.say("ann", ASKED)
    assert world.surface.whispers == [("ann", told)]
    assert not world.surface.shown(asked.id)


async def test_a_paused_workspace_is_not_answered_until_it_is_resumed():
    world = World()
    place = Place(platform="fake", workspace="w", channel="any")
    await world.ledger.pause(place, paused=True, by="ann", now=0)
    asked = await world.say("ann", ASKED)
    assert world.surface.whispers == [("ann", phrases.PAUSED)]
    await world.ledger.pause(place, paused=False, by="ann", now=0)
    again = await world.say("ann", ASKED)
    assert not world.surface.shown(asked.id)
    assert world.surface.shown(again.id)


async def test_too_many_questions_of_one_person_wait_a_minute():
    world = World(questions_per_minute=2)
    asked = [await world.say("ann", ASKED) for _ in range(3)]
    other = await world.say("bob", ASKED)
    assert [len(world.surface.shown(post.id)) for post in [*asked, other]] == [1, 1, 0, 1]
    assert world.surface.whispers == [("ann", phrases.TOO_MANY)]
    world.now += 61
    assert world.surface.shown((await world.say("ann", ASKED)).id)


async def test_only_the_mention_is_answered_with_an_example():
    world = World()
    asked = await world.say("ann", "@bot")
    assert world.surface.shown(asked.id)[0].startswith("Ask me a question about the documentation")


async def test_an_edited_question_is_answered_anew_in_the_same_message():
    world = World()
    asked = await world.say("ann", ASKED)
    world.model.pieces = ("By etcd [1].",)
    world.now = asked.at + 60
    await world.bot.edited(replace(asked, text="How are metadata stored?"), world.surface)
    assert world.surface.shown(asked.id) == ["By etcd [1]."]
    world.now = asked.at + 121
    await world.bot.edited(replace(asked, text="How late is this?"), world.surface)
    assert len(world.model.prompts) == 2


async def test_an_edit_that_changes_no_word_is_not_answered_again():
    world = World()
    asked = await world.say("ann", ASKED)
    await world.bot.edited(asked, world.surface)
    assert len(world.model.prompts) == 1


async def test_a_mention_that_was_forgotten_can_be_edited_in():
    world = World()
    asked = await world.say("ann", "How is data stored?")
    await world.bot.edited(replace(asked, mentions_bot=True), world.surface)
    assert world.surface.shown(asked.id)


async def test_an_edit_while_the_answer_is_written_ends_the_old_one():
    world = World()
    post, task, _ = await begun(world)

    async def opened():
        return None

    world.surface.gate = opened
    world.model.pieces = ("By etcd [1].",)
    await world.bot.edited(replace(post, text="How are metadata stored?"), world.surface)
    await task
    assert world.surface.shown("7") == ["By etcd [1]."]
    assert [entry.state for entry in world.ledger.entries] == ["answered"]


async def test_a_question_deleted_while_it_is_answered_takes_the_answer_with_it():
    world = World()
    post, task, _ = await begun(world)
    await world.bot.deleted(post.place, post.id, world.surface)
    await task
    assert world.surface.shown("7") == []
    assert world.ledger.entries[0].state == "withdrawn"


async def test_a_question_deleted_under_another_process_takes_the_answer_with_it():
    world = World()
    post, task, go_on = await begun(world)
    await world.ledger.withdraw(post.place, post.id)
    go_on.set()
    await task
    assert world.surface.shown("7") == []


async def test_an_answer_that_is_complete_outlives_its_question():
    world = World()
    asked = await world.say("ann", ASKED)
    await world.bot.deleted(asked.place, asked.id, world.surface)
    assert world.surface.shown(asked.id)


async def test_a_model_that_fails_in_mid_stream_leaves_its_words_and_a_sentence():
    broken = FakeModel("It is kept in ", error=ModelUnavailable("The model's server went away."))
    world = World(model=broken)
    asked = await world.say("ann", ASKED)
    (message,) = world.surface.threads[asked.id].values()
    assert (message.text, message.notes) == ("It is kept in", ["The model's server went away."])
    assert world.ledger.entries[0].state == "failed"
    world.model.error, world.model.pieces = None, ("In object storage [1].",)
    await world.bot.retry(world.ledger.entries[0].ref, world.surface)
    assert world.surface.shown(asked.id) == ["In object storage [1]."]


async def test_an_index_that_is_down_is_said_in_a_sentence():
    world = World(retriever=FakeRetriever(error=RetrievalUnavailable("The index is not there.", "Run it.")))
    asked = await world.say("ann", ASKED)
    (message,) = world.surface.threads[asked.id].values()
    assert message.notes == ["The index is not there. Run it."]


async def test_a_defect_is_a_sentence_too_and_the_next_question_is_answered():
    world = World(retriever=FakeRetriever(passage(), error=ZeroDivisionError("secret")))
    asked = await world.say("ann", ASKED)
    (message,) = world.surface.threads[asked.id].values()
    assert message.notes == [phrases.DEFECT]


async def test_a_ledger_that_is_down_takes_no_question_and_says_so():
    world = World()
    world.ledger.down = True
    asked = await world.say("ann", ASKED)
    assert world.surface.whispers == [("ann", phrases.LEDGER_DOWN)]
    assert not world.surface.shown(asked.id)
    world.ledger.down = False
    assert world.surface.shown((await world.say("ann", ASKED)).id)


async def test_an_answer_that_the_platform_does_not_take_for_now_is_brought_later():
    world = World()
    world.surface.error = AWAY

    async def comes_back():
        assert [entry.state for entry in world.ledger.entries] == ["open"]
        assert all(reply.left for reply in world.surface.replies)
        await world.bot.tend(world.surface)
        if sum(world.pauses) > 600:
            world.surface.error = None

    world.meanwhile = comes_back
    asked = await world.say("ann", ASKED)
    assert world.ledger.entries[0].state == "answered"
    assert world.surface.shown(asked.id) == ["It is kept in object storage [1]."]
    assert len(world.model.prompts) == 1
    assert world.pauses == sorted(world.pauses)


async def test_a_platform_that_stays_away_is_waited_for_a_quarter_of_an_hour():
    world = World()
    world.surface.error = AWAY
    await world.say("ann", ASKED)
    assert world.ledger.entries[0].state == "failed"
    assert sum(world.pauses) == 900


async def test_a_platform_that_is_away_holds_up_no_other_answer():
    world = World(concurrent_answers=1)
    world.surface.error = AWAY

    async def comes_back():
        world.surface.error, world.meanwhile = None, nothing
        other = await world.say("bob", ASKED)
        assert world.surface.shown(other.id)

    world.meanwhile = comes_back
    assert world.surface.shown((await world.say("ann", ASKED)).id)


async def test_the_words_before_an_apology_stay_however_late_it_comes():
    broken = FakeModel("It is kept in ", error=ModelUnavailable("The model's server went away."))
    world = World(model=broken)
    world.surface.error = AWAY

    async def comes_back():
        world.surface.error = None

    world.meanwhile = comes_back
    asked = await world.say("ann", ASKED)
    (message,) = world.surface.threads[asked.id].values()
    assert message.text == "It is kept in"
    assert message.notes == ["The model's server went away."]


async def test_an_answer_that_the_platform_refuses_is_not_tried_again():
    world = World()
    world.surface.error = SurfaceUnavailable("is_archived")
    await world.say("ann", ASKED)
    assert world.ledger.entries[0].state == "failed"


async def test_what_a_dead_process_left_is_taken_up_once_in_the_same_message():
    dead = World()
    post, task, _ = await begun(dead)
    alive = World(ledger=dead.ledger)
    alive.surface.posts, alive.surface.threads = dead.surface.posts, dead.surface.threads
    alive.now = dead.now + LEASE_SECONDS - 1
    await tended(alive)
    assert alive.surface.shown("7") == ["It is kept in"]
    alive.now += 2
    await tended(alive)
    await tended(alive)
    assert alive.surface.shown("7") == ["It is kept in object storage [1]."]
    assert len(alive.model.prompts) == 1
    task.cancel()
    await asyncio.wait([task])
    assert post.id == "7"


async def test_a_message_begun_but_not_noted_is_found_in_its_thread():
    world = World()
    asked = mention(world, "7", "ann")
    place = Place(platform="fake", channel="c", thread="7")
    world.surface.write("8", place, "BOT", "It is", by="self")
    world.now = 0
    left = FakeLedger()
    world.ledger = left
    entry = replace(entry_of(asked), place=place)
    alive = World(ledger=left)
    await left.claim(entry, Lease(owner="dead", until=1))
    alive.surface.posts = world.surface.posts
    await tended(alive)
    assert list(alive.surface.threads["7"]) == ["8"]


def entry_of(post):
    return Entry(
        ref="a" * 32,
        place=post.place,
        message=post.id,
        asker=post.author,
        text=post.text,
        via="mention",
        at=post.at,
    )


async def test_a_question_that_ends_every_process_is_apologised_for_once():
    world = World()
    place = Place(platform="fake", channel="c", thread="7")
    asked = mention(world, "7", "ann")
    entry = replace(entry_of(asked), place=place)
    await world.ledger.claim(entry, Lease(owner="dead", until=1))
    for _ in range(ATTEMPTS - 1):
        await world.ledger.take_over("fake", Lease(owner="dead", until=1), 2)
    await tended(world)
    await tended(world)
    (message,) = world.surface.threads["7"].values()
    assert message.notes == [phrases.GIVEN_UP]
    assert not world.model.prompts


async def test_a_process_that_ends_leaves_its_questions_to_the_next_one():
    world = World()
    _, task, _ = await begun(world)
    await world.bot.drain(0)
    await task
    entry = world.ledger.entries[0]
    assert entry.state == "open"
    successor = World(ledger=world.ledger)
    successor.surface.posts, successor.surface.threads = world.surface.posts, world.surface.threads
    await tended(successor)
    assert successor.surface.shown("7") == ["It is kept in object storage [1]."]


async def test_more_questions_than_may_be_answered_at_once_wait_their_turn():
    world = World(concurrent_answers=1)
    _, task, go_on = await begun(world)
    second = mention(world, "9", "bob")
    waiting = asyncio.create_task(world.bot.attend(second, world.surface))
    while await world.surface.told.get() != "9":
        pass
    assert world.surface.shown("9") == []
    go_on.set()
    await asyncio.gather(task, waiting)
    assert world.surface.shown("9")


async def test_without_the_thread_the_ledger_remembers_the_conversation():
    world = World()
    first = await world.say("ann", ASKED)
    world.surface.unreadable = True
    await world.say("ann", "and for GPU?", thread=first.id)
    await world.say("bob", "and for me?", thread=first.id)
    assert len(world.surface.shown(first.id)) == 2
    said = [message.content for message in world.model.prompts[1][1:-1]]
    assert said == ["How is data stored?", "It is kept in object storage [1]."]


async def test_a_secret_in_a_question_is_kept_nowhere_and_its_owner_is_told():
    secret = "ghp_" + "a1B2c3D4e5" * 4
    world = World()
    asked = await world.say("ann", f"@bot why is {secret} refused when data is stored?")
    (message,) = world.surface.threads[asked.id].values()
    assert secret not in world.ledger.entries[0].text
    assert secret not in str(world.model.prompts)
    assert any("token" in note or "secret" in note or "key" in note for note in message.notes)
    await world.bot.edited(asked, world.surface)
    assert len(world.model.prompts) == 1


async def test_a_channel_is_answered_from_its_own_sources_in_its_threads_too():
    shelf = FakeRetriever(passage(source="milvus"), passage("Ask your admin.", number=2, source="faq"))
    world = World(retriever=shelf, sources={"help": ("faq",)})
    asked = await world.say("ann", "@bot Who may ask?", channel="help")
    await world.say("ann", "and who else?", channel="help", thread=asked.id)
    await world.say("ann", ASKED)
    assert [scope.sources for scope in dict.fromkeys(shelf.scopes)] == [("faq",), ()]
    said = [entry.answer.passages[0].source for entry in world.ledger.entries]
    assert said == ["faq", "faq", "milvus"]
