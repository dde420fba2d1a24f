"""What a support team sees and does in Discord, from the question to its outcome."""

from collections.abc import AsyncIterator

import pytest

from bot.channels.listening import Rules
from bot.support import team_phrases as phrases
from bot.support.team_rules import Route
from discord_bot import ASKED, bot_in, place
from discord_double import DiscordDouble
from discord_team import (
    ANN,
    BEN,
    EVA,
    HOSTILE,
    LABELS,
    MODERATORS,
    RANDOM,
    TEAM,
    asked_for,
    cards,
    filled,
    pressed,
    remarks,
    rules,
    said,
    sorts,
    the_case,
    words,
)
from fakes import FakeRetriever

TRIAGE = "Triage this"


@pytest.fixture
async def discord() -> AsyncIterator[DiscordDouble]:
    async with DiscordDouble(window=0.5) as double:
        await double.lets_in("BEN", "PRIVATE")
        yield double


async def test_a_whole_story_from_an_uncertain_answer_to_its_outcome(discord, tmp_path):
    agreed = rules(routes=(Route(who=(BEN, f"&{MODERATORS}", "U0SLACK001"), category="bug"),))
    nothing = FakeRetriever()
    async with bot_in(discord, tmp_path, team_rules=agreed, triager=sorts(), retriever=nothing) as bot:
        asked = await discord.says("ANN", "GENERAL", "<@BOT> how is the backup of my data stored?")
        await discord.answered(asked)
        await discord.idle()
        assert cards(discord) == []
        await discord.says("ANN", asked, "<@BOT> it says access denied when data is stored")
        card = (await discord.until(lambda: cards(discord)))[0]
        await discord.until(lambda: phrases.THREAD["uncertain_twice"] in said(discord, asked))
        for part in ("The backup of a cluster fails", "bug · high · backup", "access denied", "not covered"):
            assert part in card.words
        assert f"**Who should look:** <@{BEN}> <@&{MODERATORS}>\n" in card.words
        assert {ping.whom for ping in discord.pings} == {int(BEN), int(MODERATORS)}
        assert card.labels == LABELS

        await pressed(discord, "BEN", card.id, "Claim")
        await discord.until(lambda: f"<@{BEN}> has this" in words(discord, card.id))
        assert f"<@{BEN}> of the support team has taken this on" in said(discord, asked)
        assert discord.message(card.id).labels == LABELS[1:]
        count = len(discord.answers(asked))
        await discord.says("ANN", asked, "and where do I see the log?")
        await discord.idle()
        assert len(discord.answers(asked)) == count, "a person has it"

        await filled(discord, "BEN", card.id, "Reply", "Give the **bucket** write rights:\n```\nchmod")
        assert f"<@{BEN}> of the support team:" in said(discord, asked)
        assert "Give the **bucket** write rights:\n```\nchmod\n```" in said(discord, asked)
        await discord.says("ANN", asked, "<@BOT> and for GPU?")
        await discord.until(lambda: len(discord.answers(asked)) == count + 2)
        await discord.idle()

        await filled(discord, "BEN", card.id, "Resolve", "The bucket lacked write rights")
        resolved = words(discord, card.id)
        case = await the_case(bot, over=True)
    assert f"<@{BEN}> has resolved this: The bucket lacked write rights" in resolved
    assert discord.message(card.id).labels == ("Approve as answer",)
    assert "The bucket lacked write rights" in said(discord, asked)
    assert (case.hand_off.state, case.hand_off.reason) == ("resolved", "uncertain_twice")
    assert len(discord.pings) == 2, "nobody is called by what changes"


async def test_a_later_card_shows_the_earlier_thread_with_its_outcome(discord, tmp_path):
    async with bot_in(discord, tmp_path, team=TEAM, triager=sorts()) as bot:
        asked, first = await asked_for(discord, bot)
        await filled(discord, "EVA", first, "Resolve", "An @everyone wide outage")
        _, second = await asked_for(discord, bot, "<@BOT> how is the data stored, then?", "BEN")
        _, other = await asked_for(discord, bot, "<@BOT> how do I add a user?", "BEN")
    shown = words(discord, second)
    assert "Similar questions" in shown
    assert "wide outage" in shown
    assert f"/{asked}>)" in shown
    assert "Similar questions" not in words(discord, other)
    assert discord.pings == []


