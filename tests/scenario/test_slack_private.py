"""What only one person sees in Slack: also where the bot is no member, and what is shared from there."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from bot.channels import phrases
from bot.channels.listening import Rules
from bot.channels.posts import Entry, Lease
from bot.errors import LedgerUnavailable, ModelUnavailable
from bot.model import Place
from fakes import FakeModel
from slack_bot import bot_in
from slack_double import BOT, SlackDouble

ASKED = f"<@{BOT}> how is data stored?"
QUESTION = "how is data stored?"
ANSWER = "It is kept in object storage [1]."
AWAY = "The model's server went away."


@pytest.fixture
async def slack() -> AsyncIterator[SlackDouble]:
    async with SlackDouble() as double:
        yield double


def seen(slack, channel, user):
    return [message.words for message in slack.ephemerals(channel, user)]


async def answered_privately(slack, channel="C_GENERAL", text=QUESTION):
    """The private answer to a command of Ann's."""
    await slack.commands("U_ANN", channel, "/docent", text)
    found = await slack.until(lambda: [one for one in slack.ephemerals(channel, "U_ANN") if one.finished])
    await slack.idle()
    return found[0]


async def test_a_command_is_told_that_the_bot_is_paused_where_it_is_no_member(slack, tmp_path):
    async with bot_in(slack, tmp_path):
        await slack.commands("U_EVA", "C_GENERAL", "/docent", "pause")
        await slack.until(lambda: slack.ephemerals("C_GENERAL", "U_EVA"))
        await slack.commands("U_ANN", "C_ABSENT", "/docent", QUESTION)
        assert await slack.until(lambda: seen(slack, "C_ABSENT", "U_ANN")) == [phrases.PAUSED]


@pytest.mark.parametrize("channel", ["C_GENERAL", "C_ABSENT"])
async def test_a_private_answer_that_failed_can_be_tried_again(slack, tmp_path, channel):
    broken = FakeModel("It is ", error=ModelUnavailable(AWAY))
    async with bot_in(slack, tmp_path, model=broken):
        failed = await answered_privately(slack, channel)
        assert AWAY in failed.words
        broken.error, broken.pieces = None, (ANSWER,)
        await slack.clicks("U_ANN", channel, failed.ts, "Try again")
        await slack.until(lambda: any(ANSWER in words for words in seen(slack, channel, "U_ANN")))


async def test_a_private_answer_that_another_process_left_comes_as_a_direct_message(slack, tmp_path):
    async with bot_in(slack, tmp_path) as bot:
        place = Place(platform="slack", workspace="T0DOCENT01", channel="C0ABSENT01", thread="trigger")
        left = Entry(
            ref="a" * 32, place=place, message="trigger", asker="U0ANN00001", text=QUESTION, via="command",
            at=time.time(),
        )  # fmt: skip
        await bot.ledger.claim(left, Lease(owner="dead", until=0.0))
        shown = await slack.until(lambda: slack.channel("D_ANN"))
    assert ANSWER in shown[0].words


async def test_an_answer_longer_than_its_responses_reach_comes_whole(slack, tmp_path):
    paragraphs = [f"{number} is kept in object storage [1]. {'word ' * 900}\n\n" for number in range(14)]
    async with bot_in(slack, tmp_path, model=FakeModel(*paragraphs)):
        await answered_privately(slack)
        words = " ".join(seen(slack, "C_GENERAL", "U_ANN"))
    assert [number for number in range(14) if f"{number} is kept in" not in words] == []


async def test_a_shortcut_where_the_bot_is_no_member_answers_everybody_who_uses_it(slack, tmp_path):
    async with bot_in(slack, tmp_path):
        ts = await slack.says("U_BEN", "C_ABSENT", QUESTION)
        for person in ("U_ANN", "U_BEN", "U_ANN"):
            before = len(seen(slack, "C_ABSENT", person))
            await slack.shortcuts(person, "C_ABSENT", ts, "docent_ask")
            await slack.until(lambda who=person, n=before: seen(slack, "C_ABSENT", who)[n:])
    assert [ANSWER in words for words in seen(slack, "C_ABSENT", "U_ANN")] == [True, True]
    assert [ANSWER in words for words in seen(slack, "C_ABSENT", "U_BEN")] == [True]


async def test_a_shortcut_that_slack_sends_twice_is_answered_once(slack, tmp_path):
    async with bot_in(slack, tmp_path):
        ts = await slack.says("U_BEN", "C_ABSENT", QUESTION)
        await slack.shortcuts("U_ANN", "C_ABSENT", ts, "docent_ask")
        await slack.redelivers(times=3)
        await slack.until(lambda: seen(slack, "C_ABSENT", "U_ANN"))
        await slack.idle()
    assert len(seen(slack, "C_ABSENT", "U_ANN")) == 1


async def test_a_command_in_a_private_conversation_is_answered_whatever_channels_are_open(slack, tmp_path):
    async with bot_in(slack, tmp_path, rules=Rules(channels=["C0GENERAL1"])):
        assert ANSWER in (await answered_privately(slack, "D_ANN")).words
        await slack.commands("U_ANN", "C_RANDOM", "/docent", QUESTION)
        (told,) = await slack.until(lambda: seen(slack, "C_RANDOM", "U_ANN"))
    assert told == phrases.elsewhere(["C0GENERAL1"])


