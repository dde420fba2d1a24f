"""Tools over HTTP: what is offered, what calls look like on the wire, and servers that know none."""

import pytest

from bot.errors import ModelRefused, ModelUnavailable
from bot.model import ToolCall
from bot.search.lookups import TOOLS
from chatting import ASKED, OpenChat, failure, pieces, said
from openai_double import OpenAIDouble, Reply, as_json, calling, calling_streamed, whole

CALL = ToolCall(name="search_docs", arguments='{"query": "ports"}')


async def test_tools_are_offered_and_calls_are_read(server: OpenAIDouble, chat: OpenChat) -> None:
    server.script.append(calling(("search_docs", {"query": "ports"}), ("read_page", {"path": "a.md"})))
    calls = await chat(max_tokens=4_000).tool_calls(ASKED, (), TOOLS)
    assert calls == (CALL, ToolCall(name="read_page", arguments='{"path": "a.md"}'))
    [asked] = server.chats
    assert [tool["function"]["name"] for tool in asked["tools"]] == ["search_docs", "read_page"]
    assert {tool["type"] for tool in asked["tools"]} == {"function"}
    assert asked["tools"][0]["function"]["parameters"]["required"] == ["query"]
    assert (asked["stream"], asked["reasoning_effort"], asked["max_tokens"]) == (False, "low", 1024)


async def test_what_a_call_gave_goes_back_as_the_protocol_has_it(
    server: OpenAIDouble, chat: OpenChat
) -> None:
    server.say("DONE")
    assert await chat().tool_calls(ASKED, [(CALL, "Found."), (CALL, "Again.")], TOOLS) == ()
    messages = server.chats[0]["messages"]
    assert [one["role"] for one in messages] == ["system", "user", "assistant", "tool", "assistant", "tool"]
    for called, given in (messages[2:4], messages[4:6]):
        [function] = called["tool_calls"]
        assert function["function"] == {"name": "search_docs", "arguments": '{"query": "ports"}'}
        assert function["id"] == given["tool_call_id"]
    assert messages[2]["tool_calls"][0]["id"] != messages[4]["tool_calls"][0]["id"]
    assert (messages[3]["content"], messages[5]["content"]) == ("Found.", "Again.")


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, "registry.ollama.ai/library/gemma does not support tools"),
        (400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'),
        (404, "No endpoints found that support tool use."),
        (422, "tools: extra fields not permitted"),
        (500, "tools param requires --jinja flag"),
    ],
)
async def test_a_server_without_tools_is_offered_them_once(
    server: OpenAIDouble, chat: OpenChat, status: int, message: str
) -> None:
    server.refuse(status, message)
    server.say("The ports are 1 and 2.")
    server.say("Hello.")
    model = chat()
    assert await model.tool_calls(ASKED, (), TOOLS) == ()
    assert await model.tool_calls(ASKED, (), TOOLS) == ()
    assert await said(model) == "Hello."
    assert ["tools" in body for body in server.chats] == [True, False, False]
    assert server.chats[-1]["reasoning_effort"] == "low"


@pytest.mark.parametrize(
    "message",
    [
        {"tool_calls": "search_docs"},
        {"tool_calls": None},
        {"tool_calls": []},
        {"tool_calls": [None, "x", {"id": "1", "type": "function"}]},
        {"tool_calls": [{"id": "1", "type": "function", "function": {"name": None, "arguments": "{}"}}]},
        {
            "tool_calls": [
                {"id": "1", "type": "function", "function": {"name": "a", "arguments": "x" * 9_000}}
            ]
        },
        {"content": '<tool_call>{"name": "search_docs", "arguments": {"query": "x"}}</tool_call>'},
        {"content": '<|channel|>commentary to=functions.search_docs <|message|>{"query":"x"}<|call|>'},
    ],
)
async def test_calls_in_no_known_form_are_none(
    server: OpenAIDouble, chat: OpenChat, message: dict[str, object]
) -> None:
    server.script.append(whole(**({"text": None} | {"text": message.pop("content", None)}), **message))  # type: ignore[arg-type]
    assert await chat().tool_calls(ASKED, (), TOOLS) == ()


async def test_names_are_read_through_what_a_server_leaves_of_gpt_oss_own_form(
    server: OpenAIDouble, chat: OpenChat
) -> None:
    server.script.append(calling(("functions.search_docs<|channel|>commentary", {"query": "ports"})))
    assert await chat().tool_calls(ASKED, (), TOOLS) == (CALL,)


async def test_arguments_as_an_object_are_read_as_well(server: OpenAIDouble, chat: OpenChat) -> None:
    call = {
        "id": "1",
        "type": "function",
        "function": {"name": "search_docs", "arguments": {"query": "ports"}},
    }
    server.script.append(whole(None, tool_calls=[call]))
    assert await chat().tool_calls(ASKED, (), TOOLS) == (CALL,)


async def test_a_reply_without_a_message_has_no_calls(server: OpenAIDouble, chat: OpenChat) -> None:
    server.script.append(as_json({"id": "1", "object": "chat.completion", "choices": []}))
    assert await chat().tool_calls(ASKED, (), TOOLS) == ()


async def test_a_server_that_streams_unasked_is_refused_in_words(
    server: OpenAIDouble, chat: OpenChat
) -> None:
    server.script.append(calling_streamed("search_docs", '{"query": "ports"}'))
    assert isinstance(await failure(chat().tool_calls(ASKED, (), TOOLS)), ModelRefused)


async def test_a_call_in_a_streamed_answer_is_no_text(server: OpenAIDouble, chat: OpenChat) -> None:
    """No tools are offered there, so a model that calls one all the same has answered nothing."""
    server.script.append(calling_streamed("search_docs", '{"query": "ports"}'))
    assert "answered nothing" in (await failure(pieces(chat()))).reason


async def test_a_server_that_is_down_is_said(server: OpenAIDouble, chat: OpenChat) -> None:
    server.script.append(Reply(status=503, headers={"x-should-retry": "false"}, steps=(b"{}",)))
    assert isinstance(await failure(chat().tool_calls(ASKED, (), TOOLS)), ModelUnavailable)
