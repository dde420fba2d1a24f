"""What people press, choose and command in Discord, and what they read then."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.channels import phrases
from bot.channels.listening import Rules
from bot.errors import ModelUnavailable
from discord_bot import ANSWER, ASKED, bot_in, closed, ref_of
from discord_double import GUILD, DiscordDouble
from fakes import FakeModel

ABOUT_THIS = "Ask Docent about this"


@pytest.fixture
async def discord() -> AsyncIterator[DiscordDouble]:
    async with DiscordDouble() as double:
        yield double


async def test_a_mention_is_answered_in_a_thread_with_sources_and_buttons(discord, tmp_path):
    async with bot_in(discord, tmp_path):
        asked = await discord.says("ANN", "GENERAL", ASKED)
        answer = await discord.answered(asked)
        await discord.idle()
    assert answer.channel == asked
    assert discord.guild.channel(asked).name == "how is data stored?"
    assert answer.text.startswith(ANSWER)
    assert "[1] [Page 1 › Section 1](<https://docs.example/p1#section-1>)" in answer.text
    assert answer.labels == ("Helpful", "Not helpful", "Get a human")
    assert discord.typing[0].channel == discord.guild.channel("GENERAL").id
    assert len(discord.answers(asked)) == 1
    assert [message for message in discord.channel("GENERAL") if message.by_bot] == []


async def test_a_question_by_command_is_seen_by_all_and_answered_in_its_thread(discord, tmp_path):
    async with bot_in(discord, tmp_path):
        used = await discord.commands("ANN", "GENERAL", "ask", {"question": "how is data stored?"})
        answer = await discord.answered(used.responses[0].id)
        thread = used.responses[0].id
        await discord.says("ANN", thread, "and for GPU?")
        await discord.answered(thread, 2)
        await discord.idle()
    assert used.responses[0].text.endswith("asks: how is data stored?")
    assert not used.ephemeral
    assert answer.text.startswith(ANSWER)
    assert discord.pings == []


async def test_a_private_question_by_command_is_answered_to_the_asker_alone(discord, tmp_path):
    async with bot_in(discord, tmp_path):
        options = {"question": "how is data stored?", "private": True}
        used = await discord.commands("ANN", "GENERAL", "ask", options)
        await discord.until(lambda: used.responses[0].finished)
        await discord.idle()
    assert used.ephemeral
    assert ANSWER in used.words
    assert "Not helpful" in used.words
    assert discord.channel("GENERAL") == []


async def test_where_the_bot_may_not_write_a_command_is_answered_to_the_asker_alone(discord, tmp_path):
    async with bot_in(discord, tmp_path):
        used = await discord.commands("ANN", "READONLY", "ask", {"question": "how is data stored?"})
        await discord.until(lambda: used.responses[0].finished)
    assert used.ephemeral
    assert ANSWER in used.words


async def test_the_context_menu_answers_anybodys_message_and_only_once(discord, tmp_path):
    async with bot_in(discord, tmp_path):
        asked = await discord.says("BEN", "GENERAL", "how is data stored?")
        first = await discord.context_menu("ANN", "GENERAL", asked, ABOUT_THIS)
        answer = await discord.answered(asked)
        again = await discord.context_menu("ANN", "GENERAL", asked, ABOUT_THIS)
        await discord.until(lambda: "already" in again.words)
    assert ANSWER in answer.text
    assert f"/{asked}" in first.words
    assert "I have answered this message already" in again.words
    assert len(discord.answers(asked)) == 1


async def test_where_the_bot_may_not_write_everybody_gets_an_answer_to_the_same_message(discord, tmp_path):
    async with bot_in(discord, tmp_path):
        asked = await discord.says("EVA", "READONLY", "how is data stored?")
        for person in ("ANN", "BEN", "ANN"):
            used = await discord.context_menu(person, "READONLY", asked, ABOUT_THIS)
            await discord.until(lambda used=used: used.responses[0].finished)
            assert ANSWER in used.words
            assert used.ephemeral
    assert len(discord.channel("READONLY")) == 1


async def test_the_context_menu_says_where_there_is_nothing_to_answer(discord, tmp_path):
    async with bot_in(discord, tmp_path):
        picture = await discord.says("BEN", "GENERAL", "")
        used = await discord.context_menu("ANN", "GENERAL", picture, ABOUT_THIS)
        await discord.until(lambda: used.words)
    assert "no text in this message" in used.words


async def test_votes_are_kept_once_a_person_and_can_change(discord, tmp_path):
    async with bot_in(discord, tmp_path) as bot:
        asked = await discord.says("ANN", "GENERAL", ASKED)
        answer = await discord.answered(asked)
        await discord.clicks("ANN", answer, "Helpful")
        await discord.clicks("BEN", answer, "Helpful")
        opened = await discord.clicks("ANN", answer, "Not helpful")
        sent = await discord.submits("ANN", opened, {"reason": "It names no version."})
        await discord.until(lambda: "Thank you" in sent.words)
        ratings = await bot.ledger.ratings(await ref_of(bot, discord, asked))
    assert {rating.person: (rating.vote, rating.reason) for rating in ratings} == {
        str(discord.guild.user("ANN").id): ("down", "It names no version."),
        str(discord.guild.user("BEN").id): ("up", ""),
    }


async def test_a_vote_counts_where_the_reason_is_never_sent(discord, tmp_path):
    async with bot_in(discord, tmp_path) as bot:
        asked = await discord.says("ANN", "GENERAL", ASKED)
        await discord.clicks("ANN", await discord.answered(asked), "Not helpful")
        await discord.idle()
        ratings = await bot.ledger.ratings(await ref_of(bot, discord, asked))
    assert [(rating.vote, rating.reason) for rating in ratings] == [("down", "")]


async def test_of_two_votes_the_later_press_counts_whichever_comes_through_first(discord, tmp_path):
    async with bot_in(discord, tmp_path) as bot:
        asked = await discord.says("ANN", "GENERAL", ASKED)
        answer = await discord.answered(asked)
        await closed(bot, discord, asked)
        gate = discord.holds("POST", "/callback", times=1)
        early = asyncio.create_task(discord.clicks("ANN", answer, "Helpful"))
        await gate.arrived()
        await discord.clicks("ANN", answer, "Not helpful")
        while not await bot.ledger.ratings(await ref_of(bot, discord, asked)):
            pass
        gate.release()
        await early
        await discord.idle()
        ratings = await bot.ledger.ratings(await ref_of(bot, discord, asked))
    assert [rating.vote for rating in ratings] == ["down"]


async def test_get_a_human_calls_the_team_with_what_it_needs_and_only_once(discord, tmp_path):
    team = str(discord.guild.channel("PRIVATE").id)
    async with bot_in(discord, tmp_path, team=team) as bot:
        asked = await discord.says("ANN", "GENERAL", ASKED)
        answer = await discord.answered(asked)
        await closed(bot, discord, asked)
        first = await discord.clicks("ANN", answer, "Get a human")
        await discord.until(lambda: first.words)
        second = await discord.clicks("BEN", answer, "Get a human")
        await discord.until(lambda: second.words)
        await discord.idle()
    called = "\n".join(message.words for message in discord.channel("PRIVATE"))
    assert "asked the support team" in first.words
    assert "asked already" in second.words
    assert called.count("asks for a human") == 1
    assert "how is data stored?" in called
    assert "It is kept in object storage" in called
    assert f"https://discord.com/channels/{GUILD}/{discord.guild.channel('GENERAL').id}/{asked}" in called
    assert discord.pings == []


async def test_buttons_work_after_a_restart(discord, tmp_path):
    async with bot_in(discord, tmp_path):
        asked = await discord.says("ANN", "GENERAL", ASKED)
        answer = await discord.answered(asked)
        await discord.idle()
    async with bot_in(discord, tmp_path) as bot:
        opened = await discord.clicks("ANN", answer, "Not helpful")
        sent = await discord.submits("ANN", opened, {"reason": "Too short."})
        human = await discord.clicks("BEN", answer, "Get a human")
        await discord.until(lambda: sent.words and human.words)
        ratings = await bot.ledger.ratings(await ref_of(bot, discord, asked))
    assert [(rating.vote, rating.reason) for rating in ratings] == [("down", "Too short.")]
    assert "No support team" in human.words


async def test_commands_are_registered_once_and_not_by_every_start(discord, tmp_path):
    for _ in range(2):
        async with bot_in(discord, tmp_path):
            await discord.idle()
    assert [sorted(done.names) for done in discord.registrations] == [
        [ABOUT_THIS, "Triage this", "ask", "docent"]
    ]


async def test_admins_pause_and_resume_and_nobody_else(discord, tmp_path):
    async with bot_in(discord, tmp_path):
        refused = await discord.commands("ANN", "GENERAL", "docent pause")
        await discord.until(lambda: refused.words)
        paused = await discord.commands("EVA", "GENERAL", "docent pause")
        await discord.until(lambda: paused.words)
        asked = await discord.says("BEN", "GENERAL", ASKED)
        told = await discord.until(lambda: discord.answers("DM_BEN"))
        resumed = await discord.commands("EVA", "GENERAL", "docent resume")
        await discord.until(lambda: resumed.words)
        again = await discord.says("BEN", "GENERAL", ASKED)
        await discord.answered(again)
    assert refused.words == "Only admins may do that."
    assert refused.ephemeral
    assert told[0].text == phrases.PAUSED
    assert discord.answers(asked) == []


async def test_a_question_by_command_is_not_shown_to_all_where_it_is_not_answered(discord, tmp_path):
    random = str(discord.guild.channel("RANDOM").id)
    async with bot_in(discord, tmp_path, rules=Rules(channels=[random])):
        elsewhere = await discord.commands("ANN", "GENERAL", "ask", {"question": "how is data stored?"})
        await discord.until(lambda: elsewhere.words)
        paused = await discord.commands("EVA", "GENERAL", "docent pause")
        await discord.until(lambda: paused.words)
        refused = await discord.commands("BEN", "RANDOM", "ask", {"question": "how is data stored?"})
        await discord.until(lambda: refused.words)
        await discord.idle()
    assert f"<#{random}>" in elsewhere.words
    assert refused.words == phrases.PAUSED
    assert elsewhere.ephemeral
    assert refused.ephemeral
    assert discord.channel("GENERAL") == discord.channel("RANDOM") == []
    assert discord.answers("DM_ANN") == []


async def test_a_role_can_be_named_as_admins(discord, tmp_path):
    moderators = next(str(role.id) for role in discord.guild.roles.values() if role.name == "moderators")
    async with bot_in(discord, tmp_path, admins=[moderators]):
        paused = await discord.commands("EVA", "GENERAL", "docent pause")
        await discord.until(lambda: paused.words)
        refused = await discord.commands("BEN", "GENERAL", "docent resume")
        await discord.until(lambda: refused.words)
    assert "I am paused" in paused.words
    assert refused.words == "Only admins may do that."


async def test_who_may_not_be_written_to_is_told_beside_the_question(discord, tmp_path):
    discord.guild.user("BEN").takes_dms = False
    random = str(discord.guild.channel("RANDOM").id)
    async with bot_in(discord, tmp_path, rules=Rules(channels=[random])):
        asked = await discord.says("BEN", "GENERAL", ASKED)
        told = await discord.until(lambda: discord.answers(asked))
    assert f"<#{random}>" in told[0].text
    assert told[0].reply_to == asked
    assert discord.pings == []


async def test_help_explains_the_bot(discord, tmp_path):
    async with bot_in(discord, tmp_path):
        used = await discord.commands("ANN", "GENERAL", "docent help")
        await discord.until(lambda: used.words)
    assert "Ask me about the documentation" in used.words
    assert "`/ask your question`" in used.words


async def test_a_private_answer_that_failed_can_be_tried_again(discord, tmp_path):
    broken = FakeModel("It is kept in ", error=ModelUnavailable("The model's server went away."))
    async with bot_in(discord, tmp_path, model=broken):
        used = await discord.commands(
            "ANN", "GENERAL", "ask", {"question": "how is data stored?", "private": True}
        )
        await discord.until(lambda: used.responses[0].finished)
        broken.error = None
        broken.pieces = (ANSWER,)
        again = await discord.clicks("ANN", used.responses[0], "Try again")
        await discord.until(lambda: ANSWER in again.words)
    assert "went away" in used.words
    assert again.ephemeral
    assert discord.channel("GENERAL") == []


async def test_a_question_by_command_in_a_thread_is_answered_there_with_what_was_said(discord, tmp_path):
    async with bot_in(discord, tmp_path) as bot:
        root = await discord.says("BEN", "GENERAL", "My cluster is slow")
        await discord.starts_thread("BEN", root, "Slow cluster")
        used = await discord.commands("ANN", root, "ask", {"question": "how is data stored?"})
        answer = await discord.answered(root)
        await discord.says("ANN", root, "and for GPU?")
        await discord.until(lambda: len(bot.model.prompts) == 2)
        await discord.idle()
    said = [(message.role, message.content) for message in bot.model.prompts[1][1:-1]]
    assert answer.channel == root
    assert used.responses[0].channel == root
    assert said == [
        ("user", "My cluster is slow"),
        ("user", "how is data stored?"),
        ("assistant", ANSWER),
    ]


async def test_who_wants_to_be_forgotten_is(discord, tmp_path):
    async with bot_in(discord, tmp_path) as bot:
        asked = await discord.says("ANN", "GENERAL", ASKED)
        await discord.answered(asked)
        await closed(bot, discord, asked)
        ref = await ref_of(bot, discord, asked)
        used = await discord.commands("ANN", "GENERAL", "docent forget-me")
        await discord.until(lambda: used.words)
        entry = await bot.ledger.entry(ref)
    assert used.ephemeral
    assert entry is None
