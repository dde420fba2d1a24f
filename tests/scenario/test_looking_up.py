"""`docent ask` with a model that looks further by itself: tool calls as servers really send them."""

import asyncio
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from commands import docent
from openai_double import OpenAIDouble, calling, calling_streamed, whole

COVERED = "How is data stored?"
WEAK = "Which limits does `maxShards` have?"
QUERY = {"query": "partitions in a collection"}


async def asked(folder: Path, question: str, url: str, *options: str) -> "subprocess.CompletedProcess[str]":
    environment = {"DOCENT_LLM__BASE_URL": url, "DOCENT_ANSWERS__TOOLS": "true"}
    return await asyncio.to_thread(docent, folder, "ask", question, *options, **environment)


def read(run: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    assert run.returncode == 0, run.stderr
    return dict(json.loads(run.stdout))


async def test_a_model_that_finds_no_answer_reads_a_page_and_answers_from_it(indexed: Path) -> None:
    async with OpenAIDouble() as server:
        server.say("NOT_COVERED")
        server.script.append(calling(("read_page", {"path": "limits.md"})))
        server.say("DONE")
        server.say("A collection has at most 1,024 ", "partitions [1].")
        run = await asked(indexed, COVERED, server.url, "--json")
    answer = read(run)
    assert answer["text"] == "A collection has at most 1,024 partitions [1]."
    assert [one["path"] for one in answer["citations"]] == ["limits.md"]
    assert answer["passages"][0]["path"] == "limits.md"
    first, offered, after, last = server.chats
    assert ("tools" in first, "tools" in offered, "tools" in after, "tools" in last) == (
        False,
        True,
        True,
        False,
    )
    assert after["messages"][-1]["role"] == "tool"
    assert "| Partitions in a collection | 1,024 |" in after["messages"][-1]["content"]
    assert last["stream"] is True
    assert last["messages"][-1]["content"].startswith("<context>\n[1] Limits")


async def test_a_doubtful_search_is_looked_into_before_anything_is_written(indexed: Path) -> None:
    async with OpenAIDouble() as server:
        server.script.append(whole('{"queries": []}'))
        server.script.append(calling(("search_docs", QUERY), ("read_page", {"path": "Limits"})))
        server.script.append(calling(("search_docs", QUERY)))
        server.say("At most 1,024 partitions [1].")
        answer = read(await asked(indexed, WEAK, server.url, "--json"))
    assert "At most 1,024 partitions [1]." in answer["text"]
    assert "does not mention `maxShards`" in answer["text"]
    assert answer["citations"][0]["path"] == "limits.md"
    assert len(server.chats) == 4


@pytest.mark.parametrize(
    "reply",
    [
        whole('<tool_call>{"name": "search_docs", "arguments": {"query": "x"}}</tool_call>'),
        whole(
            '<|start|>assistant<|channel|>commentary to=functions.search_docs<|message|>{"query":"x"}<|call|>'
        ),
        calling(("search_docs", '{"query": "unfinis')),
        calling(("delete_index", {})),
        calling_streamed("search_docs", '{"query": "x"}'),
    ],
    ids=["as text", "gpt-oss's own form", "broken arguments", "unknown tool", "streamed unasked"],
)
async def test_calls_that_cannot_be_made_leave_the_ordinary_answer(indexed: Path, reply: Any) -> None:
    async with OpenAIDouble() as server:
        server.script += [whole('{"queries": []}'), reply]
        server.say("In object storage [1].")
        run = await asked(indexed, WEAK, server.url)
    assert run.returncode == 0, run.stderr
    assert "In object storage" in run.stdout
    assert "tool" not in run.stdout
    assert len(server.chats) == 3


async def test_a_server_without_tools_leaves_the_ordinary_answer(indexed: Path) -> None:
    async with OpenAIDouble() as server:
        server.say("NOT_COVERED")
        server.refuse(400, "this model does not support tools")
        server.say("I need no tools.")
        run = await asked(indexed, COVERED, server.url, "--json")
    answer = read(run)
    assert answer["kind"] == "not_covered"
    assert run.stderr == ""


async def test_endless_calls_end(indexed: Path) -> None:
    async with OpenAIDouble() as server:
        server.say("NOT_COVERED")
        for number in range(20):
            server.script.append(
                lambda asked, number=number: (
                    calling(("search_docs", {"query": f"storage {number}"}))
                    if "tools" in asked.body
                    else whole(None)
                )
            )
        run = await asked(indexed, COVERED, server.url, "--json")
    read(run)
    assert sum("tools" in body for body in server.chats) == 4


async def test_without_the_setting_no_tools_are_offered(indexed: Path) -> None:
    async with OpenAIDouble() as server:
        server.say("NOT_COVERED")
        run = await asyncio.to_thread(
            docent, indexed, "ask", COVERED, "--json", DOCENT_LLM__BASE_URL=server.url
        )
    assert read(run)["kind"] == "not_covered"
    assert len(server.chats) == 1
