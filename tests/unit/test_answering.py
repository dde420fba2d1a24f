"""One question from its text to its answer."""

import asyncio
from collections.abc import AsyncGenerator, Sequence

import pytest

from bot.answering import Answerer, Limits
from bot.errors import DeadlineExceeded, EmptyQuestion, ModelUnavailable, RetrievalUnavailable
from bot.model import Answer, Delta, Event, Message, Notice, Progress, Question, Turn
from bot.tracing import question_ref
from fakes import FakeModel, FakeRetriever, passage

STORED = passage(
    "Inserted data is stored in object storage as incremental log.", title="Storage", heading="Data"
)
OTHER = passage("Metadata is stored in etcd.", number=2)


def answerer(
    *, model: FakeModel | None = None, found: FakeRetriever | None = None, limits: Limits | None = None
) -> Answerer:
    return Answerer(
        retriever=found or FakeRetriever(STORED, OTHER),
        model=model,
        limits=limits or Limits(min_similarity=0.3),
    )


async def events(answerer: Answerer, text: str = "How is data stored?", *history: Turn) -> list[Event]:
    return [event async for event in answerer.answer(Question(text=text, history=history))]


async def collect(seen: list[Event], answerer: Answerer) -> None:
    async for event in answerer.answer(Question(text="How is data stored?")):
        seen.append(event)


def written(seen: Sequence[Event]) -> str:
    return "".join(event.text for event in seen if isinstance(event, Delta))


def final(seen: Sequence[Event]) -> Answer:
    answers = [event for event in seen if isinstance(event, Answer)]
    assert answers == [seen[-1]]
    return answers[0]


async def test_an_answer_streams_and_ends_with_its_sources() -> None:
    seen = await events(answerer(model=FakeModel("In object ", "storage [", "1].")))
    assert [type(event) for event in seen[:2]] == [Progress, Progress]
    answer = final(seen)
    assert written(seen) == answer.text == "In object storage [1]."
    assert answer.kind == "answered"
    assert answer.model == "fake-model"
    assert [citation.url for citation in answer.citations] == [STORED.url]
    assert set(answer.timings) == {"retrieve_ms", "first_token_ms", "total_ms"}


async def test_without_a_model_the_documentation_speaks_for_itself() -> None:
    answer = final(await events(answerer()))
    assert answer.kind == "extract"
    assert "object storage" in answer.text
    assert answer.citations[0].url == STORED.url
    assert "[1]" in answer.text


async def test_a_model_that_is_down_is_said_in_one_notice_and_the_answer_comes_all_the_same() -> None:
    down = FakeModel(
        error=ModelUnavailable("No model server answers at http://localhost:1/v1.", "Start one.")
    )
    seen = await events(answerer(model=down))
    notices = [event for event in seen if isinstance(event, Notice)]
    assert len(notices) == 1
    assert "\n" not in notices[0].text
    assert final(seen).kind == "extract"


async def test_a_model_that_breaks_off_keeps_what_was_streamed_and_raises() -> None:
    broken = FakeModel("Half an ans", error=ModelUnavailable("The stream broke off."))
    seen: list[Event] = []
    with pytest.raises(ModelUnavailable):
        await collect(seen, answerer(model=broken))
    assert written(seen) == "Half an ans"
    assert broken.closed


async def test_a_model_that_finds_no_answer_is_not_covered_with_the_nearest_pages() -> None:
    seen = await events(answerer(model=FakeModel("NOT_", "COVERED")))
    answer = final(seen)
    assert written(seen) == ""
    assert answer.kind == "not_covered"
    assert "[Storage](https://docs.example/p1)" in answer.text


@pytest.mark.parametrize("found", [FakeRetriever(), FakeRetriever(passage(similarity=0.1))])
async def test_what_the_documentation_does_not_cover_costs_no_model_call(found: FakeRetriever) -> None:
    model = FakeModel("made up")
    answer = final(await events(answerer(model=model, found=found)))
    assert answer.kind == "not_covered"
    assert answer.citations == ()
    assert model.prompts == []


async def test_a_follow_up_is_searched_with_its_history() -> None:
    found = FakeRetriever(STORED)
    await events(answerer(found=found), "and metadata?", Turn(speaker="user", text="How is data stored?"))
    assert found.queries == ["How is data stored?\nand metadata?"]


@pytest.mark.parametrize("text", ["", "  \n", "\x00\x1b"])
async def test_an_empty_question_is_no_question(text: str) -> None:
    with pytest.raises(EmptyQuestion):
        await events(answerer(), text)


async def test_a_question_without_words_gets_a_question_back() -> None:
    assert final(await events(answerer(), "🙂🙃")).kind == "clarify"


async def test_a_huge_question_is_shortened_and_that_is_said() -> None:
    found = FakeRetriever(STORED)
    seen = await events(answerer(found=found), "data " * 20_000)
    assert len(found.queries[0]) < 4_100
    assert [event for event in seen if isinstance(event, Notice)]
    assert final(seen).kind == "extract"


async def test_an_index_that_is_down_ends_the_question_with_its_error() -> None:
    with pytest.raises(RetrievalUnavailable):
        await events(answerer(found=FakeRetriever(error=RetrievalUnavailable("There is no index yet."))))


class NeverAnswers(FakeModel):
    async def stream(self, messages: Sequence[Message], *, effort: str = "") -> AsyncGenerator[str, None]:
        try:
            yield "Well"
            await asyncio.Event().wait()
        finally:
            self.closed = True


async def test_one_deadline_ends_everything_and_closes_the_model() -> None:
    model = NeverAnswers()
    with pytest.raises(DeadlineExceeded):
        await events(answerer(model=model, limits=Limits(deadline_seconds=0.05)))
    assert model.closed


