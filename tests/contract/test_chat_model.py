"""What the chat model sends, and what of a server's replies becomes answer."""

import asyncio
import subprocess
import sys
from contextlib import aclosing

import pytest

from bot.errors import sentence
from chatting import ASKED, KEY, VENDOR, OpenChat, an_unused_port, failure, pieces, said
from openai_double import OpenAIDouble, Reply, as_json, delta, events, refusal, streamed


async def test_the_prompt_and_the_settings_are_sent(server: OpenAIDouble, chat: OpenChat) -> None:
    await said(chat(max_tokens=77, temperature=0.2, reasoning_effort="high"))
    assert server.chats == [
        {
            "model": "gpt-oss:20b",
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "How is data stored?"},
            ],
            "stream": True,
            "max_tokens": 77,
            "temperature": 0.2,
            "reasoning_effort": "high",
        }
    ]
    assert server.requests[-1].headers["authorization"] == f"Bearer {KEY}"


async def test_one_answer_can_be_thought_about_harder(server: OpenAIDouble, chat: OpenChat) -> None:
    model = chat(reasoning_effort="low")
    assert [text async for text in model.stream(ASKED, effort="high")]
    assert [text async for text in model.stream(ASKED)]
    assert [sent["reasoning_effort"] for sent in server.chats] == ["high", "low"]


async def test_a_server_that_knows_no_reasoning_is_not_told_of_it(
    server: OpenAIDouble, chat: OpenChat
) -> None:
    assert [text async for text in chat(reasoning_effort="").stream(ASKED, effort="high")]
    assert "reasoning_effort" not in server.chats[0]


async def test_what_is_not_set_is_not_sent(server: OpenAIDouble, chat: OpenChat) -> None:
    await said(chat(reasoning_effort="", api_key=""))
    assert not {"reasoning_effort", "temperature"} & server.chats[0].keys()
    assert server.requests[-1].headers["authorization"] == "Bearer none"


async def test_credentials_in_the_address_become_a_header(server: OpenAIDouble, chat: OpenChat) -> None:
    await said(chat(base_url=server.url.replace("//", "//ann:p%40ss@"), api_key=""))
    assert server.requests[-1].headers["authorization"] == "Basic YW5uOnBAc3M="


def test_opening_a_model_imports_no_client() -> None:
    code = (
        "import sys; from adapters.chat_model import ChatModel; "
        "ChatModel(base_url='http://localhost:1/v1', model='m', timeout_seconds=1); "
        "sys.exit('openai' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# What comes back


async def test_text_comes_piece_by_piece(server: OpenAIDouble, chat: OpenChat) -> None:
    server.say(
        "Data is kept in object storage, and the metadata that describes it in etcd. ", "Both ", "scale."
    )
    assert (await pieces(chat()))[1:] == ["Both ", "scale."]


async def test_a_piece_is_there_before_the_reply_is_over(server: OpenAIDouble, chat: OpenChat) -> None:
    server.script.append(events(delta("<think>hm</think>First"), "wait"))
    async with aclosing(chat().stream(ASKED)) as text:
        assert await anext(text) == "First"


@pytest.mark.parametrize(
    "reply",
    [
        events(delta(reasoning_content="hm"), delta("Yes."), delta(finish="stop")),
        events(delta(reasoning="hm"), delta("Ye", reasoning="hm"), delta("s.")),
        events(
            delta(None, role="assistant"),
            {**delta(), "choices": None},
            delta(content="Yes."),
            delta(finish="stop"),
        ),
        events({"choices": [{"index": 0, "delta": {"role": "assistant", "content": None}}]}, delta("Yes.")),
        events({"choices": [{"index": 0, "delta": None}]}, delta("Yes.")),
        events(delta("Yes."), delta(finish="stop"), {**delta(), "choices": [], "usage": {"total_tokens": 3}}),
        events(b": keep-alive\n\n", delta("Ye"), b": OPENROUTER PROCESSING\n\n", delta("s.")),
        events(delta("Yes."), delta(finish="stop"), done=False),
        events(delta("Yes."), delta(finish="stop"), done=False, chunked=False),
        events(delta("Yes.\n<thi"), delta("nk>hm</th"), delta("ink>")),
        events(
            delta("<|channel|>ana"), delta("lysis<|message|>hm<|channel|>final<|mess"), delta("age|>Yes.")
        ),
    ],
)
async def test_only_the_answer_comes_out_of_what_servers_send(
    server: OpenAIDouble, chat: OpenChat, reply: Reply
) -> None:
    server.script.append(reply)
    assert (await said(chat())).strip() == "Yes."


async def test_reasoning_that_shows_once_waits_from_the_next_reply_on(
    server: OpenAIDouble, chat: OpenChat
) -> None:
    thoughts = "One could read the passages in order and see what they say about it. "
    model = chat()
    for _ in range(2):
        server.say(thoughts, "</think>", "Yes.")
    await said(model)
    assert await said(model) == "Yes."


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (streamed([]), "gpt-oss:20b answered nothing. Please try again."),
        (streamed(["<think>hm</think>"]), "answered nothing"),
        (
            events(delta(reasoning="hm"), delta(finish="length")),
            "took all of its 1024 tokens. Raise llm.max_tokens",
        ),
        (streamed([], finish="content_filter"), "content filter"),
        (Reply(content_type="text/html", steps=(b"<html></html>",)), "no OpenAI-compatible chat server"),
    ],
)
async def test_a_reply_without_an_answer_is_an_error(
    server: OpenAIDouble, chat: OpenChat, reply: Reply, words: str
) -> None:
    server.script.append(reply)
    assert words in sentence(await failure(said(chat())))