async def test_in_a_channel_for_everybody_those_who_look_after_it_may_press(discord, tmp_path):
    async with bot_in(discord, tmp_path, team=RANDOM):
        asked = await discord.says("ANN", "GENERAL", ASKED)
        await discord.clicks("ANN", await discord.answered(asked), "Get a human")
        (card,) = await discord.until(lambda: discord.channel("RANDOM"))
        await discord.says("BEN", asked, "I have the same problem")
        await discord.idle()
        assert "Nobody has claimed this yet." in words(discord, card.id)
        await pressed(discord, "EVA", card.id, "Claim")
        await discord.until(lambda: f"<@{EVA}> has this." in words(discord, card.id))


async def test_named_people_may_press_as_well(discord, tmp_path):
    agreed = rules(channels={"discord": RANDOM}, members={ANN})
    async with bot_in(discord, tmp_path, team_rules=agreed):
        asked = await discord.says("BEN", "GENERAL", ASKED)
        await discord.clicks("BEN", await discord.answered(asked), "Get a human")
        (card,) = await discord.until(lambda: discord.channel("RANDOM"))
        await pressed(discord, "ANN", card.id, "Claim")
        await discord.until(lambda: f"<@{ANN}> has this." in words(discord, card.id))


async def test_details_are_asked_for_and_the_team_hears_when_they_come(discord, tmp_path):
    async with bot_in(discord, tmp_path, team=TEAM) as bot:
        asked, card = await asked_for(discord, bot)
        opened = await pressed(discord, "BEN", card, "Ask for details")
        assert phrases.DETAILS in str(opened.modal)
        await discord.submits("BEN", opened, {"text": "Which version?"})
        await discord.until(lambda: f"<@{BEN}> has asked for details." in words(discord, card))
        assert "Which version?" in said(discord, asked)
        await discord.says("ANN", asked, "2.6.3")
        (heard,) = await discord.until(lambda: remarks(discord))
        await discord.until(lambda: f"<@{BEN}> has this." in words(discord, card))
        await discord.idle()
    assert heard.text == f"<@{BEN}> {phrases.HEARD}"
    assert heard.reply_to == card
    assert [ping.whom for ping in discord.pings] == [int(BEN)]
    assert "2.6.3" not in said(discord, asked), "nobody else answers"


async def test_a_member_who_writes_in_the_thread_has_it(discord, tmp_path):
    async with bot_in(discord, tmp_path, team=TEAM) as bot:
        asked, card = await asked_for(discord, bot)
        await discord.says("BEN", asked, "I know this one, wait")
        await discord.until(lambda: f"<@{BEN}> has this." in words(discord, card))


async def test_a_long_reply_stands_whole_in_the_thread(discord, tmp_path):
    code = "```python\n" + "\n".join(f"x{number} = {number}" for number in range(300)) + "\n```"
    async with bot_in(discord, tmp_path, team=TEAM) as bot:
        asked, card = await asked_for(discord, bot)
        before = len(discord.answers(asked))
        await filled(discord, "BEN", card, "Reply", code)
        told = discord.answers(asked)[before:]
    assert len(told) > 1
    assert all(message.text.count("```") == 2 for message in told)
    assert all(f"x{number} = {number}\n" in said(discord, asked) for number in range(300))


async def test_a_thumbs_down_calls_the_team_once(discord, tmp_path):
    async with bot_in(discord, tmp_path, team=TEAM):
        asked = await discord.says("ANN", "GENERAL", ASKED)
        answer = await discord.answered(asked)
        for person in ("BEN", "EVA"):
            await discord.clicks(person, answer, "Not helpful")
        await discord.until(lambda: phrases.THREAD["thumbs_down"] in said(discord, asked))
        await discord.idle()
    (card,) = cards(discord)
    assert "was not helped by the answer" in card.words


