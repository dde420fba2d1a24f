"""Messages that ask the last question again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering import Answerer, Limits
from bot.model import Question, Turn
from bot.question.insisting import asked_again, insists
from fakes import FakeModel, FakeRetriever, passage

ASKED = Turn(speaker="user", text="How is data stored?")
SAID = Turn(speaker="bot", text="In files [1].")


@pytest.mark.parametrize(
    "text",
    [
        "try harder",
        "Try again, please!",
        "are you sure?",
        "Are you really sure about that??",
        "hmm, think harder",
        "really?",
        "Bist du sicher?",
        "¿Estás seguro?",
        "再试一次",
    ],
)
def test_the_last_question_is_asked_again_with_high_effort(text: str) -> None:
    again = asked_again(Question(text=text, history=(ASKED, SAID), asker="U1", ref="q1"))
    assert again == Question(text=ASKED.text, effort="high", asker="U1", ref="q1")


@pytest.mark.parametrize(
    "text",
    [
        "are you sure that HNSW supports it?",
        "does the client try again after a timeout?",
        "try harder limits for maxSize",
        "",
        "try harder " * 20,
    ],
)
def test_a_question_of_its_own_stays_as_it_is(text: str) -> None:
    question = Question(text=text, history=(ASKED, SAID))
    assert asked_again(question) == question


def test_asking_twice_goes_back_to_the_same_question_and_what_came_before_it() -> None:
    first = Turn(speaker="user", text="What is HNSW?")
    history = (first, ASKED, SAID, Turn(speaker="user", text="try harder"), SAID)
    again = asked_again(Question(text="are you sure?", history=history))
    assert (again.text, again.history) == (ASKED.text, (first,))


def test_without_a_question_before_it_nothing_changes() -> None:
    question = Question(text="try harder", history=(SAID, Turn(speaker="user", text="really?")))
    assert asked_again(question) == question


@given(st.text(max_size=200))
def test_any_text_is_told(text: str) -> None:
    assert insists(text) in (True, False)


async def test_the_model_is_asked_the_last_question_with_high_effort() -> None:
    model, found = FakeModel("In object storage [1]."), FakeRetriever(passage())
    bot = Answerer(retriever=found, model=model, limits=Limits(min_similarity=0.3))
    async for _ in bot.answer(Question(text="are you sure?", history=(ASKED, SAID))):
        pass
    assert found.queries == [ASKED.text]
    assert model.efforts == ["high"]
    assert model.prompts[0][-1].content.endswith("<question>\nHow is data stored?\n</question>")
