"""What a support team sees and does in Slack, from the question to its outcome."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

import pytest

from adapters.slack.card import TRIAGE, card, mentions, open_list
from bot.channels.listening import Rules
from bot.channels.posts import Entry
from bot.model import Place
from bot.support import team_phrases as phrases
from bot.support.handoffs import Card, Case, HandOff, OpenList
from bot.support.team_rules import Route, TeamRules
from fakes import FakeModel, FakeRetriever
from slack_bot import bot_in
from slack_double import BOT, SlackDouble

ASKED = f"<@{BOT}> how is the backup of my data stored?"
TEAM = "C0PRIVATE1"
PINGS = ("<!channel>", "<!here>", "<@U0BEN00001>", "<!subteam^S1>")


@dataclass(frozen=True)
class Sorted:
    category: str = "bug"
    severity: str = "high"
    component: str = "backup"
    confidence: float = 0.8
    summary: str = "The backup of a cluster fails"


def sorts(**fields: str):
    async def triager(message, passages):
        return Sorted(**fields)

    return triager


@pytest.fixture
async def slack() -> AsyncIterator[SlackDouble]:
    async with SlackDouble() as double:
        yield double


def rules(**fields) -> TeamRules:
    return TeamRules(**({"channels": {"slack": TEAM}} | fields))


def cards(slack):
    return [message for message in slack.channel("C_PRIVATE") if message.thread_ts in {"", message.ts}]


async def asked_for(slack, text=ASKED, person="U_ANN"):
    """A question whose asker wants a person; its ts, and the card's."""
    before = len(cards(slack))
    ts = await slack.says(person, "C_GENERAL", text)
    answer = await slack.answered("C_GENERAL", ts)
    await slack.clicks(person, "C_GENERAL", answer.ts, "Get a human")
    card = (await slack.until(lambda: cards(slack)[before:]))[0]
    return ts, card.ts


async def pressed(slack, person, card, button):
    return await slack.clicks(person, "C_PRIVATE", card, button)


async def filled(slack, person, card, button, text):
    """Somebody presses a button and fills in its modal."""
    await pressed(slack, person, card, button)
    view = (await slack.until(lambda: [v for v in slack.views if "ref" in v.fields["private_metadata"]]))[0]
    await slack.submits(person, view, {"text": text})
    await slack.until(lambda: not view.open)
    await slack.idle()


def words(slack, card):
    return next(message.words for message in cards(slack) if message.ts == card)


def said(slack, ts):
    return "\n".join(answer.words for answer in slack.answers("C_GENERAL", ts))


async def test_a_whole_story_from_an_uncertain_answer_to_its_outcome(slack, tmp_path):
    agreed = rules(routes=(Route(who=("U0BEN00001", "S0BACKUP01"), category="bug"),))
    nothing = FakeRetriever()
    async with bot_in(slack, tmp_path, team_rules=agreed, triager=sorts(), retriever=nothing) as bot:
        ts = await slack.says("U_ANN", "C_GENERAL", ASKED)
        await slack.answered("C_GENERAL", ts)
        await slack.idle()
        assert cards(slack) == []
        await slack.says(
            "U_ANN", "C_GENERAL", f"<@{BOT}> it says access denied when data is stored", thread=ts
        )
        card = (await slack.until(lambda: cards(slack)))[0]
        await slack.until(lambda: phrases.THREAD["uncertain_twice"] in said(slack, ts))
        for part in ("The backup of a cluster fails", "bug · high · backup", "access denied", "not covered"):
            assert part in card.words
        assert "*Who should look:* <@U0BEN00001> <!subteam^S0BACKUP01>" in card.words
        assert card.labels == ("Claim", "Reply", "Ask for details", "Resolve", "Not support")

        await pressed(slack, "U_BEN", card.ts, "Claim")
        await slack.until(lambda: "<@U0BEN00001> has this" in words(slack, card.ts))
        assert "<@U0BEN00001> of the support team has taken this on" in said(slack, ts)
        count = len(slack.answers("C_GENERAL", ts))
        await slack.says("U_ANN", "C_GENERAL", "and where do I see the log?", thread=ts)
        await slack.idle()
        assert len(slack.answers("C_GENERAL", ts)) == count, "a person has it"

        await filled(slack, "U_BEN", card.ts, "Reply", "Give the bucket <write> rights & try again")
        assert "<@U0BEN00001> of the support team:" in said(slack, ts)
        assert "Give the bucket &lt;write&gt; rights &amp; try again" in said(slack, ts)
        await slack.says("U_ANN", "C_GENERAL", f"<@{BOT}> and for GPU?", thread=ts)
        await slack.until(lambda: len(slack.answers("C_GENERAL", ts)) == count + 2)
        await slack.idle()

        await filled(slack, "U_BEN", card.ts, "Resolve", "The bucket lacked write rights")
        resolved = words(slack, card.ts)
        listed = await bot.ledger.hand_offs.listed(over=True, limit=5)
    assert "<@U0BEN00001> has resolved this: The bucket lacked write rights" in resolved
    assert "Claim" not in resolved
    assert "The bucket lacked write rights" in said(slack, ts)
    assert [(case.hand_off.state, case.hand_off.reason) for case in listed] == [
        ("resolved", "uncertain_twice")
    ]