async def test_a_reader_who_goes_away_closes_the_model() -> None:
    model = NeverAnswers()
    stream = answerer(model=model).answer(Question(text="How is data stored?"))
    async for event in stream:
        if isinstance(event, Delta):
            break
    await stream.aclose()
    assert model.closed


async def test_an_answer_is_logged_without_what_was_asked(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    with question_ref("q1"):
        await events(answerer(), "a private question about data")
    assert [record.message for record in caplog.records] == ["answered"]
    assert "private" not in str(caplog.records[0].__dict__)


async def test_a_secret_is_masked_before_it_is_searched_or_sent_and_the_asker_is_told() -> None:
    secret = "xox" + "b-123456789012-abcdefABCDEF"
    model, found = FakeModel("In object storage [1]."), FakeRetriever(STORED)
    bot = answerer(model=model, found=found)
    seen = await events(bot, f"How is data stored with {secret}", Turn(speaker="user", text=f"my {secret}"))
    assert secret not in str((found.queries, model.prompts, seen))
    assert any(isinstance(event, Notice) and "Slack token" in event.text for event in seen)


@pytest.mark.parametrize("pieces", [(), ("",), (" \n", "<|im_end|>"), ("</s>",)])
async def test_a_model_that_writes_nothing_gives_way_to_the_documentation(pieces: tuple[str, ...]) -> None:
    seen = await events(answerer(model=FakeModel(*pieces)))
    assert [event for event in seen if isinstance(event, Notice)]
    assert written(seen) == ""
    assert final(seen).kind == "extract"


async def test_an_answer_that_cites_nothing_says_that_it_is_uncertain() -> None:
    seen = await events(answerer(model=FakeModel("Somewhere ", "[99].")))
    answer = final(seen)
    assert answer.uncertain
    assert written(seen) == answer.text
    assert "please check it" in answer.text


async def test_an_answer_of_mostly_inventions_says_that_it_is_uncertain() -> None:
    model = FakeModel(
        "Metadata is stored in etcd [2]. Napoleon founded it in 1804. Dragons guard the proxies."
    )
    answer = final(await events(answerer(model=model)))
    assert answer.uncertain
    assert "please check it" in answer.text
    assert len(answer.citations) == 1


async def test_a_refusal_in_the_models_own_words_is_one() -> None:
    seen = await events(answerer(model=FakeModel("The passages do not ", "answer this. NOT_", "COVERED")))
    assert written(seen) == ""
    assert final(seen).kind == "not_covered"


async def test_citations_that_do_not_hold_are_counted() -> None:
    answer = final(await events(answerer(model=FakeModel("Grafana draws coloured panels [1]."))))
    assert (answer.citations, answer.unsupported, answer.uncertain) == ((), 1, True)


async def test_a_model_that_repeats_itself_is_stopped_and_that_is_said() -> None:
    model = FakeModel("Data is in object storage [1].\n", *["Again and again the same line.\n"] * 500)
    seen = await events(answerer(model=model))
    assert model.closed
    assert [event for event in seen if isinstance(event, Notice)]
    assert final(seen).text.count("Again and again") == 1


@pytest.mark.parametrize(
    "text",
    [
        "数据以增量日志的形式保存在对象存储中，元数据保存在注册中心里面 [1]。",
        "Die Daten werden im Objektspeicher als Protokoll abgelegt [1].",
    ],
)
async def test_an_answer_in_another_language_gets_a_notice(text: str) -> None:
    seen = await events(answerer(model=FakeModel(text)))
    assert [event for event in seen if isinstance(event, Notice)]
    assert final(seen).kind == "answered"


@pytest.mark.parametrize("model", [None, FakeModel("Data is in object storage [1].")])
async def test_a_name_that_no_page_holds_is_said_first(model: FakeModel | None) -> None:
    found = FakeRetriever(STORED, OTHER)
    seen = await events(answerer(model=model, found=found), "How is data stored in Qdrant?")
    answer = final(seen)
    assert answer.uncertain
    assert answer.text.startswith("The documentation I have does not mention `Qdrant`.")
    assert found.queries[1:] == ["Qdrant"]
    if model is not None:
        assert written(seen) == answer.text
        assert "None of the passages mentions Qdrant" in model.prompts[0][-1].content


async def test_a_model_that_refuses_says_nothing_about_missing_names() -> None:
    seen = await events(answerer(model=FakeModel("NOT_COVERED")), "How is data stored in Qdrant?")
    assert written(seen) == ""
    assert final(seen).kind == "not_covered"


async def test_a_question_of_low_similarity_is_answered_with_a_word_of_doubt() -> None:
    weak = FakeRetriever(passage("Data is stored in object storage.", similarity=0.37))
    answer = final(await events(answerer(found=weak)))
    assert answer.uncertain
    assert answer.text.startswith("I am not sure")
    assert len(answer.text) <= Limits().extract_chars


async def test_a_vague_message_gets_one_question_back_and_then_an_answer() -> None:
    first = final(await events(answerer(), "storage problem"))
    assert first.kind == "clarify"
    again = await events(
        answerer(),
        "data still broken",
        Turn(speaker="user", text="storage problem"),
        Turn(speaker="bot", text=first.text),
    )
    assert final(again).kind == "extract"


async def test_how_hard_to_think_goes_with_the_question() -> None:
    model = FakeModel("In object storage [1].")
    bot = answerer(model=model)
    async for _ in bot.answer(Question(text="How is data stored?", effort="high")):
        pass
    await events(bot)
    assert model.efforts == ["high", ""]