@pytest.mark.parametrize(("on", "expected"), [(("urgent",), 1), (("asked",), 0)])
async def test_a_critical_message_calls_the_team_where_that_is_wanted(discord, tmp_path, on, expected):
    critical = sorts(severity="critical")
    async with bot_in(discord, tmp_path, team_rules=rules(on=on), triager=critical):
        asked = await discord.says("ANN", "GENERAL", ASKED)
        await discord.answered(asked)
        if expected:
            await discord.until(lambda: cards(discord))
        await discord.idle()
    assert len(cards(discord)) == expected
    assert (phrases.THREAD["urgent"] in said(discord, asked)) == bool(expected)


async def test_what_is_asked_in_private_reaches_the_team_by_the_button_alone(discord, tmp_path):
    critical = sorts(severity="critical")
    async with bot_in(discord, tmp_path, team=TEAM, triager=critical, retriever=FakeRetriever()):
        await discord.says("ANN", "DM_ANN", "how is the backup of my data stored?")
        answer = await discord.answered("DM_ANN")
        await discord.clicks("ANN", answer, "Not helpful")
        await discord.idle()
        assert cards(discord) == []
        await discord.clicks("ANN", answer, "Get a human")
        (card,) = await discord.until(lambda: cards(discord))
        await filled(discord, "BEN", card.id, "Reply", "Try this")
    assert "in private" in card.words
    assert "open the thread" not in card.words, "nobody else can open it"
    assert "Try this" in said(discord, "DM_ANN")


async def test_the_asker_of_a_command_is_answered_in_private(discord, tmp_path):
    async with bot_in(discord, tmp_path, team=TEAM):
        options = {"question": "how is the backup stored?", "private": True}
        used = await discord.commands("ANN", "GENERAL", "ask", options)
        await discord.until(lambda: used.responses[0].finished)
        await discord.clicks("ANN", used.responses[0], "Get a human")
        (card,) = await discord.until(lambda: cards(discord))
        await filled(discord, "BEN", card.id, "Reply", "Try this")
    (told,) = discord.answers("DM_ANN")
    assert "About your question: how is the backup stored?" in told.text
    assert "Try this" in told.text


async def test_where_no_thread_could_be_made_the_team_replies_in_the_channel(discord, tmp_path):
    async with bot_in(discord, tmp_path, team=TEAM):
        asked = await discord.says("ANN", "FLAT", ASKED)
        await discord.clicks("ANN", await discord.answered(asked), "Get a human")
        (card,) = await discord.until(lambda: cards(discord))
        await filled(discord, "BEN", card.id, "Reply", "Try this")
    told = discord.answers(asked)[-1]
    assert "Try this" in told.text
    assert told.reply_to == asked
    assert discord.pings == []


@pytest.mark.parametrize("message_content", [True, False])
async def test_posts_of_a_watched_channel_become_cards_and_are_not_answered(
    discord, tmp_path, message_content
):
    forum = str(discord.guild.channel("HELP_FORUM").id)
    watched = Rules(watch={RANDOM, forum}, auto_answer={RANDOM, forum})
    granted = {"message_content": message_content}
    async with bot_in(discord, tmp_path, team=TEAM, rules=watched, triager=sorts(), **granted) as bot:
        opened = await discord.posts_in_forum("ANN", "HELP_FORUM", "Why does my backup fail?", "It does.")
        (card,) = await discord.until(lambda: cards(discord))
        await discord.until(lambda: "👀" in discord.message(opened).reactions)
        await discord.says("ANN", opened, "nobody?")
        await pressed(discord, "BEN", card.id, "Claim")
        await discord.until(lambda: "🙋" in discord.message(opened).reactions)
        said_there = await discord.says("ANN", "RANDOM", "Why does the backup of my cluster fail?")
        if message_content:
            await discord.until(lambda: "👀" in discord.message(said_there).reactions)
        await discord.idle()
        entry = await bot.ledger.asked(place(discord, "HELP_FORUM"), str(opened))
    assert discord.answers(opened) == []
    assert [message for message in discord.channel("RANDOM") if message.by_bot] == []
    assert f"<@{ANN}> wrote this in <#{forum}>" in card.words
    assert f"/{opened}/{opened}>)" in card.words
    assert "Why does my backup fail?" in card.words
    assert len(cards(discord)) == (2 if message_content else 1)
    assert entry is not None
    assert (entry.via, entry.state) == ("triage", "triaged")
    assert bot.model.prompts == []


