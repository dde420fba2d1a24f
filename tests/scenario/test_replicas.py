"""Two processes on one ledger, and a platform that goes away: one answer, the latest, and never none."""

from collections.abc import AsyncIterator

import pytest

from bot.channels import attending, delivering, phrases, working
from bot.model import Place
from discord_bot import Halting, place
from discord_bot import bot_in as discord_bot_in
from discord_double import DiscordDouble
from fakes import FakeModel
from slack_bot import bot_in
from slack_double import BOT, TEAM, SlackDouble

ASKED = f"<@{BOT}> how is data stored?"
EDITED = f"<@{BOT}> where are metadata?"
OLD = ("Data is kept in object storage, ", "which all nodes read, ", "and never on a disk [1].")
NEW = "Metadata are kept in etcd [2]."


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(attending, "TEND_SECONDS", 0.1)
    monkeypatch.setattr(working, "HAND_OVER_SECONDS", 0.5)
    monkeypatch.setattr(delivering, "PAUSES", (0.1,) * 200)


@pytest.fixture
async def slack() -> AsyncIterator[SlackDouble]:
    async with SlackDouble() as double:
        yield double


@pytest.fixture
async def discord() -> AsyncIterator[DiscordDouble]:
    async with DiscordDouble(window=0.5) as double:
        yield double


async def to_the_second(slack, monkeypatch):
    """From now on Slack reports all to the process that came last."""
    await slack.connected(2)
    second = max(slack.sockets, key=lambda socket: socket.number)

    async def send(delivery, retry, reason, avoid=None):
        await slack.web_sockets.send_to(second, delivery, retry, reason)

    monkeypatch.setattr(slack.web_sockets, "send", send)


async def left(bot):
    """Returns when ``bot`` has left off what it was writing."""
    while not bot.model.closed:
        await bot.ledger.check()


async def test_an_edit_that_slack_reports_to_the_other_process_ends_with_the_new_answer(
    slack, tmp_path, monkeypatch
):
    async with bot_in(slack, tmp_path, model=Halting(*OLD)) as one:
        ts = await slack.says("U_ANN", "C_GENERAL", ASKED)
        await slack.until(lambda: slack.answers("C_GENERAL", ts))
        async with bot_in(slack, tmp_path, model=FakeModel(NEW)):
            await to_the_second(slack, monkeypatch)
            await slack.edits("C_GENERAL", ts, EDITED)
            await left(one)
            one.model.go_on.set()
            await slack.until(lambda: "etcd" in slack.answers("C_GENERAL", ts)[0].words)
            await slack.idle()
    (answer,) = slack.answers("C_GENERAL", ts)
    assert "etcd" in answer.words
    assert "object storage" not in answer.words
    assert "Helpful" in answer.labels


async def test_a_deletion_that_slack_reports_to_the_other_process_takes_the_answer_away(
    slack, tmp_path, monkeypatch
):
    async with bot_in(slack, tmp_path, model=Halting(*OLD)) as one:
        ts = await slack.says("U_ANN", "C_GENERAL", ASKED)
        await slack.until(lambda: slack.answers("C_GENERAL", ts))
        async with bot_in(slack, tmp_path):
            await to_the_second(slack, monkeypatch)
            await slack.deletes("C_GENERAL", ts)
            await left(one)
            one.model.go_on.set()
            await slack.idle()
    assert slack.answers("C_GENERAL", ts) == []


async def test_an_edit_that_slack_reports_several_times_is_answered_once(slack, tmp_path):
    async with bot_in(slack, tmp_path) as one, bot_in(slack, tmp_path) as two:
        ts = await slack.says("U_ANN", "C_GENERAL", ASKED)
        await slack.answered("C_GENERAL", ts)
        await slack.idle()
        await slack.connected(2)
        await slack.edits("C_GENERAL", ts, EDITED)
        for _ in range(3):
            await slack.redelivers(sockets="all")
        await slack.idle()
        assert len(one.model.prompts) + len(two.model.prompts) == 2
    assert len(slack.answers("C_GENERAL", ts)) == 1


async def test_a_slack_that_was_away_has_its_answer_when_it_is_back(slack, tmp_path):
    async with bot_in(slack, tmp_path) as bot:
        for method in ("chat.startStream", "chat.postMessage", "assistant.threads.setStatus"):
            slack.breaks(method, status=503, times=None)
        ts = await slack.says("U_ANN", "C_GENERAL", ASKED)
        await slack.until(lambda: len(slack.calls("chat.postMessage")) > 6)
        entry = await bot.ledger.asked(Place(platform="slack", channel="C0GENERAL1"), ts)
        assert (entry.state, entry.attempts) == ("open", 0)
        slack.faults.clear()
        assert "object storage" in (await slack.answered("C_GENERAL", ts)).words
        await slack.idle()
    assert len(slack.answers("C_GENERAL", ts)) == 1
    assert len(bot.model.prompts) == 1


