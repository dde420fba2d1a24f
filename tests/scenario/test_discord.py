"""What people see in Discord: the real discord.py against a Discord on a loopback port."""

import re
from collections.abc import AsyncIterator

import pytest

from bot.channels.listening import Rules
from discord_bot import ANSWER, ASKED, Halting, Stepping, bot_in, closed, place
from discord_double import DiscordDouble
from fakes import FakeModel, FakeRetriever, passage


@pytest.fixture
async def discord() -> AsyncIterator[DiscordDouble]:
    async with DiscordDouble() as double:
        yield double


@pytest.fixture
def halting():
    return Halting("It is kept in ", "object storage [1].")


LONG = "".join(
    f"## Part {n}\n\nText of part {n}.\n\n```python\n"
    + "".join(f"x{line} = {n * line}\n" for line in range(60))
    + "```\n\n"
    for n in range(12)
)


async def test_the_bots_own_role_is_a_mention_as_well(discord, tmp_path):
    async with bot_in(discord, tmp_path):
        asked = await discord.says("ANN", "GENERAL", "<@&DOCENT> how is data stored?")
        assert ANSWER in (await discord.answered(asked)).text


async def test_a_mention_that_the_gateway_does_not_list_is_still_one(discord, tmp_path):
    async with bot_in(discord, tmp_path):
        asked = await discord.says("ANN", "GENERAL", ASKED, mentions=False)
        assert ANSWER in (await discord.answered(asked)).text


async def test_a_thread_goes_on_without_a_mention_until_people_talk_to_each_other(discord, tmp_path):
    dialogue = [
        ("ANN", ASKED, 1),
        ("ANN", "and for GPU?", 2),
        ("ANN", "thanks!", 2),
        ("BEN", "I had the same problem once", 2),
        ("ANN", "how did you solve it?", 2),
        ("ANN", "<@BOT> is that right?", 3),
        ("ANN", "<@BEN> what do you think?", 3),
        ("ANN", "and in the cloud?", 3),
    ]
    async with bot_in(discord, tmp_path):
        thread = 0
        for author, text, count in dialogue:
            said = await discord.says(author, thread or "GENERAL", text)
            thread = thread or said
            await discord.answered(thread, count)
            await discord.idle()
            assert len(discord.answers(thread)) == count, text


async def test_the_thread_is_the_conversation_with_roles_right(discord, tmp_path):
    async with bot_in(discord, tmp_path) as bot:
        root = await discord.says("BEN", "GENERAL", "My cluster is slow")
        await discord.starts_thread("BEN", root, "Slow cluster")
        await discord.says("ANN", root, "Which index do you use?")
        await discord.says("BEN", root, ASKED)
        await discord.answered(root)
        await discord.says("BEN", root, "<@BOT> and metadata?")
        await discord.answered(root, 2)
    said = [(message.role, message.content) for message in bot.model.prompts[1][1:-1]]
    assert said == [
        ("user", "My cluster is slow"),
        ("user", "Which index do you use?"),
        ("user", "how is data stored?"),
        ("assistant", ANSWER),
    ]


async def test_a_private_conversation_needs_no_mention_and_is_answered_in_place(discord, tmp_path):
    async with bot_in(discord, tmp_path) as bot:
        await discord.says("ANN", "DM_ANN", "how is data stored?")
        assert ANSWER in (await discord.answered("DM_ANN")).text
        await discord.says("ANN", "DM_ANN", "and for GPU?")
        await discord.answered("DM_ANN", 2)
    assert [message.content for message in bot.model.prompts[1][1:-1]] == ["how is data stored?", ANSWER]
    assert not discord.calls("POST", "/threads")


async def test_an_edited_question_is_answered_anew_in_the_same_message(discord, tmp_path):
    async with bot_in(discord, tmp_path) as bot:
        asked = await discord.says("ANN", "GENERAL", ASKED)
        first = await discord.answered(asked)
        bot.model.pieces = ("In etcd [2].",)
        await discord.edits(asked, "<@BOT> where are metadata?")
        await discord.until(lambda: "etcd" in discord.answers(asked)[0].text)
        await discord.answered(asked)
        await discord.idle()
    (answer,) = discord.answers(asked)
    assert answer.id == first.id
    assert answer.text.startswith("In etcd [1].")
    assert answer.finished


async def test_a_preview_that_discord_adds_is_no_edit(discord, tmp_path):
    async with bot_in(discord, tmp_path) as bot:
        asked = await discord.says("ANN", "GENERAL", ASKED)
        await discord.answered(asked)
        await discord.unfurls(asked)
        await discord.idle()
    assert len(bot.model.prompts) == 1


