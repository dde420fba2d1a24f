"""The chat model against llama.cpp's own server with a small model, as a user would configure it."""

import json
import os
import queue
import subprocess
import threading
import time
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.chat_model import ChatModel
from bot.errors import ModelRefused, ModelUnavailable, sentence
from bot.model import Message, ToolCall
from bot.search.lookups import TOOLS
from commands import docent, prepared

pytestmark = [pytest.mark.peers, pytest.mark.timeout(300)]

ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).with_name("llama_server.py")
START_SECONDS = 90
KEY = "sk-peers"
ASKED = (
    Message(role="system", content="You answer questions about Milvus."),
    Message(role="user", content="Write one sentence about vector databases."),
)
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "category": {"type": "string", "enum": ["bug", "question", "praise"]},
        "urgent": {"type": "boolean"},
    },
    "required": ["category", "urgent"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The server's address, once it is healthy; the server ends with the tests."""
    python = Path(os.environ.get("DOCENT_PEERS_PYTHON", ROOT / ".venv-peers" / "bin" / "python"))
    if not python.exists():
        pytest.skip(f"there is no {python}: `make test-peers` sets it up")
    command = [str(python), str(PROGRAM), "--port", "0", "--api-key", KEY]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            url = ready_address(process)
            wait_until_healthy(url.removesuffix("/v1") + "/health")
            yield url
        finally:
            process.kill()


def ready_address(process: "subprocess.Popen[str]") -> str:
    """The address in the program's ready line, read aside so that a program that hangs fails the test."""
    lines: queue.Queue[str] = queue.Queue()
    assert process.stdout is not None
    threading.Thread(
        target=lambda stdout: lines.put(stdout.readline()), args=[process.stdout], daemon=True
    ).start()
    word, _, url = lines.get(timeout=START_SECONDS).strip().partition(" ")
    assert word == "ready", f"the server did not start: exit code {process.poll()}"
    return url


def wait_until_healthy(url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                if response.status == 200:
                    return
        except OSError:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.1)


@pytest.fixture
async def chat(address: str) -> AsyncIterator[Callable[..., ChatModel]]:
    opened = []

    def open_chat(**fields: Any) -> ChatModel:
        defaults = {"base_url": address, "model": "gemma-3-270m", "api_key": KEY, "timeout_seconds": 120.0}
        opened.append(ChatModel(**(defaults | {"max_tokens": 40} | fields)))
        return opened[-1]

    yield open_chat
    for model in opened:
        await model.close()


async def failure(model: ChatModel) -> ModelUnavailable:
    with pytest.raises(ModelUnavailable) as caught:
        await anext(model.stream(ASKED))
    return caught.value


async def test_a_reply_arrives_in_several_pieces(chat: Callable[..., ChatModel]) -> None:
    pieces = [text async for text in chat().stream(ASKED)]
    assert len(pieces) > 3
    assert "".join(pieces).strip()


async def test_leaving_early_leaves_the_server_free_for_the_next_question(
    chat: Callable[..., ChatModel],
) -> None:
    """The server has one slot and would write thousands of tokens: it has to notice that nobody listens."""
    text = chat(max_tokens=3000).stream(ASKED)
    assert await anext(text)
    await text.aclose()
    assert await anext(chat().stream(ASKED))


async def test_an_object_fits_its_schema(chat: Callable[..., ChatModel]) -> None:
    asked = (Message(role="user", content="Sort this message: The server crashes at once, help!"),)
    found = await chat().structured(asked, SCHEMA)
    assert found.keys() == {"category", "urgent"}
    assert found["category"] in SCHEMA["properties"]["category"]["enum"]
    assert isinstance(found["urgent"], bool)


async def test_a_check_says_that_the_model_answers(chat: Callable[..., ChatModel], address: str) -> None:
    assert await chat().check() == f"gemma-3-270m at {address} answers"


async def test_the_server_answers_under_any_name_and_the_check_finds_that(
    chat: Callable[..., ChatModel],
) -> None:
    """llama.cpp with one model does not look at the name, so a name it does not list is no fault."""
    assert (await chat(model="gpt-oss:20b").check()).startswith("gpt-oss:20b at")


async def test_a_wrong_key_is_refused_in_words(chat: Callable[..., ChatModel]) -> None:
    error = await failure(chat(api_key="sk-other"))
    assert isinstance(error, ModelRefused)
    assert "does not accept the key" in sentence(error)


async def test_a_wrong_path_is_refused_in_words(chat: Callable[..., ChatModel], address: str) -> None:
    error = await failure(chat(base_url=address + "/api"))
    assert isinstance(error, ModelRefused)
    assert "ends in /v1" in sentence(error)


async def test_a_wrong_port_is_said_with_its_address(chat: Callable[..., ChatModel]) -> None:
    error = await failure(chat(base_url="http://127.0.0.1:9/v1"))
    assert sentence(error).startswith("No model server answers at http://127.0.0.1:9/v1.")


async def test_a_prompt_beyond_the_context_is_refused_in_words(chat: Callable[..., ChatModel]) -> None:
    long = (Message(role="user", content="vector " * 6000),)
    with pytest.raises(ModelRefused) as caught:
        await anext(chat().stream(long))
    assert "answers.context_chars" in sentence(caught.value)


def test_a_small_judge_lets_an_evaluation_go_to_its_end(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, address: str
) -> None:
    """Its grades are worth nothing; what counts is that each answer is either judged or counted as not."""
    folder = prepared(tmp_path, tmp_path_factory.mktemp("models"))
    rows = [
        {"question": "How is data stored?", "facts": ["etcd"]},
        {"question": "How do I install the client?", "facts": ["pip"]},
    ]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert docent(folder, "index").returncode == 0
    judge = ("--judge", "gemma-3-270m", "--judge-url", address)
    run = docent(
        folder,
        *("eval", "answers", "rows.jsonl", "--json", *judge),
        JUDGE_API_KEY=KEY,
        DOCENT_LLM__MAX_TOKENS="120",
    )
    assert run.returncode == 0, run.stderr
    scores = json.loads(run.stdout)
    assert scores["facts_found"] == 1.0
    assert scores["judge"]["judged"] + scores["judge"]["failed"] == 2
    assert scores["judge"]["model"] == "gemma-3-270m"


async def test_a_model_that_knows_no_tools_is_offered_them_and_still_answers(
    chat: Callable[..., ChatModel],
) -> None:
    """The server takes tools, and what they gave; this model's words are seldom a call."""
    model = chat()
    done = (ToolCall(name="search_docs", arguments='{"query": "ports"}'), "Nothing was found.")
    for before in ((), (done,)):
        calls = await model.tool_calls(ASKED, before, TOOLS)
        assert all(call.name for call in calls)
    assert await anext(model.stream(ASKED))
