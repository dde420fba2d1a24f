"""One question from its first uncertain answer to what a person made of it, told of both platforms."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.support import team_phrases as phrases
from discord_team import sorts
from fakes import FakeRetriever
from stages import STAGES, Stage

QUESTION = "how is the backup of my data stored?"
ADVICE = "Give the bucket write rights, then start the backup again"
OUTCOME = "The bucket lacked write rights"


@pytest.fixture(params=list(STAGES))
async def stage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    async with STAGES[request.param](tmp_path, triager=sorts(), retriever=FakeRetriever()) as made:
        yield made


async def test_a_question_that_is_not_covered_is_brought_to_its_end_by_a_person(stage):
    thread = await stage.asks(QUESTION)
    assert "Get a human" in await stage.answered(thread, 1)
    card = await stage.calls(thread)
    await _card_says_what_there_is_to_know(stage, card)
    await _claimed(stage, thread, card)
    await _answered_by_a_person(stage, thread, card)
    await _resolved(stage, thread, card)
    await _open_to_questions_again(stage, thread)


async def _card_says_what_there_is_to_know(stage, card):
    shown = await stage.shows(card, "Nobody has claimed this yet.")
    summary, kind = "The backup of a cluster fails", "bug · high · backup"
    for part in (summary, kind, QUESTION, "not covered", "asks for a human", "Claim"):
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
    await stage.says("BEN", "Here is the page about rights", thread)
    await stage.says("ANN", "thanks, how long does that take?", thread)
    assert stage.answers(thread) == 1, "people talk to each other"


async def _resolved(stage, thread, card):
    await stage.fills(card, "Resolve", OUTCOME)
    shown = await stage.shows(card, f"{stage.ben} has resolved this: {OUTCOME}")
    assert "Claim" not in shown
    assert phrases.RESOLVED.format(person=stage.ben) in stage.read(thread)
    (case,) = await stage.bot.ledger.hand_offs.listed(over=True, limit=5)
    assert (case.hand_off.state, case.hand_off.outcome) == ("resolved", OUTCOME)


async def _open_to_questions_again(stage, thread):
    await stage.asks("and what about indexes?", thread)
    await stage.answered(thread, 2)
