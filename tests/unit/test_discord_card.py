"""What a card in Discord shows, however much there is to show."""

import re
from typing import Any

import pytest

from adapters.discord import card as cards
from adapters.discord.card import card, open_list
from bot.channels.posts import Entry
from bot.model import Answer, Citation, Place
from bot.support.handoffs import Card, Case, HandOff, OpenList, Similar

LIMIT = 4_000
LONG_ID = "1" * 20
LINK = f"https://discord.com/channels/{LONG_ID}/{LONG_ID}/{LONG_ID}"
TEXTS = {
    "marks": "*_~`|[]" * 1_300,
    "one word": "x" * 9_000,
    "an open fence": "```\n" + "a\n" * 3_000,
    "fences in lines": "a ``` b\n" * 600,
    "a table": "| a | b |\n|--|--|\n" + "| 1 | 2 |\n" * 400,
    "backslashes": "\\" * 5_000,
    "pings": "@everyone <@700000000000000002> " * 300,
    "an address": "https://x.example/" + "z" * 4_000,
    "wide letters": "漢字🙂" * 2_000,
    "lines": "\n" * 3_000,
    "nothing": "",
}


def case(text: str, *, platform: str = "discord", **fields: str) -> Case:
    citations = tuple(
        Citation(number=n, title=text[:200], heading=text[:200], url=f"https://docs.example/{'p' * 200}")
        for n in range(1, 12)
    )
    entry = Entry(
        ref="a" * 32,
        place=Place(platform=platform, workspace=LONG_ID, channel=LONG_ID, thread=LONG_ID),
        message=LONG_ID,
        asker=LONG_ID,
        text=text,
        via="mention",
        at=0.0,
        state="answered",
        answer=Answer(text=text, kind="not_covered", uncertain=True, citations=citations),
    )
    given: dict[str, Any] = dict.fromkeys(("category", "component", "summary", "outcome"), text)
    given |= {"severity": "critical", "approved_at": 1.0}
    hand_off = HandOff(
        ref="a" * 32,
        person=LONG_ID,
        reason="thumbs_down",
        asked_at=0.0,
        owner=LONG_ID,
        card_platform="discord",
        **given | fields,
    )
    return Case(hand_off=hand_off, entry=entry)


def full(text: str, **fields: str) -> Card:
    over = case(text, **{"state": "resolved"} | fields)
    people = (f"&{LONG_ID}", *(f"{number:020}" for number in range(40)))
    return Card(
        case=case(text, **fields), link=LINK, lookers=people, similar=(Similar(case=over, link=LINK),) * 3
    )


@pytest.mark.parametrize("state", ["open", "details_asked", "resolved", "not_support"])
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_card_always_fits_and_none_of_its_parts_breaks_another(text, state):
    drawn = card(full(text, state=state))
    assert sum(map(len, drawn.parts)) <= LIMIT
    assert all(part.strip() for part in drawn.parts)
    assert [part for part in drawn.parts if len(re.findall(r"(?<!\\)```", part)) % 2] == []
    assert LINK in drawn.parts[1], "the way to the question is never cut"
    (box,) = drawn.posted()["view"].to_components()
    assert len(box["components"]) == len(drawn.parts) + bool(drawn.buttons)


def test_only_people_and_roles_of_discord_are_called_and_all_who_are_called_are_named():
    drawn = card(Card(case=case("Why?"), lookers=("U0BEN00001", "&12", "34", "34", "@everyone", "")))
    assert drawn.people == ("&12", "34")
    assert drawn.parts[-2] == "**Who should look:** <@&12> <@34>"
    many = card(full("Why?"))
    assert all(f"<@{who}>" in many.parts[-2] for who in many.people)


def test_what_somebody_has_calls_nobody_any_more():
    assert card(full("Why?", state="claimed")).people == ()


def test_the_list_is_cut_between_its_lines():
    messages = open_list(OpenList(cards=(full(TEXTS["marks"]),) * 20, total=20))
    assert len(messages) > 1
    assert all(len(message) <= cards.LIST_CHARS for message in messages)
    assert "\n".join(messages).count("🚨") == 20


def test_the_list_says_how_many_more_there_are_and_where():
    shown = OpenList(cards=(full("Why?"),) * 20, total=60, inbox="https://docent.example/?stage=any")
    assert open_list(shown)[-1].endswith("\n[and 40 more](<https://docent.example/?stage=any>)")
    alone = open_list(OpenList(cards=shown.cards, total=60))
    assert alone[0].startswith("**Open: 60**\n")
    assert alone[-1].endswith("\nand 40 more")