async def test_a_question_deleted_while_it_is_answered_leaves_nothing_behind(discord, tmp_path, halting):
    async with bot_in(discord, tmp_path, model=halting):
        asked = await discord.says("ANN", "GENERAL", ASKED)
        await discord.until(lambda: discord.answers(asked))
        await discord.deletes(asked)
        await discord.until(lambda: not discord.answers(asked))
        await discord.idle()
    assert discord.channel("GENERAL") == []


async def test_a_thread_deleted_while_it_is_answered_ends_the_answer(discord, tmp_path, halting):
    async with bot_in(discord, tmp_path, model=halting) as bot:
        asked = await discord.says("ANN", "GENERAL", ASKED)
        await discord.until(lambda: discord.answers(asked))
        await discord.deletes_channel(asked)
        await discord.until(lambda: halting.closed)
        await discord.idle()
        entry = await bot.ledger.asked(place(discord, "GENERAL"), str(asked))
    assert entry is not None
    assert entry.state == "withdrawn"


async def test_a_channel_can_be_answered_unasked_and_chatter_is_left_alone(discord, tmp_path):
    general = str(discord.guild.channel("GENERAL").id)
    async with bot_in(discord, tmp_path, rules=Rules(auto_answer=[general])):
        chatter = await discord.says("ANN", "GENERAL", "good morning all")
        asked = await discord.says("ANN", "GENERAL", "how is data stored?")
        elsewhere = await discord.says("ANN", "RANDOM", "how is data stored?")
        await discord.answered(asked)
        await discord.idle()
    assert discord.answers(chatter) == []
    assert discord.answers(elsewhere) == []


async def test_who_did_not_ask_the_bot_does_not_hear_that_it_found_nothing(discord, tmp_path):
    general = str(discord.guild.channel("GENERAL").id)
    model = FakeModel("NOT_COVERED")
    async with bot_in(discord, tmp_path, rules=Rules(auto_answer=[general]), model=model) as bot:
        asked = await discord.says("ANN", "GENERAL", "how is the cafeteria run?")
        await discord.until(lambda: model.prompts)
        await closed(bot, discord, asked)
        await discord.starts_thread("ANN", asked, "The cafeteria")
        await discord.says("ANN", asked, "nobody knows?")
        await discord.idle()
        assert discord.answers(asked) == []
        model.pieces = (ANSWER,)
        await discord.edits(asked, "how is data stored?")
        assert ANSWER in (await discord.answered(asked)).text
        await discord.idle()
        model.pieces = ("NOT_COVERED",)
        await discord.edits(asked, "how is the canteen run?")
        await discord.until(lambda: "could not find" in discord.answers(asked)[0].words)


async def test_a_post_in_a_forum_is_answered_as_it_opens_and_its_title_is_read(discord, tmp_path):
    forum = str(discord.guild.channel("HELP_FORUM").id)
    async with bot_in(discord, tmp_path, rules=Rules(auto_answer=[forum])) as bot:
        post = await discord.posts_in_forum("ANN", "HELP_FORUM", "Data storage", "It fails on my machine.")
        answer = await discord.answered(post)
        await discord.says("ANN", post, "and for GPU?")
        await discord.answered(post, 2)
        await discord.says("BEN", post, "I have that as well")
        await discord.idle()
    assert ANSWER in answer.text
    assert "Data storage" in bot.retriever.queries[0]
    assert len(discord.answers(post)) == 2
    assert not discord.calls("POST", "/threads")


async def test_a_forum_that_is_not_configured_is_left_alone_without_a_mention(discord, tmp_path):
    async with bot_in(discord, tmp_path):
        await discord.posts_in_forum("ANN", "HELP_FORUM", "How is data stored?", "How?")
        post = await discord.posts_in_forum("ANN", "HELP_FORUM", "Storage", ASKED)
        await discord.answered(post)
        await discord.idle()
    assert len([call for call in discord.calls("POST", "/messages") if call.status == 200]) == 1


async def test_a_channel_a_forum_and_a_thread_are_answered_from_their_own_sources(discord, tmp_path):
    kept = passage(source="milvus-2.6", version="2.6")
    shelf = FakeRetriever(kept, passage("Ask your admin.", number=2, source="guide"))
    general, forum = discord.guild.channel("GENERAL").id, discord.guild.channel("HELP_FORUM").id
    chosen = {str(general): ("milvus-2.6",), str(forum): ("guide",)}
    async with bot_in(discord, tmp_path, retriever=shelf, sources=chosen) as bot:
        asked = await discord.says("ANN", "GENERAL", ASKED)
        answer = await discord.answered(asked)
        await discord.says("ANN", asked, "and for GPU?")
        await discord.answered(asked, 2)
        await discord.answered(await discord.posts_in_forum("ANN", "HELP_FORUM", "Storage", ASKED))
        await discord.answered(await discord.says("ANN", "RANDOM", ASKED))
        await discord.says("ANN", "DM_ANN", "how is data stored?")
        await discord.answered("DM_ANN")
    searched = [scope.sources for scope in bot.retriever.scopes]
    assert "[1] [Page 1 › Section 1 (2.6)](<https://docs.example/p1#section-1>)" in answer.text
    assert list(dict.fromkeys(searched)) == [("milvus-2.6",), ("guide",), ()]
    assert searched.count(("guide",)) == 1


