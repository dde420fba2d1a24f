"""One question from its first answer to the next asker, who reads what a person made of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.support import team_phrases as phrases
from stages import STAGES, Stage

QUESTION = "What is the quota of zebra buckets?"
ADVICE = "Raise the quota in the console, then start the backup again"
OUTCOME = "Zebra buckets are limited to 77 per region"
ASKED_LATER = "what quota do zebra buckets have?"


@pytest.fixture(params=list(STAGES))
async def stage(request: pytest.FixtureRequest, indexed: Path) -> AsyncIterator[Stage]:
    async with STAGES[request.param](indexed) as made:
        yield made


async def test_a_question_that_is_not_covered_is_solved_by_a_person_and_the_next_asker_reads_it(stage):
    thread = await stage.asks(QUESTION)
    first = await stage.answered(thread, 1)
    assert "77" not in first
    assert "Get a human" in first
    card = await stage.calls(thread)
    await _card_says_what_there_is_to_know(stage, card)
    await _claimed(stage, thread, card)
    await _answered_by_a_person(stage, thread, card)
    await _resolved(stage, thread, card)
    await _open_to_questions_again(stage, thread)
    await _learned(stage, card)


async def _card_says_what_there_is_to_know(stage, card):
    shown = await stage.shows(card, "Nobody has claimed this yet.")
    for part in (
        "quota of zebra buckets",
        "· normal",
        "asks for a human",
        "Claim",
        "https://docent.example/team/t/",
    ):
        assert part in shown


async def _claimed(stage, thread, card):
    await stage.presses(card, "Claim")
    await stage.shows(card, f"{stage.ben} has this.")
    assert f"{stage.ben} of the support team has taken this on" in stage.read(thread)
    await stage.says("ANN", "and where do I see the log?", thread)
    assert stage.answers(thread) == 1, "a person has it"


async def _answered_by_a_person(stage, thread, card):
    await stage.fills(card, "Reply", ADVICE)
    assert f"{stage.ben} of the support team:" in stage.read(thread)
    assert ADVICE in stage.read(thread)
    await stage.says("BEN", "Here is the page about quotas", thread)
    await stage.says("ANN", "thanks, how long does that take?", thread)
    assert stage.answers(thread) == 1, "people talk to each other"


async def _resolved(stage, thread, card):
    await stage.fills(card, "Resolve", OUTCOME)
    shown = await stage.shows(card, f"{stage.ben} has resolved this: {OUTCOME}")
    assert "Claim" not in shown
    assert phrases.RESOLVED.format(person=stage.ben) in stage.read(thread)


async def _open_to_questions_again(stage, thread):
    await stage.asks("and how is data stored?", thread)
    assert "object storage" in await stage.answered(thread, 2)


async def _learned(stage, card):
    await stage.approves(card, QUESTION, OUTCOME)
    await stage.shows(card, "Approved as an answer")
    # The time-table may set off a run of its own meanwhile.
    await stage.running.said("approved by the team")
    later = await stage.asks(ASKED_LATER, person="EVA")
    answer = await stage.answered(later, 1)
    assert "77 per region" in answer
    assert "(support team, " in answer