async def test_the_team_replies_to_a_post_that_was_only_triaged(discord, tmp_path):
    async with bot_in(discord, tmp_path, team=TEAM, rules=Rules(watch={RANDOM}), triager=sorts()):
        asked = await discord.says("ANN", "RANDOM", "Why does the backup of my cluster fail?")
        (card,) = await discord.until(lambda: cards(discord))
        for text in ("Try this", "And that"):
            await filled(discord, "BEN", card.id, "Reply", text)
        await filled(discord, "BEN", card.id, "Resolve", "Solved")
        await discord.until(lambda: "✅" in discord.message(asked).reactions)
    assert "Try this" in said(discord, asked)
    assert "And that" in said(discord, asked)


async def test_any_message_is_put_on_the_list_by_the_team_and_only_by_it(discord, tmp_path):
    async with bot_in(discord, tmp_path, team=TEAM, triager=sorts()):
        asked = await discord.says("ANN", "GENERAL", "my backup is broken")
        told = []
        for person in ("ANN", "BEN", "EVA"):
            used = await discord.context_menu(person, "GENERAL", asked, TRIAGE)
            await discord.until(lambda used=used: used.words)
            told.append(used.words)
        picture = await discord.says("ANN", "GENERAL", "")
        empty = await discord.context_menu("BEN", "GENERAL", picture, TRIAGE)
        await discord.until(lambda: empty.words)
    assert told == [phrases.STRANGER, phrases.TRIAGED, phrases.TRIAGED_BEFORE]
    assert "no text" in empty.words
    assert len(cards(discord)) == 1


async def test_the_card_names_who_wrote_the_message_and_who_put_it_on_the_list_can_take_it_on(
    discord, tmp_path
):
    async with bot_in(discord, tmp_path, team=TEAM, triager=sorts()):
        asked = await discord.says("ANN", "GENERAL", ASKED)
        await discord.answered(asked)
        await discord.idle()
        await discord.context_menu("BEN", "GENERAL", asked, TRIAGE)
        (card,) = await discord.until(lambda: cards(discord))
        assert f"<@{ANN}> wrote this in" in card.words
        await discord.says("BEN", asked, "I am looking at it")
        await discord.until(lambda: f"<@{BEN}> has this." in words(discord, card.id))


async def test_a_form_with_blanks_changes_nothing_and_says_so(discord, tmp_path):
    async with bot_in(discord, tmp_path, team=TEAM, triager=sorts()) as bot:
        asked, card = await asked_for(discord, bot)
        before = said(discord, asked)
        told = [await filled(discord, "BEN", card, button, "  ") for button in ("Resolve", "Reply")]
        await discord.until(lambda: told[1].words)
        case = await the_case(bot)
    assert [sent.words for sent in told] == [phrases.NO_OUTCOME, phrases.NOTHING_SAID]
    assert (case.hand_off.state, case.hand_off.owner) == ("open", "")
    assert said(discord, asked) == before


async def test_the_open_list_is_for_the_team(discord, tmp_path):
    async with bot_in(discord, tmp_path, team=TEAM, triager=sorts(summary=f"Broken {HOSTILE}")) as bot:
        none = await discord.commands("BEN", "GENERAL", "docent triage")
        await discord.until(lambda: none.words)
        for number in range(12):
            await asked_for(discord, bot, f"<@BOT> what about part {number}?")
        shown = await discord.commands("BEN", "GENERAL", "docent triage")
        refused = await discord.commands("ANN", "GENERAL", "docent triage")
        await discord.until(lambda: refused.words and shown.words.count("bug · high") == 12)
    assert none.words == phrases.NOTHING_OPEN
    assert "Open: 12" in shown.words
    assert shown.ephemeral
    assert len(shown.responses) > 1
    assert refused.words == phrases.STRANGER
    assert discord.pings == []
