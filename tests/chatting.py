"""What tests of the chat model share: a prompt, and ways to hear what came of it."""

import socket
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from adapters.chat_model import ChatModel
from bot.errors import ModelUnavailable, sentence
from bot.model import Message

OpenChat = Callable[..., ChatModel]
ASKED = (Message(role="system", content="Be brief."), Message(role="user", content="How is data stored?"))
KEY = "sk-very-secret"
VENDOR = "vendor words about /srv/models"
SCHEMA = {
    "type": "object",
    "properties": {"kind": {"type": "string", "enum": ["bug", "question"]}},
    "required": ["kind"],
}


async def pieces(model: ChatModel) -> list[str]:
    return [text async for text in model.stream(ASKED)]


async def said(model: ChatModel) -> str:
    return "".join(await pieces(model))


async def failure(asking: Awaitable[Any]) -> ModelUnavailable:
    """The error of a call, after making sure that it tells nothing it should not."""
    with pytest.raises(ModelUnavailable) as caught:
        await asking
    for text in (sentence(caught.value), str(caught.value)):
        assert VENDOR not in text
        assert KEY not in text
    return caught.value


def an_unused_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