async def test_a_later_card_shows_the_earlier_thread_with_its_outcome(slack, tmp_path):
    async with bot_in(slack, tmp_path, team=TEAM, triager=sorts()):
        _, first = await asked_for(slack)
        await filled(slack, "U_EVA", first, "Resolve", "A <!channel> wide outage")
        _, second = await asked_for(slack, f"<@{BOT}> how is the backup of the data stored, then?", "U_BEN")
        _, other = await asked_for(slack, f"<@{BOT}> how do I add a user?", "U_BEN")
    shown = words(slack, second)
    assert "Similar questions" in shown
    assert "wide outage" in shown
    assert "https://acme.slack.com/archives/C0GENERAL1" in shown
    assert "<!channel>" not in shown
    assert "Similar questions" not in words(slack, other)


async def test_two_who_claim_at_once_through_two_processes_get_one_owner(slack, tmp_path):
    async with AsyncExitStack() as stack:
        bots = [await stack.enter_async_context(bot_in(slack, tmp_path, team=TEAM)) for _ in range(2)]
        await slack.connected(2)
        ts, card = await asked_for(slack)
        case = (await bots[0].ledger.hand_offs.listed(over=False, limit=5))[0]
        people = {"U0BEN00001": bots[0], "U0EVA00001": bots[1]}
        answers = await asyncio.gather(
            *(bot.support.desk.claim(case.hand_off.ref, person) for person, bot in people.items())
        )
        await slack.idle()
        kept = (await bots[1].ledger.hand_offs.listed(over=False, limit=5))[0].hand_off
        shown = words(slack, card)
    assert kept.owner in people
    assert f"<@{kept.owner}> has this." in shown
    assert said(slack, ts).count("has taken this on") == 1
    assert sorted(answers) == ["", f"<@{kept.owner}> has this already."]


async def test_two_presses_of_claim_at_once_give_one_owner(slack, tmp_path):
    async with bot_in(slack, tmp_path, team=TEAM), bot_in(slack, tmp_path, team=TEAM):
        await slack.connected(2)
        ts, card = await asked_for(slack)
        await asyncio.gather(*(pressed(slack, person, card, "Claim") for person in ("U_BEN", "U_EVA")))
        await slack.until(lambda: "has this." in words(slack, card))
        await slack.idle()
        told = slack.ephemerals("C_PRIVATE", "U_BEN") + slack.ephemerals("C_PRIVATE", "U_EVA")
    assert said(slack, ts).count("has taken this on") == 1
    assert [message.words.endswith("has this already.") for message in told] == [True]


@pytest.mark.parametrize("button", ["Claim", "Reply", "Resolve", "Not support"])
async def test_who_does_not_belong_to_the_team_is_told_so_in_private(slack, tmp_path, button):
    async with bot_in(slack, tmp_path, team=TEAM) as bot:
        ts, card = await asked_for(slack)
        slack.workspace.channels[TEAM].members.discard("U0ANN00001")
        await pressed(slack, "U_ANN", card, button)
        told = await slack.until(lambda: slack.ephemerals("C_PRIVATE", "U_ANN"))
        await slack.idle()
        (case,) = await bot.ledger.hand_offs.listed(over=False, limit=5)
    assert told[0].words == phrases.STRANGER
    assert case.hand_off.state == "open"
    assert slack.views == []
    assert "support team" not in said(slack, ts)


