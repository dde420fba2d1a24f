"""Objects instead of text, and request fields that a server does not take."""

import pytest

from bot.errors import ModelRefused
from chatting import ASKED, SCHEMA, VENDOR, OpenChat, failure, said
from openai_double import OpenAIDouble, Reply, as_json, refusal, whole


async def test_an_object_is_asked_for_by_schema(server: OpenAIDouble, chat: OpenChat) -> None:
    server.say('{"kind": "bug"}')
    assert await chat().structured(ASKED, SCHEMA) == {"kind": "bug"}
    [asked] = server.chats
    assert asked["response_format"]["json_schema"]["schema"] == SCHEMA
    assert asked["response_format"]["json_schema"]["strict"] is True
    assert [message["role"] for message in asked["messages"]] == ["system", "user"]


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, "response_format is not supported"),
        (422, "json_schema: unknown type"),
        (404, "No endpoints found that can handle the requested parameters."),
    ],
)
async def test_a_server_without_schemas_is_asked_in_words(
    server: OpenAIDouble, chat: OpenChat, status: int, message: str
) -> None:
    server.refuse(status, message)
    server.say('<think>{"kind": "question"}</think>Sure:\n```json\n{"kind": "bug"}\n```')
    server.say('{"kind": "bug"}')
    model = chat()
    assert await model.structured(ASKED, SCHEMA) == {"kind": "bug"}
    assert await model.structured(ASKED, SCHEMA) == {"kind": "bug"}
    assert ["response_format" in body for body in server.chats] == [True, False, False]
    assert '"enum": ["bug", "question"]' in server.chats[1]["messages"][-1]["content"]


async def test_an_object_that_does_not_fit_is_asked_for_once_more(
    server: OpenAIDouble, chat: OpenChat
) -> None:
    server.say('{"kind": "praise"}')
    server.say('{"kind": "bug"}')
    assert await chat().structured(ASKED, SCHEMA) == {"kind": "bug"}
    first, repair = server.chats
    assert [message["role"] for message in repair["messages"]] == ["system", "user", "assistant", "user"]
    assert '"kind" must be one of' in repair["messages"][-1]["content"]
    assert first["messages"] == repair["messages"][:2]


async def test_two_replies_that_do_not_fit_are_a_refusal(server: OpenAIDouble, chat: OpenChat) -> None:
    server.script += [whole(None, reasoning_content='{"kind": "bug"}'), whole("I would rather not.")]
    error = await failure(chat().structured(ASKED, SCHEMA))
    assert isinstance(error, ModelRefused)
    assert "did not reply in the form" in error.reason
    assert len(server.chats) == 2


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (refusal(500, VENDOR, {"x-should-retry": "false"}), "failed (HTTP 500)"),
        (as_json({"error": {"code": 502, "message": VENDOR}}), "failed (HTTP 502)"),
        (as_json({"error": VENDOR}), "broke off"),
        (as_json({}), "no OpenAI-compatible chat server"),
        (Reply(content_type="text/html", steps=(b"<html></html>",)), "no OpenAI-compatible chat server"),
        (Reply(steps=(b"{",)), "broke off before its first word"),
    ],
)
async def test_what_is_no_completion_is_an_error(
    server: OpenAIDouble, chat: OpenChat, reply: Reply, words: str
) -> None:
    server.script.append(reply)
    assert words in (await failure(chat().structured(ASKED, SCHEMA))).reason


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, {"message": "Unrecognized request argument supplied: reasoning_effort"}),
        (400, {"message": "Unsupported parameter", "param": "reasoning_effort"}),
        (400, {"message": '"llama3" does not support thinking'}),
        (400, {"message": "unknown parameter"}),
    ],
)
async def test_a_field_that_is_refused_is_left_out_and_stays_out(
    server: OpenAIDouble, chat: OpenChat, status: int, error: dict[str, str]
) -> None:
    server.refuse(status, **error)
    model = chat()
    assert await said(model) == "Hello there."
    assert await said(model) == "Hello there."
    assert ["reasoning_effort" in body for body in server.chats] == [True, False, False]


async def test_a_refusal_in_the_form_of_other_servers_is_understood(
    server: OpenAIDouble, chat: OpenChat
) -> None:
    extra = {
        "type": "extra_forbidden",
        "loc": ["body", "reasoning_effort"],
        "msg": "Extra inputs are not permitted",
    }
    server.script.append(as_json({"detail": [extra]}, 422))
    assert await said(chat(temperature=0.5)) == "Hello there."
    assert server.chats[1].keys() - server.chats[0].keys() == set()
    assert "temperature" in server.chats[1]


async def test_a_request_refused_either_way_is_sent_whole_again_next_time(
    server: OpenAIDouble, chat: OpenChat
) -> None:
    server.refuse(400, "no reasoning now")
    server.refuse(400, "still not")
    model = chat()
    await failure(said(model))
    await said(model)
    assert ["reasoning_effort" in body for body in server.chats] == [True, False, True]


async def test_words_of_the_prompt_in_a_refusal_are_not_taken_for_a_field(
    server: OpenAIDouble, chat: OpenChat
) -> None:
    detail = {"loc": ["body", "messages"], "msg": "wrong role", "input": "reasoning_effort temperature"}
    server.script.append(as_json({"detail": [detail]}, 422))
    assert isinstance(await failure(said(chat())), ModelRefused)
    assert len(server.chats) == 1