async def test_a_refusal_is_said_once_though_slack_reports_a_mention_under_two_names(slack, tmp_path):
    async with bot_in(slack, tmp_path) as one, bot_in(slack, tmp_path):
        await slack.connected(2)
        paused = Place(platform="slack", workspace=TEAM, channel="")
        await one.ledger.pause(paused, paused=True, by="U0EVA00001", now=1.0)
        await slack.says("U_ANN", "C_GENERAL", ASKED)
        await slack.redelivers(slack.sent("app_mention")[0], times=4)
        await slack.until(lambda: slack.ephemerals("C_GENERAL", "U_ANN"))
        await slack.idle()
    assert [shown.words for shown in slack.ephemerals("C_GENERAL", "U_ANN")] == [phrases.PAUSED]


async def test_an_edit_of_which_both_processes_hear_from_discord_is_answered_by_one(discord, tmp_path):
    async with (
        discord_bot_in(discord, tmp_path, model=Halting(*OLD)) as one,
        discord_bot_in(discord, tmp_path, model=Halting(*OLD)) as two,
    ):
        await discord.connected(2)
        asked = await discord.says("ANN", "GENERAL", "<@BOT> how is data stored?")
        await discord.until(lambda: discord.answers(asked))
        writing = one if one.model.prompts else two
        for bot in (one, two):
            bot.model.pieces = (NEW,)
        await discord.edits(asked, "<@BOT> where are metadata?")
        await left(writing)
        for bot in (one, two):
            bot.model.go_on.set()
        await discord.until(lambda: "etcd" in discord.answers(asked)[0].words)
        await discord.answered(asked)
        await discord.idle()
        assert len(one.model.prompts) + len(two.model.prompts) == 2
        entry = await one.ledger.asked(place(discord, "GENERAL"), str(asked))
        assert entry.revision == 1
    (answer,) = discord.answers(asked)
    assert "object storage" not in answer.words


async def test_a_deletion_of_which_both_processes_hear_from_discord_leaves_nothing(discord, tmp_path):
    async with (
        discord_bot_in(discord, tmp_path, model=Halting(*OLD)) as one,
        discord_bot_in(discord, tmp_path, model=Halting(*OLD)) as two,
    ):
        await discord.connected(2)
        asked = await discord.says("ANN", "GENERAL", "<@BOT> how is data stored?")
        await discord.until(lambda: discord.answers(asked))
        writing = one if one.model.prompts else two
        await discord.deletes(asked)
        await left(writing)
        writing.model.go_on.set()
        await discord.until(lambda: not discord.answers(asked))
        await discord.idle()
    assert discord.answers(asked) == []


async def test_an_edit_while_slack_gives_the_thread_is_what_is_answered(slack, tmp_path):
    async with bot_in(slack, tmp_path) as bot:
        root = await slack.says("U_ANN", "C_GENERAL", ASKED)
        await slack.answered("C_GENERAL", root)
        await slack.idle()
        reading = slack.holds("conversations.replies")
        ts = await slack.says("U_ANN", "C_GENERAL", "and fro GPU indexes?", thread=root)
        await reading.arrived()
        await slack.edits("C_GENERAL", ts, "and for GPU indexes?")
        await reading.arrived(2)
        reading.release()
        await slack.answered("C_GENERAL", root, 2)
        await slack.idle()
        assert "and for GPU indexes?" in bot.model.prompts[-1][-1].content
        entry = await bot.ledger.asked(Place(platform="slack", channel="C0GENERAL1"), ts)
        assert (entry.state, entry.text) == ("answered", "and for GPU indexes?")
    assert len(slack.answers("C_GENERAL", root)) == 2


async def test_a_question_deleted_while_slack_gives_the_thread_is_not_answered(slack, tmp_path):
    async with bot_in(slack, tmp_path) as bot:
        root = await slack.says("U_ANN", "C_GENERAL", ASKED)
        await slack.answered("C_GENERAL", root)
        await slack.idle()
        reading = slack.holds("conversations.replies")
        ts = await slack.says("U_ANN", "C_GENERAL", "and for GPU indexes?", thread=root)
        await reading.arrived()
        await slack.deletes("C_GENERAL", ts)
        await slack.until(slack.deliveries.idle)
        reading.release()
        await slack.idle()
        entry = await bot.ledger.asked(Place(platform="slack", channel="C0GENERAL1"), ts)
        assert entry is None or entry.state == "withdrawn"
    assert len(slack.answers("C_GENERAL", root)) == 1
