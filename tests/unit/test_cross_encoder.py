"""The cross-encoder of pymilvus-model as a reranker."""

from collections.abc import Sequence
from importlib.util import find_spec
from typing import NamedTuple

import pytest

from adapters.cross_encoder import CrossEncoder
from bot.errors import RetrievalUnavailable, sentence
from config.errors import ConfigurationError
from config.settings import Settings, load_settings
from config.wiring import reranker_of
from fakes import FakeModel, passage

ONE, TWO = passage("Short."), passage("A much longer text.", number=2)


class Result(NamedTuple):
    index: int


def by_length(query: str, documents: Sequence[str], top_k: int) -> Sequence[Result]:
    order = sorted(range(len(documents)), key=lambda place: -len(documents[place]))
    return [Result(place) for place in order[:top_k]]


async def test_passages_come_in_the_order_of_the_cross_encoder() -> None:
    ranked = await CrossEncoder("m", load=lambda name: by_length).rerank("q", [ONE, TWO])
    assert [one.path for one in ranked] == [TWO.path, ONE.path]
    assert [one.score for one in ranked] == [ONE.score, TWO.score]


async def test_nothing_is_loaded_where_there_is_nothing_to_rank() -> None:
    def never(name: str) -> object:
        raise AssertionError("loaded")

    assert await CrossEncoder("m", load=never).rerank("q", [ONE]) == [ONE]


@pytest.mark.skipif(find_spec("sentence_transformers") is not None, reason="sentence-transformers is here")
async def test_a_missing_package_is_said_with_the_next_step() -> None:
    with pytest.raises(RetrievalUnavailable) as error:
        await CrossEncoder("cross-encoder/x").rerank("q", [ONE, TWO])
    said = sentence(error.value)
    assert "pip install sentence-transformers" in said
    assert "answers.rerank" in said


async def test_a_model_that_fails_is_an_error_without_its_words() -> None:
    def broken(query: str, documents: Sequence[str], top_k: int) -> Sequence[Result]:
        raise MemoryError("0xdeadbeef")

    with pytest.raises(RetrievalUnavailable) as error:
        await CrossEncoder("m", load=lambda name: broken).rerank("q", [ONE, TWO])
    assert "0xdeadbeef" not in sentence(error.value)


def test_the_configuration_chooses_what_ranks_anew() -> None:
    def chosen(value: str, model: FakeModel | None = None) -> str:
        settings: Settings = load_settings(environ={"DOCENT_ANSWERS__RERANK": value})
        return type(reranker_of(settings, model)).__name__

    assert chosen("") == chosen("llm") == "NoneType"
    assert chosen("llm", FakeModel()) == "ModelReranker"
    assert chosen("cross-encoder:some/model") == "CrossEncoder"


@pytest.mark.parametrize("value", ["yes", "cross-encoder", "cross-encoder: ", "LLM "])
def test_another_reranker_is_refused_with_the_known_ones(value: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        load_settings(environ={"DOCENT_ANSWERS__RERANK": value})
    assert "cross-encoder:<model>" in str(error.value)
