"""What the search asks of a chat model, over HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from adapters.chat_model import ChatModel
from bot.search.reranking import ModelReranker
from bot.search.widening import queries
from fakes import passage
from openai_double import OpenAIDouble, events

PASSAGES = [passage(f"Text {number}.", number=number) for number in (1, 2, 3)]


@pytest.fixture
async def server() -> AsyncIterator[OpenAIDouble]:
    async with OpenAIDouble() as double:
        yield double


@pytest.fixture
async def model(server: OpenAIDouble) -> AsyncIterator[ChatModel]:
    chat = ChatModel(base_url=server.url, model=server.models[0], timeout_seconds=5)
    yield chat
    await chat.close()


async def test_a_ranking_is_one_request_with_a_schema(server: OpenAIDouble, model: ChatModel) -> None:
    server.say(json.dumps({"order": [3, 1]}))
    ranked = await ModelReranker(model).rerank("how?", PASSAGES)
    assert [one.path for one in ranked] == ["p3.md", "p1.md", "p2.md"]
    assert len(server.chats) == 1
    assert "order" in json.dumps(server.chats[0]["response_format"])


async def test_other_words_are_one_request(server: OpenAIDouble, model: ChatModel) -> None:
    server.say(json.dumps({"queries": ["time to live"]}))
    assert list(await queries("rows vanish", model)) == ["time to live"]
    assert len(server.chats) == 1


async def test_a_server_that_fails_leaves_the_search_as_it_was(
    server: OpenAIDouble, model: ChatModel
) -> None:
    server.refuse(401, "wrong key")
    assert list(await ModelReranker(model).rerank("how?", PASSAGES)) == PASSAGES
    server.refuse(401, "wrong key")
    assert list(await queries("rows vanish", model)) == []


async def test_a_model_that_is_too_slow_is_left(server: OpenAIDouble, model: ChatModel) -> None:
    # The first call of all loads the client, which may take longer than any patience here.
    server.say('{"order": []}')
    await ModelReranker(model).rerank("how?", PASSAGES)
    server.script.append(events("wait"))
    assert list(await ModelReranker(model, seconds=0.5).rerank("how?", PASSAGES)) == PASSAGES
    await asyncio.wait_for(server.left.wait(), 5)
    server.left.clear()
    server.script.append(events("wait"))
    assert list(await queries("rows vanish", model, seconds=0.5)) == []
    await asyncio.wait_for(server.left.wait(), 5)
