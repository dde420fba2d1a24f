"""Where an answer is looked for, and what people are told of it."""

from dataclasses import replace

import pytest

from adapters.source_labels import LABEL_CHARS, label
from bot.answering import Answerer, Limits
from bot.errors import UnknownScope, sentence
from bot.generation import prompt
from bot.generation.citations import CitationFilter
from bot.honesty.confidence import Scale
from bot.model import Answer, Citation, Edition, Event, Notice, Passage, Question, Scope, Turn
from bot.search.scoping import chosen, elsewhere, narrowed
from bot.search.searching import Searching
from fakes import FakeModel, FakeRetriever, passage

HELD = (
    Edition(source="milvus-2.4", version="2.4"),
    Edition(source="milvus-2.6", version="2.6"),
    Edition(source="faq"),
)
OLD = passage("Rows are kept in MinIO.", number=4, source="old", version="2.4", similarity=0.7)
NEW = passage("Rows are kept in object storage.", number=6, source="new", version="2.6", similarity=0.7)
FAQ = passage("Rows have a limit.", number=9, source="faq", similarity=0.6)


def versions(text: str, *before: str, rewritten: str = "", scope: Scope | None = None) -> tuple[str, ...]:
    history = tuple(Turn(speaker="user", text=turn) for turn in before)
    question = Question(text=text, history=history, scope=scope or Scope())
    return narrowed(question, rewritten, HELD).scope.versions


async def events(question: Question, model: FakeModel | None = None) -> list[Event]:
    bot = Answerer(retriever=FakeRetriever(OLD, NEW, FAQ), model=model, limits=Limits(min_similarity=0.3))
    return [event async for event in bot.answer(question)]


def test_a_question_that_names_a_version_is_narrowed_to_it() -> None:
    assert versions("How are rows kept in 2.4?") == ("2.4",)
    assert versions("How are rows kept in v2.4.9?") == ("2.4",)
    assert versions("What changed from 2.4 to 2.6?") == ("2.4", "2.6")
    assert versions("How are rows kept?") == ()
    assert versions("Does it need python 3.11?") == ()


def test_the_version_of_the_conversation_holds_until_another_is_named() -> None:
    assert versions("and indexes?", "How are rows kept in 2.4?") == ("2.4",)
    assert versions("and indexes?", "How are rows kept in 2.4?", "and in 2.6?") == ("2.6",)
    assert versions("and in 2.6?", "How are rows kept in 2.4?") == ("2.6",)


def test_a_version_in_another_language_is_found_in_what_the_model_made_of_the_question() -> None:
    assert versions("二点四版里怎么存?", rewritten="How are rows kept in version 2.4?") == ("2.4",)


def test_a_version_that_was_chosen_by_hand_goes_before_the_one_in_the_text() -> None:
    assert versions("How in 2.4?", scope=Scope(versions=("2.6",))) == ("2.6",)


def test_only_the_versions_of_the_sources_that_are_searched_count() -> None:
    kept = narrowed(Question(text="How in 2.4?", scope=Scope(sources=("milvus-2.6",))), "", HELD)
    assert (kept.scope.versions, kept.unheld) == ((), ("2.4",))
    assert elsewhere(kept) == "The documentation I have is for version 2.6, not for 2.4."
    assert elsewhere(narrowed(Question(text="How in 2.4?", scope=Scope(sources=("faq",))), "", HELD)) == ""


