"""A chat server on this machine, and models that talk to it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.chat_model import ChatModel
from chatting import KEY, OpenChat
from openai_double import OpenAIDouble


@pytest.fixture
async def server() -> AsyncIterator[OpenAIDouble]:
    async with OpenAIDouble() as double:
        yield double


@pytest.fixture
async def chat(server: OpenAIDouble) -> AsyncIterator[OpenChat]:
    """Opens models of ``server``, with other settings where a test gives them."""
    opened = []

    def open_chat(**fields: Any) -> ChatModel:
        defaults = {"base_url": server.url, "model": "gpt-oss:20b", "api_key": KEY, "timeout_seconds": 20.0}
        opened.append(ChatModel(**(defaults | fields)))
        return opened[-1]

    yield open_chat
    for model in opened:
        await model.close()