async def test_named_people_may_press_without_being_in_the_channel(slack, tmp_path):
    async with bot_in(slack, tmp_path, team_rules=rules(members={"U0ANN00001"})):
        _, card = await asked_for(slack)
        slack.workspace.channels[TEAM].members.discard("U0ANN00001")
        await pressed(slack, "U_ANN", card, "Claim")
        await slack.until(lambda: "<@U0ANN00001> has this." in words(slack, card))


async def test_what_comes_too_late_is_said(slack, tmp_path):
    async with bot_in(slack, tmp_path, team=TEAM) as bot:
        _, card = await asked_for(slack)
        ref = (await bot.ledger.hand_offs.listed(over=False, limit=1))[0].hand_off.ref
        await filled(slack, "U_BEN", card, "Resolve", "Done")
        desk = bot.support.desk
        late = [
            await desk.claim(ref, "U0EVA00001"),
            await desk.resolve(ref, "U0EVA00001", "Again"),
            await desk.reply(ref, "U0EVA00001", "Hello"),
            await desk.refuse(ref, "U0BEN00001"),
        ]
        unknown = await desk.claim("0" * 32, "U0EVA00001")
        (case,) = await bot.ledger.hand_offs.listed(over=True, limit=5)
    assert late == ["<@U0BEN00001> has resolved this already."] * 4
    assert unknown == phrases.UNKNOWN
    assert case.hand_off.outcome == "Done"


async def test_details_are_asked_for_and_the_team_hears_when_they_come(slack, tmp_path):
    async with bot_in(slack, tmp_path, team=TEAM):
        ts, card = await asked_for(slack)
        await filled(slack, "U_BEN", card, "Ask for details", "Which version?")
        assert "<@U0BEN00001> has asked for details." in words(slack, card)
        assert "Which version?" in said(slack, ts)
        await slack.says("U_ANN", "C_GENERAL", "2.6.3", thread=ts)
        heard = await slack.until(lambda: slack.answers("C_PRIVATE", card))
        await slack.idle()
    assert heard[0].text == f"<@U0BEN00001> {phrases.HEARD}"
    assert "<@U0BEN00001> has this." in words(slack, card)
    assert "2.6.3" not in said(slack, ts), "nobody else answers"


async def test_a_member_who_writes_in_the_thread_has_it(slack, tmp_path):
    async with bot_in(slack, tmp_path, team=TEAM):
        ts, card = await asked_for(slack)
        await slack.says("U_BEN", "C_GENERAL", "I know this one, wait", thread=ts)
        await slack.until(lambda: "<@U0BEN00001> has this." in words(slack, card))


async def test_a_thread_that_is_gone_is_said_and_nothing_typed_is_lost(slack, tmp_path):
    async with bot_in(slack, tmp_path, team=TEAM) as bot:
        _, card = await asked_for(slack)
        slack.fails("chat.postMessage", "thread_not_found")
        await filled(slack, "U_BEN", card, "Reply", "My long and careful answer")
        told = slack.ephemerals("C_PRIVATE", "U_BEN")[0].words
        (case,) = await bot.ledger.hand_offs.listed(over=False, limit=5)
        await pressed(slack, "U_BEN", card, "Claim")
        untold = (await slack.until(lambda: slack.ephemerals("C_PRIVATE", "U_BEN")[1:]))[0].words
    assert "My long and careful answer" in told
    assert case.hand_off.state == "open", "nobody has it who could not answer"
    assert untold == phrases.UNTOLD


async def test_a_deleted_question_is_taken_off_its_card(slack, tmp_path):
    async with bot_in(slack, tmp_path, team=TEAM):
        ts, card = await asked_for(slack)
        await slack.deletes("C_GENERAL", ts)
        await slack.until(lambda: phrases.WITHDRAWN in words(slack, card))
        await pressed(slack, "U_BEN", card, "Claim")
        told = await slack.until(lambda: slack.ephemerals("C_PRIVATE", "U_BEN"))
        await slack.idle()
    assert "backup of my data" not in words(slack, card)
    assert told[0].words == phrases.UNTOLD