def test_a_version_that_is_not_at_hand_does_not_narrow_but_is_told() -> None:
    found = narrowed(Question(text="How are rows kept in 2.5?"), "", HELD)
    assert found.scope == Scope()
    assert elsewhere(found) == "The documentation I have is for version 2.6 and 2.4, not for 2.5."
    assert elsewhere(narrowed(Question(text="How are rows kept in version 3.0?"), "", HELD)).endswith(
        "not for 3.0."
    )
    partly = narrowed(Question(text="How do I upgrade from 2.3 to 2.4?"), "", HELD)
    assert (partly.scope.versions, partly.unheld) == (("2.4",), ("2.3",))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (Scope(), Scope()),
        (Scope(sources=("faq",)), Scope(sources=("faq",))),
        (Scope(versions=("2.4.9",)), Scope(versions=("2.4",))),
        (Scope(versions=("v2.6",)), Scope(versions=("2.6",))),
    ],
)
def test_what_is_chosen_by_hand_means_what_the_index_holds(asked: Scope, expected: Scope) -> None:
    assert chosen(asked, HELD) == expected


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (Scope(sources=("milvus2.6",)), "holds no source named milvus2.6. Did you mean milvus-2.6?"),
        (Scope(sources=("zzz",)), "holds no source named zzz. It holds faq, milvus-2.4, milvus-2.6."),
        (Scope(versions=("3.0",)), "No source is for version 3.0. There are pages for 2.6 and 2.4."),
        (Scope(versions=("2.4",), sources=("faq",)), "No source says which version it is for."),
    ],
)
def test_what_the_index_does_not_hold_is_refused_with_what_it_does(asked: Scope, words: str) -> None:
    with pytest.raises(UnknownScope) as caught:
        chosen(asked, HELD)
    assert words in sentence(caught.value)


async def test_every_search_of_a_question_keeps_to_its_scope() -> None:
    shelf = FakeRetriever(OLD, NEW, FAQ)
    searching = Searching(retriever=shelf, model=None, scale=Scale(floor=0.3))
    found = await searching.search(Question(text="How does Zebrafish keep rows in v2.4?"))
    assert {one.version for one in found.found} == {"2.4", ""}
    assert shelf.scopes == [Scope(versions=("2.4",))] * 2
    assert found.verdict.missing == ("Zebrafish",)  # and not v2.4, which chose the pages


async def test_an_answer_for_another_version_says_so_and_is_given() -> None:
    said = await events(Question(text="How are rows kept in 2.5?"))
    assert Notice(text="The documentation I have is for version 2.6 and 2.4, not for 2.5.") in said
    assert isinstance(said[-1], Answer)
    assert said[-1].kind == "extract"


async def test_an_answer_cites_the_version_that_was_asked_for() -> None:
    model = FakeModel("In MinIO [1].")
    *_, answer = await events(Question(text="How are rows kept in 2.4?"), model)
    assert isinstance(answer, Answer)
    assert [one.version for one in answer.citations] == ["2.4"]
    assert "[1] Page 4 (version 2.4)" in model.prompts[0][-1].content
    assert prompt.VERSIONS in model.prompts[0][-1].content
    assert not [event for event in await events(Question(text="How in 2.4?")) if isinstance(event, Notice)]


def test_a_model_reads_of_no_version_where_there_is_none() -> None:
    asked = prompt.build(Question(text="How?"), [FAQ])[-1].content
    assert "version" not in asked.lower()


def test_two_versions_with_one_address_are_two_sources() -> None:
    one = replace(OLD, url="https://d/x")
    filtered = CitationFilter([one, replace(NEW, url="https://d/x")])
    assert filtered.feed("Once [1], now [2].") + filtered.end() == "Once [1], now [2]."
    assert [(cited.number, cited.version) for cited in filtered.citations] == [(1, "2.4"), (2, "2.6")]


def test_a_source_is_labelled_with_its_version_however_long_its_name() -> None:
    cited = Citation(number=1, title="Storage", heading="Data > Rows", url="u", version="2.6")
    assert label(cited) == "Storage › Rows (2.6)"
    assert label(replace(cited, version="")) == "Storage › Rows"
    assert label(replace(cited, title="T" * 500)) == "T" * (LABEL_CHARS - 1) + "… (2.6)"


def test_a_passage_of_another_version_is_another_section() -> None:
    same: Passage = replace(OLD, url=NEW.url)
    assert same.section != NEW.section
    assert replace(same, version="2.6").section == NEW.section
