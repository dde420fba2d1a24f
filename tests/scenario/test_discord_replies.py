"""Discord's replies: what they refer to is understood, and what is said to somebody else left alone."""

from collections.abc import AsyncIterator

import pytest

from bot.channels.listening import Rules
from discord_bot import ANSWER, ASKED, bot_in, place
from discord_double import DiscordDouble

QUESTION = "how is data stored?"


@pytest.fixture
async def discord() -> AsyncIterator[DiscordDouble]:
    async with DiscordDouble(window=0.5) as double:
        yield double


def said(bot, number=-1):
    return [(message.role, message.content) for message in bot.model.prompts[number][1:-1]]


@pytest.mark.parametrize("text", ["<@BOT>", "<@BOT> ??"])
async def test_a_mention_alone_asks_what_it_replies_to(discord, tmp_path, text):
    async with bot_in(discord, tmp_path) as bot:
        question = await discord.says("BEN", "GENERAL", QUESTION)
        asked = await discord.says("ANN", "GENERAL", text, reply_to=question)
        answer = await discord.answered(asked)
    assert ANSWER in answer.text
    assert bot.retriever.queries == [QUESTION]
    assert discord.guild.channel(asked).name == QUESTION
    assert discord.pings == []


async def test_a_mention_in_a_reply_is_understood_with_what_it_replies_to(discord, tmp_path):
    async with bot_in(discord, tmp_path) as bot:
        question = await discord.says("BEN", "GENERAL", QUESTION)
        asked = await discord.says("ANN", "GENERAL", "<@BOT> explain that in more detail", reply_to=question)
        answer = await discord.answered(asked)
        await discord.says("ANN", "GENERAL", "<@BOT> thanks!", reply_to=question)
        follow_up = await discord.says("ANN", asked, "and for GPU?")
        await discord.answered(asked, 2)
        await discord.says("ANN", asked, "👍", reply_to=follow_up)
        await discord.idle()
    assert ANSWER in answer.text
    assert "explain that in more detail\n\n> how is data stored?" in bot.model.prompts[0][-1].content
    assert len(bot.model.prompts) == 2


@pytest.mark.parametrize("listed", [True, False])
async def test_what_a_reply_refers_to_is_asked_for_where_the_event_does_not_hold_it(
    discord, tmp_path, monkeypatch, listed
):
    monkeypatch.setattr("discordd.shapes.REPLY", -1)  # nothing in the event but the id
    async with bot_in(discord, tmp_path) as bot:
        question = await discord.says("BEN", "GENERAL", QUESTION)
        if not listed:
            discord.fails("GET", "/messages/{message}", 403, 50001)
        asked = await discord.says("ANN", "GENERAL", "<@BOT>", reply_to=question)
        answer = await discord.answered(asked)
    assert (ANSWER in answer.text) is listed
    assert ("Ask me a question" in answer.text) is not listed
    assert bool(bot.model.prompts) is listed


async def test_a_mention_alone_in_reply_to_what_is_gone_is_answered_with_an_example(discord, tmp_path):
    async with bot_in(discord, tmp_path):
        question = await discord.says("BEN", "GENERAL", QUESTION)
        await discord.deletes(question)
        asked = await discord.says("ANN", "GENERAL", "<@BOT>", reply_to=question)
        answer = await discord.answered(asked)
    assert "Ask me a question" in answer.text


async def test_where_no_thread_can_be_made_a_reply_to_the_answer_goes_on_with_it(discord, tmp_path):
    async with bot_in(discord, tmp_path) as bot:
        asked = await discord.says("ANN", "FLAT", ASKED)
        answer = await discord.answered(asked)
        await discord.idle()
        follow_up = await discord.says("ANN", "FLAT", "and for GPU?", reply_to=answer, pings=False)
        second = await discord.answered(follow_up)
        await discord.idle()
        other = await discord.says("BEN", "FLAT", "and for CPU?", reply_to=second)
        await discord.answered(other)
        await discord.idle()
        unasked = await discord.says("EVA", "FLAT", "is that so?", reply_to=answer, pings=False)
        await discord.idle()
    flat = discord.guild.channel("FLAT").id
    assert (second.channel, second.reply_to) == (flat, follow_up)
    assert said(bot, 1) == [("user", QUESTION), ("assistant", ANSWER)]
    assert said(bot, 2) == [*said(bot, 1), ("user", "and for GPU?"), ("assistant", ANSWER)]
    assert discord.answers(unasked) == []
    assert discord.pings == []


async def test_a_follow_up_without_a_thread_is_answered_anew_in_its_place(discord, tmp_path):
    async with bot_in(discord, tmp_path) as bot:
        asked = await discord.says("ANN", "FLAT", ASKED)
        answer = await discord.answered(asked)
        await discord.idle()
        follow_up = await discord.says("ANN", "FLAT", "and for GPU?", reply_to=answer)
        await discord.answered(follow_up)
        await discord.idle()
        bot.model.pieces = ("In etcd [2].",)
        await discord.edits(follow_up, "and for metadata?")
        await discord.until(lambda: "etcd" in discord.answers(follow_up)[0].text)
        await discord.idle()
        entry = await bot.ledger.asked(place(discord, "FLAT"), str(follow_up))
    assert entry.place.thread == str(asked)
    assert len(discord.answers(follow_up)) == 1


async def test_a_reply_to_a_person_in_a_channel_answered_unasked_is_theirs(discord, tmp_path):
    general = str(discord.guild.channel("GENERAL").id)
    async with bot_in(discord, tmp_path, rules=Rules(auto_answer=[general])) as bot:
        bens = await discord.says("BEN", "GENERAL", "good morning all")
        anns = await discord.says("ANN", "GENERAL", "my cluster stores too much")
        for text, to, pings in (
            ("<@BEN> how is data stored?", None, True),
            ("how is data stored?", bens, True),
            ("how is data stored?", bens, False),
            ("<@&MODERATORS> how is data stored?", None, True),
        ):
            left = await discord.says("ANN", "GENERAL", text, reply_to=to, pings=pings)
            await discord.idle()
            assert discord.answers(left) == [], text
        own = await discord.says("ANN", "GENERAL", "how is data stored?", reply_to=anns)
        await discord.answered(own)
    assert len(bot.model.prompts) == 1
