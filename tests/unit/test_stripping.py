"""Names that nearly every page holds: a question is judged by what it asks beside them."""

import pytest

from bot.honesty.confidence import Scale
from bot.honesty.judging import judge
from bot.honesty.stripping import Bare, stripped
from bot.model import Passage
from fakes import passage

PRODUCT = [
    passage("Milvus stores vectors. Install Milvus with Docker and pymilvus.", number=1, similarity=0.55),
    passage("Milvus and Docker: set maxSize, turn on TLS, create a partition.", number=2, similarity=0.5),
    passage("Milvus runs Docker images; maxSize and TLS are keys.", number=3, similarity=0.5),
]
SCALE = Scale(floor=0.33)
FOREIGN = Scale(floor=0.33, foreign=0.225)


def found_for_the_rest(similarity: float) -> tuple[Passage, ...]:
    return (passage("Anything.", number=7, similarity=similarity),)


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        ("How do I cook pizza with Milvus?", "How do I cook pizza with ?"),
        ("Can Docker paint the kitchen of Milvus?", "Can paint the kitchen of ?"),
        ("which wine does milvus drink", "which wine does drink"),
        ("Wie backe ich Brot mit Milvus?", "Wie backe ich Brot mit ?"),
        ("怎么用Milvus减肥？", "怎么用 减肥？"),
    ],
)
def test_names_that_most_passages_hold_are_taken_out(question: str, rest: str) -> None:
    assert stripped(question, PRODUCT) == rest


@pytest.mark.parametrize(
    "question",
    [
        "What is Milvus?",
        "explain Milvus",
        "how large may maxSize be",
        "is TLS slow in here",
        "how are vectors stored",
        "Wie schalte ich TLS in Milvus ein?",
        "Wie verbinde ich Milvus mit Docker?",
        "¿cómo guardo las filas?",
        "",
        "Milvus said: disk gone\n" * 9,
    ],
)
def test_a_question_without_such_a_name_or_without_anything_else_stays_whole(question: str) -> None:
    assert stripped(question, PRODUCT) == ""


def test_a_name_that_few_passages_hold_stays() -> None:
    pages = [*PRODUCT, passage("Rows in Attu.", number=4)]
    assert stripped("Does Attu show rows?", pages) == ""


def test_nothing_is_taken_out_where_nothing_was_found() -> None:
    assert stripped("How do I cook pizza with Milvus?", []) == ""


@pytest.mark.parametrize(
    ("rest", "similarity", "covered", "doubtful"),
    [
        ("cook pizza", 0.15, False, True),
        ("cook pizza", 0.32, True, True),
        ("create a partition", 0.15, False, True),
        ("create a partition", 0.25, True, False),
        ("cook pizza", 0.9, True, False),
    ],
)
def test_what_is_asked_beside_the_name_has_to_be_near_or_in_the_passages(
    rest: str, similarity: float, covered: bool, doubtful: bool
) -> None:
    bare = Bare(text=rest, found=found_for_the_rest(similarity))
    verdict = judge(f"{rest} Milvus", PRODUCT, SCALE, bare=bare)
    assert (verdict.covered, verdict.doubtful) == (covered, doubtful)


def test_the_rest_never_makes_a_question_likelier() -> None:
    bare = Bare(text="cook pizza", found=found_for_the_rest(0.99))
    alone = judge("cook pizza Milvus", PRODUCT, SCALE)
    assert judge("cook pizza Milvus", PRODUCT, SCALE, bare=bare).confidence == alone.confidence


def test_a_question_in_another_language_is_doubted_by_its_rest_and_still_answered() -> None:
    question = "¿Cómo cocino una pizza con Milvus?"
    bare = Bare(text="¿Cómo cocino una pizza con ?", found=found_for_the_rest(0.15))
    verdict = judge(question, [passage("Milvus.", similarity=0.3)] * 5, FOREIGN, bare=bare)
    assert (verdict.covered, verdict.doubtful) == (True, True)


def test_passages_without_similarities_change_nothing() -> None:
    bare = Bare(text="cook pizza", found=(passage("Anything.", similarity=None),))
    assert judge("cook pizza Milvus", PRODUCT, SCALE, bare=bare) == judge("cook pizza Milvus", PRODUCT, SCALE)
