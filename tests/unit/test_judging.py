"""What a search is worth: covered, doubtful, and names that no page holds."""

import pytest

from bot.honesty import confidence
from bot.honesty.confidence import Scale
from bot.honesty.judging import judge
from bot.honesty.mentioning import unmentioned
from fakes import passage

PAGES = [
    passage("Set dataCoord.segment.maxSize to the length of a segment. Use MilvusClient.search() for it."),
    passage("Rows disappear automatically when their time to live (TTL) is over: an example.", number=2),
    passage("IVF_SQ8 enables a smaller index.", number=3),
]


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("how do I enable snapshots in Qdrant", ("Qdrant",)),
        ("weaviate: set up a module", ("weaviate",)),
        ("set dataCoord.segment.zstdLevel", ("dataCoord.segment.zstdLevel",)),
        ("what are the arguments of vacuum_rows()", ("vacuum_rows",)),
        ("does it have HIPAA certification", ("HIPAA",)),
        ("does it support XA transactions", ("XA",)),
        ("is there an ENA mode", ("ENA",)),
        ("How do I install Milvus with Nomad?", ("Nomad",)),
        ("How do I use Ray with rows?", ("Ray",)),
        ("Keep Rows With A Table Every Day", ()),
        ("can I use the client with SDKs", ("SDKs",)),
        ("does it expire by TTLs", ()),
        ("is an SQ8 index smaller", ()),
        ("set dataCoord.segment.maxSize", ()),
        ("what is the lenght of a segment", ()),
        ("rows dissapear automaticaly", ()),
        ("why does my landlord keep yesterday's deposit", ()),
        ("collection my_docs_v2 or hello_world gives a TimeoutError 404", ()),
        ("Traceback (most recent call last)\nraise Foo", ()),
        ("line 1 of a log\nAlphaNode\nBetaNode\nGammaNode", ()),
        ("HOW DO I STORE ROWS", ()),
        ("How Do I Store Rows In A Table", ()),
        ("¿cómo puedo guardar las filas de una colección?", ()),
        ("如何存储数据", ()),
        ("is the flag True or False", ()),
        ("Wie lösche ich Zeilen aus dem Index meiner Tabelle?", ()),
        ("Wie melde ich mich mit SAML an?", ("SAML",)),
        ("设置dataCoord.segment.zstdLevel的值", ("dataCoord.segment.zstdLevel",)),
        ("", ()),
    ],
)
def test_only_names_that_no_page_holds_are_missing(question: str, missing: tuple[str, ...]) -> None:
    assert unmentioned(question, PAGES) == missing


def test_a_log_is_no_question_about_each_of_its_names() -> None:
    assert unmentioned("FooBarService QuxNode " * 30, PAGES) == ()


def test_confidence_grows_with_similarity_and_stays_between_0_and_1() -> None:
    likely = [confidence.confidence([passage(similarity=x / 10)], Scale(floor=0.33)) for x in range(-10, 11)]
    assert likely == sorted(likely)
    assert 0 <= likely[0] < 0.01
    assert 0.99 < likely[-1] <= 1


@pytest.mark.parametrize(
    ("similarity", "covered", "doubtful"), [(0.2, False, True), (0.4, True, True), (0.6, True, False)]
)
def test_a_low_similarity_is_doubted_and_a_lower_one_not_answered(
    similarity: float, covered: bool, doubtful: bool
) -> None:
    verdict = judge("how is it stored", [passage(similarity=similarity)], Scale(floor=0.33))
    assert (verdict.covered, verdict.doubtful) == (covered, doubtful)


def test_a_name_that_is_found_outweighs_a_low_similarity() -> None:
    found = [passage("efConstruction is a build parameter.", similarity=0.34)]
    assert judge("explain efConstruction", found, Scale(floor=0.3)).covered
    assert not judge("explain quicksort", found, Scale(floor=0.33)).covered


def test_an_embedding_model_without_a_floor_leaves_the_decision_open() -> None:
    verdict = judge("how is it stored", [passage(similarity=0.1)], Scale())
    assert (verdict.covered, verdict.doubtful, verdict.confidence) == (True, False, 0.1)


def test_passages_found_by_words_alone_are_not_doubted() -> None:
    verdict = judge("how is it stored", [passage(similarity=None)], Scale(floor=0.33))
    assert (verdict.covered, verdict.doubtful) == (True, False)


def test_nothing_found_covers_nothing() -> None:
    assert not judge("how is it stored", [], Scale()).covered


def test_a_name_that_only_another_page_holds_leaves_a_doubt_but_is_not_called_unknown() -> None:
    verdict = judge("snapshots in Qdrant", PAGES, Scale(floor=0.3), more=[passage("Migrate from Qdrant.")])
    assert verdict.missing == ()
    assert verdict.doubtful


FOREIGN = Scale(floor=0.9, foreign=0.3)


def test_a_question_in_another_language_has_a_floor_of_its_own() -> None:
    found = [passage(similarity=0.5)] * 5
    assert judge("Wie lange bleiben die Zeilen?", found, FOREIGN).covered
    assert not judge("how long do the rows stay", found, FOREIGN).covered


def test_one_near_passage_is_chance_in_another_language() -> None:
    found = [passage(similarity=0.5), *[passage(similarity=0.1)] * 4]
    assert not judge("Wie lange bleiben die Zeilen?", found, FOREIGN).covered


@pytest.mark.parametrize(
    "question", ["¿qué hace efConstruction?", "efConstruction是什么？", "что такое efconstruction"]
)
def test_a_name_that_the_pages_hold_covers_a_question_in_another_language(question: str) -> None:
    found = [passage("efConstruction is a build parameter.", similarity=0.05)]
    verdict = judge(question, found, FOREIGN)
    assert (verdict.covered, verdict.doubtful) == (True, True)


@pytest.mark.parametrize(
    "question", ["¿qué tiempo hace hoy en la playa?", "今天天气怎么样？", "wie ist das Wetter in der Stadt"]
)
def test_what_no_page_names_and_nothing_is_near_to_stays_uncovered(question: str) -> None:
    found = [passage("efConstruction is a build parameter in that file.", similarity=0.2)]
    assert not judge(question, found, FOREIGN).covered


def test_a_models_spread_says_how_much_a_cosine_means() -> None:
    found = [passage(similarity=0.87)]
    near = confidence.confidence(found, Scale(floor=0.85))
    assert confidence.confidence(found, Scale(floor=0.85, spread=6)) > 2 * near


@pytest.mark.parametrize(
    ("question", "covered"),
    [
        ("what do you think of the stars", False),
        ("tell me what the stars say", False),
        ("show the stars", False),
        ("which stars are there", True),
        ("what does efConstruction tell me", True),
    ],
)
def test_what_is_asked_of_the_bot_itself_is_not_answered_with_a_doubt(question: str, covered: bool) -> None:
    found = [passage("efConstruction is a build parameter.", similarity=0.38)]
    verdict = judge(question, found, Scale(floor=0.33))
    assert verdict.covered is covered
