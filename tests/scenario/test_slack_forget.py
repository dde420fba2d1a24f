"""Somebody wants to be forgotten, in Slack: before, during and after an answer."""

import sqlite3
from collections.abc import AsyncIterator

import pytest

from bot.channels import forgetting, phrases
from bot.support import team_phrases
from slack_bot import bot_in
from slack_double import BOT, SlackDouble

TEAM = "C0PRIVATE1"
WORDS = "how is the data of the zebra project stored?"


@pytest.fixture
async def slack() -> AsyncIterator[SlackDouble]:
    async with SlackDouble() as double:
        yield double


async def asks(slack, person, text=WORDS):
    ts = await slack.says(person, "C_GENERAL", f"<@{BOT}> {text}")
    return ts, await slack.answered("C_GENERAL", ts)


async def forgets(slack, person, text="forget me"):
    """What somebody reads who wants to be forgotten."""
    before = len(slack.ephemerals("C_GENERAL", person))
    await slack.commands(person, "C_GENERAL", "/docent", text)
    return (await slack.until(lambda: slack.ephemerals("C_GENERAL", person)[before:]))[0].words


def held(folder, *words):
    """Whether any table of the ledger holds one of the words."""
    with sqlite3.connect(folder / "ledger.db") as connection:
        dump = "\n".join(connection.iterdump())
    connection.close()
    return [word for word in words if word in dump]


async def test_all_that_is_kept_of_a_person_goes_and_the_same_of_others_stays(slack, tmp_path):
    async with bot_in(slack, tmp_path, team=TEAM):
        _, answer = await asks(slack, "U_ANN")
        await slack.clicks("U_ANN", "C_GENERAL", answer.ts, "Not helpful")
        view = (await slack.until(lambda: slack.views))[0]
        await slack.submits("U_ANN", view, {"reason": "it was about giraffes"})
        _, theirs = await asks(slack, "U_BEN", "how is the data of the okapi project stored?")
        await slack.clicks("U_ANN", "C_GENERAL", theirs.ts, "Helpful")
        await slack.idle()
        assert held(tmp_path, "U0ANN00001", "zebra", "giraffes") == ["U0ANN00001", "zebra", "giraffes"]
        said = await forgets(slack, "U_ANN", " Forget  ME ")
        await slack.idle()
        again = await forgets(slack, "U_ANN")
        assert held(tmp_path, "U0ANN00001", "zebra", "giraffes", "okapi") == ["okapi"]
    assert said.startswith("I have removed what my ledger knew of you: 1 question with what became of it, ")
    assert "ratings" in said
    assert forgetting.STAYS in said
    assert again == f"{forgetting.NOTHING} {forgetting.STAYS}"


async def test_a_card_under_way_says_that_its_question_is_gone_and_names_nobody(slack, tmp_path):
    async with bot_in(slack, tmp_path, team=TEAM) as bot:
        ts, answer = await asks(slack, "U_ANN")
        await slack.clicks("U_ANN", "C_GENERAL", answer.ts, "Get a human")
        card = (await slack.until(lambda: slack.channel("C_PRIVATE")))[0]
        await slack.clicks("U_BEN", "C_PRIVATE", card.ts, "Claim")
        await slack.until(lambda: "has this" in slack.channel("C_PRIVATE")[0].words)
        said = await forgets(slack, "U_ANN")
        await slack.until(lambda: "zebra" not in slack.channel("C_PRIVATE")[0].words)
        await slack.idle()
        card = slack.channel("C_PRIVATE")[0]
        assert team_phrases.WITHDRAWN in card.words
        assert "U0ANN00001" not in card.words
        assert "Somebody asks for a human" in card.words
        assert "Resolve" in card.labels
        assert team_phrases.WITHDRAWN in slack.channel("C_PRIVATE")[1].words, "who has it reads of it"
        (case,) = await bot.ledger.hand_offs.listed(over=False, limit=5)
        assert await bot.support.desk.resolve(case.hand_off.ref, "U0BEN00001", "Done") == team_phrases.UNTOLD
        assert held(tmp_path, "U0ANN00001", "zebra") == []
        edited = await slack.answered("C_GENERAL", ts)
    assert forgetting.WITHDRAWN in said
    assert edited.words, "messages in the channel stay"


async def test_who_is_forgotten_while_an_answer_is_written_gets_none_and_can_ask_again(slack, tmp_path):
    async with bot_in(slack, tmp_path):
        gate = slack.holds("chat.startStream")
        ts = await slack.says("U_ANN", "C_GENERAL", f"<@{BOT}> {WORDS}")
        await gate.arrived()
        assert forgetting.WITHDRAWN in await forgets(slack, "U_ANN")
        gate.release()
        await slack.until(lambda: slack.calls("chat.delete"))
        await slack.idle()
        assert slack.answers("C_GENERAL", ts) == []
        assert held(tmp_path, "U0ANN00001", "zebra") == []
        _, answer = await asks(slack, "U_ANN")
    assert "object storage" in answer.words


async def test_a_question_about_forgetting_is_a_question_and_a_ledger_that_is_away_says_so(slack, tmp_path):
    async with bot_in(slack, tmp_path) as bot:
        answer = await forgets(slack, "U_ANN", "forget me, how is data stored?")
        assert "object storage" in answer
        await bot.ledger.aclose()
        (tmp_path / "ledger.db").write_bytes(b"no database at all" * 500)
        assert await forgets(slack, "U_ANN") == phrases.LEDGER_DOWN
