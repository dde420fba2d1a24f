"""A support team in Discord whose presses come late, twice or from strangers, and whose places are gone."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from adapters.discord import team
from bot.support import team_phrases as phrases
from discord_bot import ASKED, bot_in
from discord_double import DiscordDouble
from discord_team import (
    BEN,
    EVA,
    HOSTILE,
    LABELS,
    RANDOM,
    TEAM,
    asked_for,
    cards,
    filled,
    pressed,
    said,
    sorts,
    the_case,
    words,
)
from fakes import FakeModel


@pytest.fixture
async def discord() -> AsyncIterator[DiscordDouble]:
    async with DiscordDouble(window=0.5) as double:
        await double.lets_in("BEN", "PRIVATE")
        yield double


async def test_two_presses_of_claim_at_once_give_one_owner(discord, tmp_path):
    async with bot_in(discord, tmp_path, team=TEAM) as bot:
        asked, card = await asked_for(discord, bot)
        both = await asyncio.gather(*(pressed(discord, person, card, "Claim") for person in ("BEN", "EVA")))
        await discord.until(lambda: any(done.responses for done in both))
        await discord.idle()
        owner = (await the_case(bot)).hand_off.owner
    assert owner in {BEN, EVA}
    assert f"<@{owner}> has this." in words(discord, card)
    assert said(discord, asked).count("has taken this on") == 1
    assert sorted(done.words for done in both) == ["", f"<@{owner}> has this already."]
    assert discord.pings == []


async def test_a_press_that_two_processes_hear_is_carried_out_once(discord, tmp_path):
    async with bot_in(discord, tmp_path, team=TEAM) as bot, bot_in(discord, tmp_path, team=TEAM):
        await discord.connected(2)
        asked, card = await asked_for(discord, bot)
        await pressed(discord, "BEN", card, "Claim")
        await discord.until(lambda: f"<@{BEN}> has this." in words(discord, card))
        await filled(discord, "BEN", card, "Reply", "Try this")
        ephemerals = discord.ephemerals("BEN")
    assert said(discord, asked).count("has taken this on") == 1
    assert said(discord, asked).count("Try this") == 1
    assert ephemerals == []
    assert len(cards(discord)) == 1


@pytest.mark.parametrize("button", LABELS)
async def test_who_does_not_belong_to_the_team_is_told_so_in_private(discord, tmp_path, button):
    async with bot_in(discord, tmp_path, team=RANDOM) as bot:
        asked = await discord.says("ANN", "GENERAL", ASKED)
        await discord.clicks("ANN", await discord.answered(asked), "Get a human")
        (card,) = await discord.until(lambda: discord.channel("RANDOM"))
        done = await pressed(discord, "ANN", card.id, button)
        await discord.until(lambda: done.responses)
        await discord.idle()
        case = await the_case(bot)
    assert done.words == phrases.STRANGER
    assert done.ephemeral
    assert done.modal is None
    assert case.hand_off.state == "open"
    assert "support team" not in said(discord, asked)


async def test_who_left_the_team_while_a_form_was_open_posts_nothing(discord, tmp_path):
    async with bot_in(discord, tmp_path, team=TEAM) as bot:
        asked, card = await asked_for(discord, bot)
        opened = await pressed(discord, "BEN", card, "Reply")
        discord.fails("GET", "/members/", 404, 10007)
        sent = await discord.submits("BEN", opened, {"text": "Too late"})
        await discord.until(lambda: sent.responses)
        await discord.idle()
    assert sent.words == phrases.STRANGER
    assert "Too late" not in said(discord, asked)


async def test_a_form_opens_in_time_though_it_is_not_known_who_may_send_it(discord, tmp_path, monkeypatch):
    monkeypatch.setattr(team, "CHECK_SECONDS", 0.01)
    async with bot_in(discord, tmp_path, team=TEAM) as bot:
        asked, card = await asked_for(discord, bot)
        gate = discord.holds("GET", "/members/")
        opened = await pressed(discord, "BEN", card, "Reply")
        assert opened.modal is not None
        gate.release()
        await discord.submits("BEN", opened, {"text": "Try this"})
        await discord.until(lambda: "Try this" in said(discord, asked))


async def test_what_comes_too_late_is_said(discord, tmp_path):
    async with bot_in(discord, tmp_path, team=TEAM) as bot:
        _, card = await asked_for(discord, bot)
        stale = discord.message(card)
        opened = await pressed(discord, "EVA", card, "Resolve")
        await filled(discord, "BEN", card, "Resolve", "Done")
        again = await discord.submits("EVA", opened, {"text": "Again"})
        await discord.until(lambda: again.responses)
        late = []
        for button in LABELS:
            discord.guild.standing(card).components = list(stale.components)
            done = await pressed(discord, "EVA", card, button)
            await discord.until(lambda done=done: done.responses)
            late.append(done.words)
        case = await the_case(bot, over=True)
    assert [again.words, *late] == [f"<@{BEN}> has resolved this already."] * 6
    assert case.hand_off.outcome == "Done"


async def test_a_thread_that_is_gone_is_said_and_nothing_typed_is_lost(discord, tmp_path):
    long = "\n".join(f"Line {number} of my careful answer, typed by hand." for number in range(75))
    async with bot_in(discord, tmp_path, team=TEAM) as bot:
        asked, card = await asked_for(discord, bot)
        await discord.deletes_channel(asked)
        told = await filled(discord, "BEN", card, "Reply", long)
        case = await the_case(bot)
        claimed = await pressed(discord, "BEN", card, "Claim")
        await discord.until(lambda: claimed.responses)
    assert case.hand_off.state == "open", "nobody has it who could not answer"
    assert told.ephemeral
    assert [line for line in long.splitlines() if line not in told.words] == []
    assert claimed.words == phrases.UNTOLD
    assert [message for message in discord.channel("GENERAL") if message.by_bot] == []


async def test_a_deleted_question_is_taken_off_its_card(discord, tmp_path):
    async with bot_in(discord, tmp_path, team=TEAM) as bot:
        asked, card = await asked_for(discord, bot)
        await discord.deletes(asked)
        await discord.until(lambda: phrases.WITHDRAWN in words(discord, card))
        done = await pressed(discord, "BEN", card, "Claim")
        await discord.until(lambda: done.responses)
        await discord.idle()
    assert "how is data stored" not in words(discord, card)
    assert done.words == phrases.UNTOLD


async def test_a_card_that_was_deleted_takes_nothing_else_down(discord, tmp_path):
    async with bot_in(discord, tmp_path, team=TEAM) as bot:
        asked, card = await asked_for(discord, bot)
        await discord.deletes(card)
        await discord.says("BEN", asked, "I know this one")
        await discord.idle()
        shown = await discord.commands("BEN", "GENERAL", "docent triage")
        await discord.until(lambda: "Open: 1" in shown.words)
    assert f"<@{BEN}>" in shown.words


async def test_hostile_words_in_a_card_call_nobody_and_break_nothing(discord, tmp_path):
    told = sorts(summary=HOSTILE, component=f"{HOSTILE}*", category="bug")
    async with bot_in(discord, tmp_path, team=TEAM, triager=told, model=FakeModel(HOSTILE)) as bot:
        _, card = await asked_for(discord, bot, f"<@BOT> {HOSTILE} how? " + "*" * 1_500)
        title = _parts(discord, card)[0]
        await filled(discord, "EVA", card, "Resolve", HOSTILE)
    assert discord.pings == []
    assert title.startswith("### @\u200beveryone @\u200bhere \\<@")
    assert "[docs](" not in title.replace("\\[docs\\](", "")
    parts = _parts(discord, card)
    assert sum(map(len, parts)) <= 4_000
    assert [part for part in parts if part.count("```") % 2] == []
    assert f"<@{EVA}> has resolved this:" in parts[-1]


def _parts(discord, card):
    (box,) = discord.message(card).components
    return [item["content"] for item in box["components"] if "content" in item]


async def test_a_channel_that_cannot_be_reached_loses_nothing(discord, tmp_path):
    secret = str(discord.guild.channel("SECRET").id)
    async with bot_in(discord, tmp_path, team=secret) as bot:
        asked = await discord.says("ANN", "GENERAL", ASKED)
        told = await discord.clicks("ANN", await discord.answered(asked), "Get a human")
        await discord.until(lambda: told.words)
        await discord.lets_in("BOT", "SECRET")
        case = await the_case(bot)
        await bot.ledger.hand_offs.put_off(case.hand_off.ref, 0.0)  # the time to the next try is over
        await bot.support.reminders.tend()
        await bot.support.reminders.tend()
        posted = discord.channel("SECRET")
    assert told.words == phrases.NOT_REACHED
    assert len(posted) == 1
    assert "how is data stored" in posted[0].words


@pytest.mark.parametrize("channel", ["899999999999999999", "C0TEAM0001", "general", "²"])
async def test_a_channel_that_does_not_exist_is_said_and_takes_nothing_down(discord, tmp_path, channel):
    async with bot_in(discord, tmp_path, team=channel):
        asked = await discord.says("ANN", "GENERAL", ASKED)
        answer = await discord.answered(asked)
        told = await discord.clicks("ANN", answer, "Get a human")
        await discord.until(lambda: told.words)
        listed = await discord.commands("EVA", "GENERAL", "docent triage")
        await discord.until(lambda: listed.words)
        await discord.says("BEN", asked, "I have that, too")
        await discord.idle()
    assert told.words == phrases.NOT_REACHED
    assert listed.words == phrases.STRANGER


async def test_a_card_whose_receipt_was_lost_is_posted_once_and_shows_how_it_stands(discord, tmp_path):
    async with bot_in(discord, tmp_path, team=TEAM) as bot:
        asked = await discord.says("ANN", "GENERAL", ASKED)
        answer = await discord.answered(asked)
        discord.breaks("POST", f"/channels/{TEAM}/messages", times=1, applied=True)
        await discord.clicks("ANN", answer, "Get a human")
        (card,) = await discord.until(lambda: cards(discord))
        await discord.idle()
        await pressed(discord, "BEN", card.id, "Claim")
        await discord.idle()
        case = await the_case(bot)
        await bot.ledger.hand_offs.put_off(case.hand_off.ref, 0.0)
        await bot.support.reminders.tend()
        await discord.idle()
    assert len(cards(discord)) == 1
    assert f"<@{BEN}> has this." in words(discord, card.id)


async def test_buttons_of_a_card_work_after_a_restart(discord, tmp_path):
    async with bot_in(discord, tmp_path, team=TEAM) as bot:
        asked, card = await asked_for(discord, bot)
        opened = await pressed(discord, "BEN", card, "Reply")
    async with bot_in(discord, tmp_path, team=TEAM) as bot:
        await discord.submits("BEN", opened, {"text": "Try this"})
        await discord.until(lambda: "Try this" in said(discord, asked))
        await filled(discord, "BEN", card, "Resolve", "It was a typo")
        await discord.until(lambda: "It was a typo" in words(discord, card))
        case = await the_case(bot, over=True)
    assert case.hand_off.owner == BEN


async def test_a_ledger_that_is_away_is_said_and_the_press_works_later(discord, tmp_path):
    async with bot_in(discord, tmp_path, team=TEAM) as bot:
        _, card = await asked_for(discord, bot)
        await discord.idle()
        file = tmp_path / "ledger.db"
        await bot.ledger.aclose()
        file.rename(tmp_path / "away.db")
        file.mkdir()
        told = [await pressed(discord, "BEN", card, button) for button in ("Claim", "Reply")]
        await discord.until(lambda: all(done.words for done in told))
        file.rmdir()
        (tmp_path / "away.db").rename(file)
        await pressed(discord, "BEN", card, "Claim")
        await discord.until(lambda: f"<@{BEN}> has this." in words(discord, card))
    assert [done.words for done in told] == [phrases.DOWN] * 2