async def test_hostile_words_in_a_card_call_nobody_and_break_nothing(slack, tmp_path):
    hostile = " ".join(PINGS) + " *x* `y` <b>z</b> <https://evil.example|docs> ```"
    told = sorts(summary=hostile, component=f"{hostile}*", category="bug")
    async with bot_in(slack, tmp_path, team=TEAM, triager=told, model=FakeModel(hostile)):
        _, card = await asked_for(slack, f"<@{BOT}> {hostile} " + "&" * 3_000)
        await filled(slack, "U_EVA", card, "Resolve", hostile)
    (shown,) = cards(slack)
    for part in [shown.text, *(str(block) for block in shown.blocks if block["type"] != "header")]:
        for ping in (*PINGS, "<https://evil.example|"):
            assert ping not in part


async def test_a_channel_that_cannot_be_reached_loses_nothing(slack, tmp_path):
    async with bot_in(slack, tmp_path, team="C0ABSENT01") as bot:
        ts = await slack.says("U_ANN", "C_GENERAL", ASKED)
        answer = await slack.answered("C_GENERAL", ts)
        await slack.clicks("U_ANN", "C_GENERAL", answer.ts, "Get a human")
        told = await slack.until(lambda: slack.ephemerals("C_GENERAL", "U_ANN"))
        await slack.invites("U_EVA", "C_ABSENT")
        (case,) = await bot.ledger.hand_offs.listed(over=False, limit=5)
        await bot.ledger.hand_offs.put_off(case.hand_off.ref, 0.0)  # the time to the next try is over
        await bot.support.reminders.tend()
        await bot.support.reminders.tend()
        posted = slack.channel("C_ABSENT")
    assert told[0].text == phrases.NOT_REACHED
    assert len(posted) == 1
    assert "backup of my data" in posted[0].words


async def test_a_thumbs_down_calls_the_team_once(slack, tmp_path):
    async with bot_in(slack, tmp_path, team=TEAM):
        ts = await slack.says("U_ANN", "C_GENERAL", ASKED)
        answer = await slack.answered("C_GENERAL", ts)
        for person in ("U_BEN", "U_EVA"):
            await slack.clicks(person, "C_GENERAL", answer.ts, "Not helpful")
        await slack.until(lambda: phrases.THREAD["thumbs_down"] in said(slack, ts))
        await slack.idle()
    (card,) = cards(slack)
    assert "<@U0BEN00001> was not helped by the answer" in card.words


@pytest.mark.parametrize(("on", "expected"), [(("urgent",), 1), (("asked",), 0)])
async def test_a_critical_message_calls_the_team_where_that_is_wanted(slack, tmp_path, on, expected):
    critical = sorts(severity="critical")
    async with bot_in(slack, tmp_path, team_rules=rules(on=on), triager=critical):
        ts = await slack.says("U_ANN", "C_GENERAL", ASKED)
        await slack.answered("C_GENERAL", ts)
        if expected:
            await slack.until(lambda: cards(slack))
        await slack.idle()
    assert len(cards(slack)) == expected
    assert (phrases.THREAD["urgent"] in said(slack, ts)) == bool(expected)


async def test_what_is_asked_in_private_reaches_the_team_by_the_button_alone(slack, tmp_path):
    critical = sorts(severity="critical")
    async with bot_in(slack, tmp_path, team=TEAM, triager=critical, retriever=FakeRetriever()):
        ts = await slack.says("U_ANN", "D_ANN", "how is the backup of my data stored?")
        answer = await slack.answered("D_ANN", ts)
        await slack.clicks("U_ANN", "D_ANN", answer.ts, "Not helpful")
        await slack.idle()
        assert cards(slack) == []
        await slack.clicks("U_ANN", "D_ANN", answer.ts, "Get a human")
        (card,) = await slack.until(lambda: cards(slack))
        await filled(slack, "U_BEN", card.ts, "Reply", "Try this")
    assert "Try this" in "\n".join(answer.words for answer in slack.answers("D_ANN", ts))


async def test_the_asker_of_a_command_is_answered_in_private(slack, tmp_path):
    async with bot_in(slack, tmp_path, team=TEAM):
        await slack.commands("U_ANN", "C_GENERAL", "/docent", "how is the backup stored?")
        shown = await slack.until(lambda: [m for m in slack.ephemerals("C_GENERAL", "U_ANN") if m.finished])
        await slack.clicks("U_ANN", "C_GENERAL", shown[0].ts, "Get a human")
        (card,) = await slack.until(lambda: cards(slack))
        await filled(slack, "U_BEN", card.ts, "Reply", "Try this")
    (told,) = slack.channel("D_ANN")
    assert "About your question: how is the backup stored?" in told.words
    assert "Try this" in told.words