async def test_leaving_early_closes_the_stream(server: OpenAIDouble, chat: OpenChat) -> None:
    server.script.append(events(delta("<think></think>First"), "wait"))
    text = chat().stream(ASKED)
    assert await anext(text) == "First"
    await text.aclose()
    await asyncio.wait_for(server.left.wait(), 10)


async def test_cancelling_closes_the_stream(server: OpenAIDouble, chat: OpenChat) -> None:
    server.script.append(events(delta("<think></think>First"), "wait"))
    arrived = asyncio.Event()

    async def read() -> None:
        async for _ in chat().stream(ASKED):
            arrived.set()

    task = asyncio.create_task(read())
    await asyncio.wait_for(arrived.wait(), 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.wait_for(server.left.wait(), 10)


async def test_many_questions_at_once_share_one_model(server: OpenAIDouble, chat: OpenChat) -> None:
    model = chat()
    assert await asyncio.gather(*(said(model) for _ in range(20))) == ["Hello there."] * 20


async def test_a_closed_model_opens_again(chat: OpenChat) -> None:
    model = chat()
    await said(model)
    await model.close()
    assert await said(model) == "Hello there."


async def test_a_model_that_is_listed_answers(server: OpenAIDouble, chat: OpenChat) -> None:
    assert await chat().check() == f"gpt-oss:20b at {server.url} answers"
    assert server.chats == []


@pytest.mark.parametrize(
    "listing", [None, refusal(404, VENDOR), as_json({"object": "list", "data": [{"id": "x"}]})]
)
async def test_a_model_that_is_not_listed_is_asked_for_a_word(
    server: OpenAIDouble, chat: OpenChat, listing: Reply | None
) -> None:
    server.listing = listing
    server.say("Hello.")
    assert "model.gguf at" in await chat(model="model.gguf").check()
    assert server.chats[0]["max_tokens"] == 16


async def test_a_check_names_what_is_wrong(server: OpenAIDouble, chat: OpenChat) -> None:
    assert "gpt-oss:20b" in (await failure(chat(model="gpt").check())).advice
    server.listing = refusal(401, VENDOR)
    assert "LLM_API_KEY" in (await failure(chat().check())).advice
    assert (
        "No model server"
        in (await failure(chat(base_url=f"http://127.0.0.1:{an_unused_port()}/v1").check())).reason
    )
