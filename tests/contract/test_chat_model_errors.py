"""What goes wrong between the chat model and its server, in words for people."""

import asyncio
from typing import Any

import pytest

from bot.errors import ModelRefused, sentence
from chatting import ASKED, KEY, VENDOR, OpenChat, an_unused_port, failure, said
from openai_double import OpenAIDouble, Reply, delta, events


async def test_nothing_listening_is_said_with_the_address_and_what_to_do(
    chat: OpenChat,
) -> None:
    port = an_unused_port()
    error = await failure(said(chat(base_url=f"http://ann:{KEY}@127.0.0.1:{port}/v1?key={KEY}")))
    assert error.reason == f"No model server answers at http://127.0.0.1:{port}/v1."
    assert "llm.base_url" in error.advice
    assert not isinstance(error, ModelRefused)


@pytest.mark.parametrize(
    "address",
    ["", "localhost:11434/v1", "ftp://host/v1", "http:///v1", "http://host:port/v1", "http://[::1/v1"],
)
async def test_an_address_that_is_none_is_said_so(chat: OpenChat, address: str) -> None:
    assert "not a web address" in (await failure(said(chat(base_url=address)))).reason


async def test_a_host_that_does_not_exist_is_said_so(chat: OpenChat) -> None:
    error = await failure(said(chat(base_url=f"http://{'a' * 70}.invalid/v1")))
    assert "host name is not known" in error.reason


@pytest.mark.parametrize(
    ("status", "key", "words"),
    [
        (401, KEY, "does not accept the key. Check LLM_API_KEY."),
        (401, "", "asks for a key. Set LLM_API_KEY."),
        (402, KEY, "credit is used up"),
        (403, KEY, "does not let this key use gpt-oss:20b"),
        (400, KEY, "did not take the request (HTTP 400)"),
    ],
)
async def test_a_no_of_the_server_is_a_refusal(
    server: OpenAIDouble, chat: OpenChat, status: int, key: str, words: str
) -> None:
    server.refuse(status, VENDOR)
    error = await failure(said(chat(api_key=key)))
    assert isinstance(error, ModelRefused)
    assert words in sentence(error)


@pytest.mark.parametrize(
    ("status", "headers", "words"),
    [
        (429, {"retry-after": "300"}, "busy: it takes no more requests now. Try again in 300 seconds."),
        (429, {"retry-after": VENDOR}, "Try again in a moment."),
        (500, {}, "failed (HTTP 500)"),
        (503, {}, "failed (HTTP 503)"),
        (504, {}, "did not answer within 20 seconds"),
    ],
)
async def test_a_server_in_trouble_is_unavailable(
    server: OpenAIDouble, chat: OpenChat, status: int, headers: dict[str, str], words: str
) -> None:
    server.refuse(status, VENDOR, headers)
    error = await failure(said(chat()))
    assert not isinstance(error, ModelRefused)
    assert words in sentence(error)


@pytest.mark.parametrize("status", [429, 500])
async def test_trouble_that_passes_is_tried_again(server: OpenAIDouble, chat: OpenChat, status: int) -> None:
    for _ in range(2):
        server.refuse(status, VENDOR, {"x-should-retry": "true", "retry-after-ms": "1"})
    assert await said(chat()) == "Hello there."


async def test_a_model_the_server_lacks_is_said_with_those_it_has_nearest_first(
    chat: OpenChat,
) -> None:
    names = ["zephyr", "gpt-oss:120b", "llama3", "mistral", "qwen3", "phi4", "gpt-oss:20b"]
    async with OpenAIDouble(*names) as double:
        error = await failure(said(chat(base_url=double.url, model="gpt-oss:20")))
    assert isinstance(error, ModelRefused)
    assert "has no model gpt-oss:20." in error.reason
    assert "one it has: gpt-oss:20b, gpt-oss:120b, " in error.advice
    assert error.advice.endswith("and 2 more.")


async def test_a_model_called_invalid_is_a_model_the_server_lacks(
    server: OpenAIDouble, chat: OpenChat
) -> None:
    server.refuse(400, "nope is not a valid model ID")
    assert "one it has: gpt-oss:20b." in (await failure(said(chat(model="nope")))).advice


async def test_a_wrong_path_is_said_so(server: OpenAIDouble, chat: OpenChat) -> None:
    error = await failure(said(chat(base_url=server.url.removesuffix("/v1"))))
    assert "ends in /v1" in error.advice


@pytest.mark.parametrize(
    "message",
    [
        "This model's maximum context length is 4096 tokens, max_tokens is too large",
        "exceeds the available context size",
    ],
)
async def test_a_prompt_that_is_too_long_is_said_so(
    server: OpenAIDouble, chat: OpenChat, message: str
) -> None:
    server.refuse(400, message)
    assert "answers.context_chars" in (await failure(said(chat()))).advice
    assert len(server.chats) == 1


@pytest.mark.parametrize(
    "reply",
    [
        Reply(head=False, steps=("wait",)),
        events(b": keep-alive\n\n", "wait"),
        events(delta(role="assistant"), "wait"),
    ],
)
async def test_a_server_that_stays_silent_is_not_waited_for(
    server: OpenAIDouble, chat: OpenChat, reply: Reply
) -> None:
    server.script += [reply] * 3
    assert "did not answer within 0.3 seconds" in (await failure(said(chat(timeout_seconds=0.3)))).reason
    await asyncio.wait_for(server.left.wait(), 10)


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ("cut", "broke off in the middle of its answer"),
        ("wait", "stopped in the middle of its answer"),
        (b"data: {not json\n\n", "broke off in the middle"),
        (b'data: {"error": {"message": "' + VENDOR.encode() + b'"}}\n\n', "broke off in the middle"),
        (b'data: {"error": {"code": 502, "message": "' + VENDOR.encode() + b'"}}\n\n', "failed (HTTP 502)"),
        (b'data: {"error": {"code": "429", "message": "slow"}}\n\n', "takes no more requests now"),
    ],
)
async def test_a_stream_that_breaks_leaves_the_text_before_it(
    server: OpenAIDouble, chat: OpenChat, end: Any, words: str
) -> None:
    server.script.append(events(delta("<think></think>Data is"), end, done=False))
    seen = []

    async def read() -> None:
        async for text in chat(timeout_seconds=1.0).stream(ASKED):
            seen.append(text)

    assert words in (await failure(read())).reason
    assert seen == ["Data is"]


async def test_a_stream_that_breaks_at_once_is_said_so(server: OpenAIDouble, chat: OpenChat) -> None:
    server.script.append(events("cut"))
    assert "broke off before its first word" in (await failure(said(chat()))).reason


async def test_a_key_that_cannot_be_one_is_said_so(chat: OpenChat) -> None:
    assert "LLM_API_KEY" in (await failure(said(chat(api_key="ключ")))).reason