async def test_posts_of_a_watched_channel_become_cards_and_are_not_answered(slack, tmp_path):
    watched = Rules(watch={"C0RANDOM01"}, auto_answer={"C0RANDOM01"})
    async with bot_in(slack, tmp_path, team=TEAM, rules=watched, triager=sorts()) as bot:
        ts = await slack.says("U_ANN", "C_RANDOM", "Why does the backup of my cluster fail?")
        (card,) = await slack.until(lambda: cards(slack))
        await slack.until(lambda: slack.message("C_RANDOM", ts).reactions)
        await slack.says("U_ANN", "C_RANDOM", "nobody?", thread=ts)
        await slack.edits("C_RANDOM", ts, "Why does the backup of my whole cluster fail?")
        await pressed(slack, "U_BEN", card.ts, "Claim")
        await slack.until(lambda: "raising_hand" in slack.message("C_RANDOM", ts).reactions)
        await slack.idle()
        entry = await bot.ledger.asked(Place(platform="slack", channel="C0RANDOM01"), ts)
    assert slack.answers("C_RANDOM", ts) == []
    assert "eyes" in slack.message("C_RANDOM", ts).reactions
    assert "<@U0ANN00001> wrote this in <#C0RANDOM01>" in card.words
    assert entry is not None
    assert (entry.via, entry.state) == ("triage", "triaged")
    assert bot.model.prompts == []


async def test_any_message_is_put_on_the_list_by_the_team_and_only_by_it(slack, tmp_path):
    async with bot_in(slack, tmp_path, team=TEAM, triager=sorts()):
        ts = await slack.says("U_ANN", "C_GENERAL", "my backup is broken")
        for number in (1, 2):
            await slack.shortcuts("U_BEN", "C_GENERAL", ts, TRIAGE)
            await slack.until(lambda: len(slack.ephemerals("C_GENERAL", "U_BEN")) == number)  # noqa: B023
        slack.workspace.channels[TEAM].members.discard("U0EVA00001")
        await slack.shortcuts("U_EVA", "C_GENERAL", ts, TRIAGE)
        await slack.idle()
        told = [message.words for message in slack.ephemerals("C_GENERAL", "U_BEN")]
        refused = [message.words for message in slack.ephemerals("C_GENERAL", "U_EVA")]
    assert told == [phrases.TRIAGED, phrases.TRIAGED_BEFORE]
    assert refused == [phrases.STRANGER]
    assert len(cards(slack)) == 1


async def test_the_card_names_who_wrote_the_message_and_who_put_it_on_the_list_can_take_it_on(
    slack, tmp_path
):
    async with bot_in(slack, tmp_path, team=TEAM, triager=sorts()):
        ts = await slack.says("U_ANN", "C_GENERAL", ASKED)
        await slack.answered("C_GENERAL", ts)
        await slack.shortcuts("U_BEN", "C_GENERAL", ts, TRIAGE)
        (card,) = await slack.until(lambda: cards(slack))
        assert "<@U0ANN00001> wrote this in <#C0GENERAL1>" in card.words
        await slack.says("U_BEN", "C_GENERAL", "I am looking at it", thread=ts)
        await slack.until(lambda: "<@U0BEN00001> has this." in words(slack, card.ts))


async def test_a_form_with_blanks_changes_nothing_and_says_so(slack, tmp_path):
    async with bot_in(slack, tmp_path, team=TEAM, triager=sorts()) as bot:
        ts, card = await asked_for(slack)
        before = said(slack, ts)
        for button in ("Resolve", "Reply"):
            await filled(slack, "U_BEN", card, button, " \n ")
        told = await slack.until(lambda: slack.ephemerals("C_PRIVATE", "U_BEN")[1:])
        (case,) = await bot.ledger.hand_offs.listed(over=False, limit=5)
    assert [message.words for message in told] == [phrases.NOTHING_SAID]
    assert slack.ephemerals("C_PRIVATE", "U_BEN")[0].words == phrases.NO_OUTCOME
    assert (case.hand_off.state, case.hand_off.owner) == ("open", "")
    assert said(slack, ts) == before


