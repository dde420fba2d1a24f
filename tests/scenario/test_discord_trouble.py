"""Discord that refuses, limits, forgets and says things twice: nothing is lost, and nothing said twice."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.channels.listening import Rules
from bot.errors import ModelUnavailable, RetrievalUnavailable
from discord_bot import ANSWER, ASKED, bot_in, place
from discord_double import GUILD, DiscordDouble
from fakes import FakeModel, FakeRetriever, passage

ABOUT_THIS = "Ask Docent about this"


@pytest.fixture
async def discord() -> AsyncIterator[DiscordDouble]:
    async with DiscordDouble() as double:
        yield double


async def test_where_no_thread_can_be_made_the_answer_stands_in_the_channel(discord, tmp_path):
    async with bot_in(discord, tmp_path) as bot:
        asked = await discord.says("ANN", "FLAT", ASKED)
        answer = await discord.answered(asked)
        bot.model.pieces = ("In etcd [2].",)
        await discord.edits(asked, "<@BOT> where are metadata?")
        await discord.until(lambda: "etcd" in discord.message(answer.id).text)
        await discord.idle()
    assert answer.channel == discord.guild.channel("FLAT").id
    assert answer.reply_to == asked
    assert len(discord.answers(asked)) == 1
    assert discord.pings == []


async def test_a_thread_that_may_not_be_written_into_gives_way_to_the_channel(discord, tmp_path):
    discord.fails("POST", "/messages", 403, 50001, where=lambda call: call.path.count("/80000000") == 0)
    async with bot_in(discord, tmp_path):
        asked = await discord.says("ANN", "GENERAL", ASKED)
        answer = await discord.answered(asked)
    assert answer.channel == discord.guild.channel("GENERAL").id


async def test_a_locked_thread_takes_nothing_else_down(discord, tmp_path):
    async with bot_in(discord, tmp_path, model=FakeModel(ANSWER)):
        asked = await discord.says("ANN", "GENERAL", ASKED)
        answer = await discord.answered(asked)
        await discord.archives(asked, locked=True)
        discord.fails("PATCH", f"/channels/{asked}", 403, 50083)
        await discord.clicks("ANN", answer, "Helpful")
        await discord.edits(asked, "<@BOT> where are metadata?")
        await discord.idle()
        discord.faults.clear()
        again = await discord.says("ANN", "GENERAL", ASKED)
        assert ANSWER in (await discord.answered(again)).text


async def test_an_archived_thread_is_opened_for_an_edit(discord, tmp_path):
    async with bot_in(discord, tmp_path) as bot:
        asked = await discord.says("ANN", "GENERAL", ASKED)
        await discord.answered(asked)
        await discord.archives(asked)
        bot.model.pieces = ("In etcd [2].",)
        await discord.edits(asked, "<@BOT> where are metadata?")
        await discord.until(lambda: "etcd" in discord.answers(asked)[0].text)


@pytest.mark.parametrize(("status", "code"), [(403, 50013), (403, 50001), (404, 10003), (400, 50035)])
async def test_a_channel_that_takes_no_answer_takes_nothing_else_down(discord, tmp_path, status, code):
    for method, route in (("POST", "/messages"), ("POST", "/threads"), ("POST", "/typing")):
        discord.fails(method, route, status, code)
    async with bot_in(discord, tmp_path) as bot:
        lost = await discord.says("ANN", "GENERAL", ASKED)
        await discord.until(lambda: discord.calls("POST", "/messages"))
        await discord.idle()
        discord.faults.clear()
        entry = await bot.ledger.asked(place(discord, "GENERAL"), str(lost))
        asked = await discord.says("ANN", "GENERAL", ASKED)
        assert ANSWER in (await discord.answered(asked)).text
    assert entry is not None
    assert entry.state == "failed"


async def test_a_rate_limit_is_waited_for_and_no_tail_is_lost(discord, tmp_path):
    discord.limits("POST", "/channels/{channel}/messages", retry_after=0.5)
    discord.limits("PATCH", "/messages/{message}", retry_after=0.5)
    async with bot_in(discord, tmp_path):
        asked = await discord.says("ANN", "GENERAL", ASKED)
        answer = await discord.answered(asked)
        await discord.idle()
    assert answer.text.startswith(ANSWER)
    assert len(discord.answers(asked)) == 1


async def test_a_limit_of_all_calls_met_by_what_nobody_waits_for_stops_nothing(discord, tmp_path):
    """The typing is over when the answer comes: discord.py must not be left waiting with its door shut."""
    discord.limits("POST", "/typing", retry_after=0.5, scope="global")
    async with bot_in(discord, tmp_path):
        asked = await discord.says("ANN", "GENERAL", ASKED)
        assert ANSWER in (await discord.answered(asked)).text


async def test_a_post_whose_receipt_was_lost_is_not_posted_twice(discord, tmp_path):
    discord.breaks("POST", "/channels/{channel}/messages", 502, applied=True)
    async with bot_in(discord, tmp_path):
        asked = await discord.says("ANN", "GENERAL", ASKED)
        answer = await discord.answered(asked)
        await discord.idle()
    assert answer.text.startswith(ANSWER)
    assert len(discord.answers(asked)) == 1


async def test_a_model_that_goes_away_leaves_its_words_and_a_button_to_try_again(discord, tmp_path):
    broken = FakeModel("It is kept in ", error=ModelUnavailable("The model's server went away."))
    async with bot_in(discord, tmp_path, model=broken):
        asked = await discord.says("ANN", "GENERAL", ASKED)
        failed = await discord.answered(asked)
        broken.error = None
        broken.pieces = (ANSWER,)
        await discord.clicks("ANN", failed, "Try again")
        await discord.until(lambda: ANSWER in discord.answers(asked)[0].text)
        await discord.idle()
    (answer,) = discord.answers(asked)
    assert "It is kept in" in failed.text
    assert "The model's server went away." in failed.text
    assert failed.labels == ("Try again", "Get a human")
    assert "went away" not in answer.text
    assert answer.id == failed.id


async def test_an_index_that_is_down_is_said_in_a_sentence(discord, tmp_path):
    error = RetrievalUnavailable("The index is not there.", "Run docent index.")
    async with bot_in(discord, tmp_path, retriever=FakeRetriever(passage(), error=error)):
        asked = await discord.says("ANN", "GENERAL", ASKED)
        answer = await discord.answered(asked)
    assert "The index is not there. Run docent index." in answer.text
    assert answer.labels == ("Try again", "Get a human")


async def test_the_same_event_many_times_is_answered_once(discord, tmp_path):
    async with bot_in(discord, tmp_path) as bot:
        asked = await discord.says("ANN", "GENERAL", ASKED)
        discord.redelivers(discord.sent("MESSAGE_CREATE")[0], times=150)
        await discord.answered(asked)
        await discord.idle()
    assert len(discord.answers(asked)) == 1
    assert len(bot.model.prompts) == 1


async def test_two_processes_with_one_ledger_answer_once(discord, tmp_path):
    async with bot_in(discord, tmp_path) as one, bot_in(discord, tmp_path) as other:
        asked = await discord.says("ANN", "GENERAL", ASKED)
        await discord.answered(asked)
        await discord.idle()
    assert len(discord.answers(asked)) == 1
    assert len(one.model.prompts) + len(other.model.prompts) == 1


async def test_fifty_mentions_at_once_are_all_answered_and_none_twice(discord, tmp_path):
    async with bot_in(discord, tmp_path) as bot:
        asked = [await discord.says("ANN", "GENERAL", f"{ASKED} {number}") for number in range(50)]
        await asyncio.gather(*(discord.answered(one) for one in asked))
        await discord.idle()
    assert [len(discord.answers(one)) for one in asked] == [1] * 50
    assert len(bot.model.prompts) == 50


async def test_what_was_asked_while_the_connection_was_cut_is_answered(discord, tmp_path):
    async with bot_in(discord, tmp_path):
        discord.drops()
        asked = await discord.says("ANN", "GENERAL", ASKED)
        assert ANSWER in (await discord.answered(asked)).text
    assert discord.identifies == 1
    assert discord.resumes >= 1


async def test_a_session_that_is_gone_is_begun_anew(discord, tmp_path, monkeypatch):
    monkeypatch.setattr("adapters.discord.connection.BETWEEN_SECONDS", 0.05)
    async with bot_in(discord, tmp_path):
        discord.disconnects(4000, forget=True)
        await discord.until(lambda: discord.identifies == 2)
        await discord.connected()
        asked = await discord.says("ANN", "GENERAL", ASKED)
        assert ANSWER in (await discord.answered(asked)).text


async def test_a_bot_without_the_intent_answers_whoever_mentions_it_and_remembers(discord, tmp_path):
    async with bot_in(discord, tmp_path, message_content=False) as bot:
        asked = await discord.says("ANN", "GENERAL", ASKED)
        await discord.answered(asked)
        await discord.says("ANN", asked, "and for GPU?")
        await discord.idle()
        await discord.says("ANN", asked, "<@BOT> and metadata?")
        await discord.answered(asked, 2)
        await discord.says("BEN", "DM_BEN", "how is data stored?")
        await discord.answered("DM_BEN")
        unread = await discord.says("BEN", "GENERAL", "how is data stored?")
        await discord.context_menu("ANN", "GENERAL", unread, ABOUT_THIS)
        await discord.answered(unread)
    assert len(discord.answers(asked)) == 2
    said = [message.content for message in bot.model.prompts[1][1:-1]]
    assert said == ["how is data stored?", ANSWER]


@pytest.mark.parametrize(("status", "code"), [(400, 50024), (400, 160006), (403, 50013)])
async def test_a_channel_without_threads_is_answered_in_itself(discord, tmp_path, status, code):
    """As the text of voice and stage channels, and channels with too many threads."""
    discord.fails("POST", "/threads", status, code)
    async with bot_in(discord, tmp_path):
        asked = await discord.says("ANN", "GENERAL", ASKED)
        answer = await discord.answered(asked)
        await discord.idle()
    assert answer.channel == discord.guild.channel("GENERAL").id
    assert answer.reply_to == asked


async def test_who_may_not_read_the_history_posts_without_a_reference(discord, tmp_path):
    discord.fails("POST", "/messages", 400, 160002, where=lambda call: "message_reference" in call.body)
    async with bot_in(discord, tmp_path):
        await discord.says("ANN", "FLAT", ASKED)
        await discord.until(lambda: [message for message in discord.channel("FLAT") if message.finished])


async def test_history_that_may_not_be_read_is_remembered(discord, tmp_path):
    discord.fails("GET", "/messages", 403, 50001)
    async with bot_in(discord, tmp_path) as bot:
        asked = await discord.says("ANN", "GENERAL", ASKED)
        await discord.answered(asked)
        await discord.says("ANN", asked, "and for GPU?")
        await discord.answered(asked, 2)
    assert [message.content for message in bot.model.prompts[1][1:-1]] == ["how is data stored?", ANSWER]


async def test_a_thread_that_was_archived_before_the_start_goes_on(discord, tmp_path):
    async with bot_in(discord, tmp_path):
        asked = await discord.says("ANN", "GENERAL", ASKED)
        await discord.answered(asked)
        await discord.idle()
    await discord.archives(asked)
    async with bot_in(discord, tmp_path):
        await discord.says("ANN", asked, "<@BOT> and for GPU?")
        await discord.answered(asked, 2)


async def test_without_the_intent_a_forum_post_is_answered_by_its_title(discord, tmp_path):
    forum = str(discord.guild.channel("HELP_FORUM").id)
    async with bot_in(discord, tmp_path, rules=Rules(auto_answer=[forum]), message_content=False) as bot:
        post = await discord.posts_in_forum("ANN", "HELP_FORUM", "How is data stored?", "I cannot find it.")
        await discord.answered(post)
    assert bot.retriever.queries == ["How is data stored?"]


async def test_events_of_unknown_kinds_and_places_take_nothing_down(discord, tmp_path):
    async with bot_in(discord, tmp_path):
        discord.event("MESSAGE_DELETE", id="1", channel_id="7", guild_id=str(GUILD))
        discord.event("MESSAGE_DELETE_BULK", ids=["1", "2"], channel_id="7", guild_id=str(GUILD))
        discord.event("THREAD_DELETE", id="7", parent_id="8", guild_id=str(GUILD), type=11)
        discord.event("SOMETHING_NEW", what="ever")
        asked = await discord.says("ANN", "GENERAL", ASKED)
        assert ANSWER in (await discord.answered(asked)).text