async def test_a_program_is_not_answered(discord, tmp_path):
    async with bot_in(discord, tmp_path) as bot:
        await discord.says("CIBOT", "GENERAL", ASKED)
        await discord.idle()
    assert bot.model.prompts == []


async def test_what_is_not_covered_names_the_nearest_pages_and_offers_a_human(discord, tmp_path):
    async with bot_in(discord, tmp_path, model=FakeModel("NOT_COVERED")):
        asked = await discord.says("ANN", "GENERAL", ASKED)
        answer = await discord.answered(asked)
    assert "could not find an answer" in answer.words
    assert "Page 1" in answer.words
    assert "Get a human" in answer.labels


@pytest.mark.parametrize("text", ["", "   "])
async def test_only_the_mention_is_answered_with_an_example(discord, tmp_path, text):
    async with bot_in(discord, tmp_path):
        asked = await discord.says("ANN", "GENERAL", f"<@BOT>{text}")
        answer = await discord.answered(asked)
    assert "Ask me a question about the documentation" in answer.words


async def test_a_hundred_mentions_in_one_message_are_one_question(discord, tmp_path):
    async with bot_in(discord, tmp_path) as bot:
        asked = await discord.says("ANN", "GENERAL", "<@BOT> " * 50 + "<@BEN> " * 50 + "how is data stored?")
        await discord.answered(asked)
        await discord.idle()
    assert len(bot.model.prompts) == 1
    assert discord.pings == []


async def test_no_answer_pings_anybody(discord, tmp_path):
    hostile = ("Hello @everyone and @he", "re and <@700000000000000001> and <@&644444444444444444> [1].")
    async with bot_in(discord, tmp_path, model=FakeModel(*hostile)):
        await discord.commands("ANN", "GENERAL", "ask", {"question": "<@700000000000000002> @everyone how?"})
        asked = await discord.says("ANN", "GENERAL", ASKED)
        answer = await discord.answered(asked)
        await discord.edits(asked, "<@BOT> and how are metadata kept?")
        await discord.idle()
    assert "everyone" in answer.text
    assert discord.pings == []
    posted = [call for call in discord.calls() if isinstance(call.body, dict) and "content" in call.body]
    assert posted
    assert all(call.body["allowed_mentions"] == {"parse": []} for call in posted)


async def test_a_long_answer_is_whole_in_several_messages_none_within_a_fence(discord, tmp_path):
    pieces = [LONG[at : at + 97] for at in range(0, len(LONG), 97)]
    async with bot_in(discord, tmp_path, model=FakeModel(*pieces, "The end [1].")):
        asked = await discord.says("ANN", "GENERAL", ASKED)
        await discord.until(lambda: any(shown.finished for shown in discord.answers(asked)))
        await discord.idle()
    shown = discord.answers(asked)
    whole = "".join(answer.text for answer in shown)
    assert re.findall(r"part (\d+)\.", whole) == [str(n) for n in range(12)]
    assert len(re.findall(r"^x\d+ = ", whole, re.MULTILINE)) == 12 * 60
    assert all(len(answer.text) <= 2000 for answer in shown)
    assert all(answer.text.count("```") % 2 == 0 for answer in shown)
    assert [bool(answer.labels) for answer in shown] == [False] * (len(shown) - 1) + [True]


async def test_a_table_is_shown_in_columns(discord, tmp_path):
    table = "| index | memory |\n| --- | --- |\n| FLAT | high |\n| IVF_SQ8 | low |\n\nThat is all [1]."
    async with bot_in(discord, tmp_path, model=FakeModel(table)):
        answer = await discord.answered(await discord.says("ANN", "GENERAL", ASKED))
    assert re.search(r"```\nindex +memory\n", answer.text)
    assert re.search(r"IVF_SQ8 +low\n", answer.text)


async def test_the_answer_grows_by_edits_that_keep_discords_pace(discord, tmp_path):
    model = Stepping(*[f"Sentence {n}. " for n in range(9)], "The end [1].")
    async with bot_in(discord, tmp_path, model=model):
        asked = await discord.says("ANN", "GENERAL", ASKED)
        await discord.until(lambda: discord.answers(asked))
        for count in range(1, 4):
            model.step.set()
            await discord.until(lambda count=count: discord.answers(asked)[0].edited >= count)
        model.rest.set()
        model.step.set()
        answer = await discord.answered(asked)
        await discord.idle()
    assert answer.edited >= 4
    assert "The end" in answer.text
    assert discord.violations == []