async def test_what_the_team_writes_through_the_card_is_kept_without_its_secrets(slack, tmp_path):
    async with bot_in(slack, tmp_path, team=TEAM, triager=sorts()) as bot:
        _, card = await asked_for(slack)
        await filled(slack, "U_BEN", card, "Reply", "Use password=hunter2 & <try> again")
        await filled(slack, "U_EVA", card, "Ask for details", "Which version?")
        (case,) = await bot.ledger.hand_offs.listed(over=False, limit=5)
        kept = await bot.ledger.hand_offs.messages(case.hand_off.ref)
    assert [(one.kind, one.platform, one.person) for one in kept] == [
        ("reply", "slack", "U0BEN00001"),
        ("details", "slack", "U0EVA00001"),
    ]
    assert kept[0].text.startswith("Use ")
    assert "hunter2" not in kept[0].text
    assert kept[1].text == "Which version?"


def test_ids_of_another_platform_are_no_mentions():
    assert mentions(["123456789012345678", "&1234", "U9", "S0TEAM", "U9", "", "@here", "U1> <!here"]) == (
        "<@U9> <!subteam^S0TEAM>"
    )
    place = Place(platform="slack", workspace="T", channel="C0GENERAL1", thread="1.1")
    entry = Entry(ref="1", place=place, message="1.1", asker="U9", text="Why?", via="mention", at=0.0)
    discord = HandOff(
        ref="1", person="U9", reason="asked", asked_at=0.0, state="claimed", owner="123456789012345678",
        card_platform="discord",
    )  # fmt: skip
    shown = Card(case=Case(hand_off=discord, entry=entry), lookers=("123456789012345678",))
    drawn = str(card(replace(shown, case=replace(shown.case, hand_off=replace(discord, state="open")))))
    assert "1234567" not in drawn + str(card(shown)) + str(open_list(OpenList(cards=(shown,), total=1)))
    assert "Somebody has this." in str(card(shown))
    assert "Who should look" not in drawn


def test_the_open_list_says_how_many_more_there_are_and_where():
    place = Place(platform="slack", workspace="T", channel="C0GENERAL1", thread="1.1")
    entry = Entry(ref="1", place=place, message="1.1", asker="U9", text="Why?", via="mention", at=0.0)
    shown = Card(case=Case(hand_off=HandOff(ref="1", person="U9", reason="asked", asked_at=0.0), entry=entry))
    found = OpenList(cards=(shown,) * 20, total=60, inbox="https://docent.example/?stage=any")
    heading, *lists = open_list(found)
    assert heading["text"]["text"] == "*Open: 60*"
    assert lists[-1]["text"]["text"].endswith("\n<https://docent.example/?stage=any|and 40 more>")
    alone = open_list(replace(found, inbox=""))
    assert alone[-1]["text"]["text"].endswith("\nand 40 more")


async def test_the_open_list_is_for_the_team(slack, tmp_path):
    async with bot_in(slack, tmp_path, team=TEAM, triager=sorts()):
        await asked_for(slack)
        shown = await slack.commands("U_BEN", "C_GENERAL", "/docent", "triage")
        await slack.until(lambda: shown.words)
        slack.workspace.channels[TEAM].members.discard("U0ANN00001")
        refused = await slack.commands("U_ANN", "C_GENERAL", "/docent", "triage")
        await slack.until(lambda: refused.words)
    assert "Open: 1" in shown.words
    assert "|The backup of a cluster fails>" in shown.words
    assert refused.words == phrases.STRANGER


async def test_a_ledger_that_is_away_is_said_and_the_press_works_later(slack, tmp_path):
    async with bot_in(slack, tmp_path, team=TEAM) as bot:
        _, card = await asked_for(slack)
        await slack.idle()
        file = tmp_path / "ledger.db"
        await bot.ledger.aclose()
        file.rename(tmp_path / "away.db")
        file.mkdir()
        await pressed(slack, "U_BEN", card, "Claim")
        told = await slack.until(lambda: slack.ephemerals("C_PRIVATE", "U_BEN"))
        file.rmdir()
        (tmp_path / "away.db").rename(file)
        await pressed(slack, "U_BEN", card, "Claim")
        await slack.until(lambda: "<@U0BEN00001> has this." in words(slack, card))
    assert told[0].words == phrases.DOWN