async def test_sharing_pressed_twice_shares_once_and_the_asker_goes_on_below(slack, tmp_path):
    async with bot_in(slack, tmp_path) as bot:
        shown = await answered_privately(slack)
        presses = [slack.clicks("U_ANN", "C_GENERAL", shown.ts, "Share in channel") for _ in range(2)]
        await asyncio.gather(*presses)
        await slack.idle()
        (shared,) = slack.channel("C_GENERAL")
        await slack.says("U_ANN", "C_GENERAL", "and where are metadata?", thread=shared.ts)
        await slack.answered("C_GENERAL", shared.ts)
        await slack.says("U_BEN", "C_GENERAL", "good to know", thread=shared.ts)
        await slack.idle()
    assert len(slack.answers("C_GENERAL", shared.ts)) == 1
    assert QUESTION in str(bot.model.prompts[-1])


async def test_two_processes_share_an_answer_once(slack, tmp_path):
    async with bot_in(slack, tmp_path), bot_in(slack, tmp_path):
        shown = await answered_privately(slack)
        gate = slack.holds("chat.postMessage")
        await slack.clicks("U_ANN", "C_GENERAL", shown.ts, "Share in channel")
        await slack.redelivers(sockets="all")
        await gate.arrived(2)
        gate.release()
        await slack.idle()
    (shared,) = slack.channel("C_GENERAL")
    assert ANSWER in shared.words


async def test_a_long_question_is_shared_whole(slack, tmp_path):
    async with bot_in(slack, tmp_path):
        shown = await answered_privately(slack, text=f"{QUESTION} {'<word> & ' * 600}LASTWORD")
        await slack.clicks("U_ANN", "C_GENERAL", shown.ts, "Share in channel")
        await slack.until(lambda: slack.channel("C_GENERAL"))
        await slack.idle()
    messages = slack.channel("C_GENERAL")
    words = " ".join(message.words for message in messages)
    assert "LASTWORD" in words
    assert words.count("&lt;word&gt; &amp;") == 600
    assert ANSWER in words
    assert all(message.thread_ts == messages[0].ts for message in messages[1:])


async def test_an_answer_cannot_be_shared_where_the_bot_is_no_member(slack, tmp_path):
    async with bot_in(slack, tmp_path):
        shown = await answered_privately(slack, "C_ABSENT")
        await slack.clicks("U_ANN", "C_ABSENT", shown.ts, "Share in channel")
        told = await slack.until(lambda: seen(slack, "C_ABSENT", "U_ANN")[1:])
    assert "/invite" in told[0]


async def down(*_, **__):
    raise LedgerUnavailable("The ledger is away.")


async def test_who_asks_without_a_mention_is_told_that_the_ledger_is_down(slack, tmp_path):
    async with bot_in(slack, tmp_path) as bot:
        bot.ledger.claim = down
        ts = await slack.says("U_BEN", "C_GENERAL", QUESTION)
        await slack.commands("U_ANN", "C_GENERAL", "/docent", QUESTION)
        await slack.shortcuts("U_EVA", "C_GENERAL", ts, "docent_ask")
        for person in ("U_ANN", "U_EVA"):
            told = await slack.until(lambda person=person: seen(slack, "C_GENERAL", person))
            assert told == [phrases.LEDGER_DOWN]


@pytest.mark.parametrize("button", ["Helpful", "Not helpful"])
async def test_who_votes_is_told_that_the_ledger_is_down(slack, tmp_path, button):
    async with bot_in(slack, tmp_path) as bot:
        ts = await slack.says("U_ANN", "C_GENERAL", ASKED)
        answer = await slack.answered("C_GENERAL", ts)
        bot.ledger.rate = down
        await slack.clicks("U_ANN", "C_GENERAL", answer.ts, button)
        assert await slack.until(lambda: seen(slack, "C_GENERAL", "U_ANN")) == [phrases.LEDGER_DOWN]


async def test_a_reason_that_cannot_be_kept_is_said_in_a_direct_message(slack, tmp_path):
    async with bot_in(slack, tmp_path) as bot:
        ts = await slack.says("U_ANN", "C_GENERAL", ASKED)
        answer = await slack.answered("C_GENERAL", ts)
        await slack.clicks("U_ANN", "C_GENERAL", answer.ts, "Not helpful")
        views = await slack.until(lambda: slack.views)
        bot.ledger.rate = down
        await slack.submits("U_ANN", views[0], {"reason": "It names no version."})
        told = await slack.until(lambda: slack.channel("D_ANN"))
    assert told[0].text == phrases.LEDGER_DOWN


async def test_who_tries_again_or_shares_is_told_that_the_ledger_is_down(slack, tmp_path):
    async with bot_in(slack, tmp_path, model=FakeModel("It ", error=ModelUnavailable(AWAY))) as bot:
        failed = await answered_privately(slack)
        bot.model.error, bot.model.pieces = None, (ANSWER,)
        good = await answered_privately(slack, "C_RANDOM")
        bot.ledger.entry = down
        await slack.clicks("U_ANN", "C_GENERAL", failed.ts, "Try again")
        await slack.clicks("U_ANN", "C_RANDOM", good.ts, "Share in channel")
        for channel in ("C_GENERAL", "C_RANDOM"):
            told = await slack.until(lambda channel=channel: seen(slack, channel, "U_ANN")[1:])
            assert told == [phrases.LEDGER_DOWN]


async def test_a_defect_is_said_and_takes_nothing_else_down(slack, tmp_path, caplog):
    async with bot_in(slack, tmp_path) as bot:
        real = bot.ledger.claim

        async def broken(*_, **__):
            raise RuntimeError("unforeseen")

        bot.ledger.claim = broken
        await slack.commands("U_ANN", "C_GENERAL", "/docent", QUESTION)
        assert await slack.until(lambda: seen(slack, "C_GENERAL", "U_ANN")) == [phrases.DEFECT]
        bot.ledger.claim = real
        await slack.commands("U_BEN", "C_GENERAL", "/docent", QUESTION)
        await slack.until(lambda: any(ANSWER in words for words in seen(slack, "C_GENERAL", "U_BEN")))
    assert "unforeseen" in caplog.text
