"""What the support team in Discord approves as an answer for others, and takes back."""

from collections.abc import AsyncIterator

import pytest

from bot.support import team_phrases as phrases
from discord_bot import bot_in
from discord_double import DiscordDouble
from discord_team import BEN, LABELS, RANDOM, TEAM, asked_for, cards, filled, pressed, the_case, words

QUESTION, OUTCOME = "how is data stored?", "It lives in the bucket <data> @everyone"
TYPED = f"{OUTCOME}. See:\n```\nls\n```"
SECRET = "password=Xk29vQ7fLm3pZz81"


@pytest.fixture
async def discord() -> AsyncIterator[DiscordDouble]:
    async with DiscordDouble(window=0.5) as double:
        await double.lets_in("BEN", "PRIVATE")
        yield double


def given(opened):
    """What stands in a form that was opened."""
    inputs = [part["component"] for part in opened.modal["components"]]
    return {item["custom_id"]: item.get("value", "") for item in inputs}


async def approved(discord, card, **values):
    opened = await pressed(discord, "EVA", card, "Approve as answer")
    sent = await discord.submits("EVA", opened, values)
    await discord.until(lambda: sent.responses)
    return opened, sent


async def test_what_came_of_a_question_is_approved_changed_and_taken_back(discord, tmp_path):
    async with bot_in(discord, tmp_path, team=TEAM) as bot:
        asked, card = await asked_for(discord, bot)
        await filled(discord, "BEN", card, "Resolve", OUTCOME)
        assert discord.message(card).labels == ("Approve as answer",)
        opened, sent = await approved(discord, card, question=QUESTION, answer=TYPED)
        await discord.until(lambda: "Approved as an answer." in words(discord, card))
        labels = discord.message(card).labels
        again = await pressed(discord, "BEN", card, "Edit the answer")
        ref = (await the_case(bot, over=True)).hand_off.ref
        kept = await bot.ledger.hand_offs.approved(ref)
        taken = await pressed(discord, "BEN", card, "Take the answer back")
        await discord.until(lambda: discord.message(card).labels == ("Approve as answer",))
        await discord.until(lambda: taken.responses)
        gone = await bot.ledger.hand_offs.approved(ref)
    assert given(opened) == {"question": QUESTION, "answer": OUTCOME}
    assert sent.words == phrases.APPROVED_FOR_LATER
    assert sent.ephemeral
    assert labels == ("Edit the answer", "Take the answer back")
    assert given(again) == {"question": QUESTION, "answer": TYPED}
    assert kept is not None
    assert kept.url == f"https://discord.com/channels/{kept.url.split('/')[4]}/800000000000000001/{asked}"
    assert taken.words == phrases.TAKEN_BACK_LATER
    assert gone is None
    assert "Approved" not in words(discord, card)
    assert discord.pings == []


async def test_secrets_are_masked_and_a_deleted_question_is_not_filled_in(discord, tmp_path):
    async with bot_in(discord, tmp_path, team=TEAM) as bot:
        asked, card = await asked_for(discord, bot, f"<@BOT> how is data stored with {SECRET}?")
        await filled(discord, "BEN", card, "Resolve", f"Use {SECRET}")
        await discord.deletes(asked)
        await discord.until(lambda: phrases.WITHDRAWN in words(discord, card))
        opened, _ = await approved(discord, card, question=QUESTION, answer=f"So: {SECRET}")
        ref = (await the_case(bot, over=True)).hand_off.ref
        kept = await bot.ledger.hand_offs.approved(ref)
    assert given(opened)["question"] == ""
    assert kept is not None
    assert (kept.question, kept.answer, kept.url) == (QUESTION, "So: password=***", "")
    assert SECRET not in str([call.body for call in discord.calls()])


async def test_only_the_team_approves_and_only_what_is_resolved(discord, tmp_path):
    async with bot_in(discord, tmp_path, team=RANDOM) as bot:
        asked = await discord.says("ANN", "GENERAL", "<@BOT> how is data stored?")
        await discord.clicks("ANN", await discord.answered(asked), "Get a human")
        (card,) = await discord.until(lambda: discord.channel("RANDOM"))
        await filled(discord, "EVA", card.id, "Resolve", OUTCOME)
        told = [
            await pressed(discord, "ANN", card.id, "Approve as answer"),
        ]
        _, sent = await approved(discord, card.id, question=QUESTION, answer=TYPED)
        told.append(await pressed(discord, "ANN", card.id, "Take the answer back"))
        await discord.until(lambda: all(done.responses for done in told))
        desk, ref = bot.support.desk, (await the_case(bot, over=True)).hand_off.ref
        kept = await bot.ledger.hand_offs.approved(ref)
        unknown = await desk.approvable("0" * 32, BEN)
    assert [done.words for done in told] == [phrases.STRANGER] * 2
    assert [done.modal for done in told] == [None] * 2
    assert sent.words == phrases.APPROVED_FOR_LATER
    assert kept is not None
    assert unknown == phrases.UNKNOWN


async def test_an_approval_works_after_a_restart_and_one_without_words_is_none(discord, tmp_path):
    async with bot_in(discord, tmp_path, team=TEAM) as bot:
        _, card = await asked_for(discord, bot)
        await filled(discord, "BEN", card, "Resolve", "Done")
        opened = await pressed(discord, "BEN", card, "Approve as answer")
    async with bot_in(discord, tmp_path, team=TEAM) as bot:
        empty = await discord.submits("BEN", opened, {"question": " ", "answer": TYPED})
        await discord.until(lambda: empty.responses)
        opened = await pressed(discord, "BEN", card, "Approve as answer")
        done = await discord.submits("BEN", opened, {"question": QUESTION, "answer": "x" * 2_700})
        await discord.until(lambda: done.responses)
        kept = await bot.ledger.hand_offs.approved((await the_case(bot, over=True)).hand_off.ref)
    assert empty.words == phrases.NOTHING_TO_APPROVE
    assert done.words == phrases.APPROVED_FOR_LATER
    assert kept is not None
    assert len(kept.answer) == 2_700
    assert [label for label in LABELS if label in cards(discord)[0].labels] == []
