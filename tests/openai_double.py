"""An OpenAI-compatible chat server on a loopback port that says what a test tells it to.

    async with OpenAIDouble() as server:
        server.say("Data is kept in ", "object storage [1].")    # the next reply, streamed or whole
        server.refuse(429, "slow down", {"retry-after": "7"})    # the one after it
        ... ChatModel(base_url=server.url, model=server.models[0], ...)
        assert server.chats[0]["reasoning_effort"] == "low"

Without a script it greets; a model it does not have is a 404, as on Ollama. It keeps every request.
"""

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

Step = bytes | Literal["cut", "wait"]
"""Bytes to send; ``cut`` drops the connection; ``wait`` stays silent until the client leaves."""


@dataclass(frozen=True, kw_only=True)
class Request:
    method: str
    path: str
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True, kw_only=True)
class Reply:
    """``steps`` follow the head; with ``head=False`` there is none, so the client waits for it."""

    status: int = 200
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    steps: Sequence[Step] = ()
    head: bool = True
    chunked: bool = True
    """Without it the end of the body is the end of the connection."""


Responder = Callable[[Request], Reply]


def as_json(payload: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    return Reply(status=status, headers=headers or {}, steps=(json.dumps(payload).encode(),))


def delta(content: str | None = None, finish: str | None = None, **fields: Any) -> dict[str, Any]:
    """One piece of a streamed reply; ``fields`` are further ones of its delta, such as reasoning."""
    said = {**({"content": content} if content is not None else {}), **fields}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "double",
        "choices": [{"index": 0, "delta": said, "finish_reason": finish}],
    }


def line(payload: Any) -> bytes:
    """One event of a stream."""
    return b"data: " + (payload if isinstance(payload, str) else json.dumps(payload)).encode() + b"\n\n"


def events(*payloads: Any, done: bool = True, **reply: Any) -> Reply:
    """A stream of ``payloads``: dicts are events, bytes go as they are, ``cut`` and ``wait`` are steps."""
    steps = [step if isinstance(step, bytes | str) else line(step) for step in payloads]
    last = [line("[DONE]")] if done else []
    return Reply(content_type="text/event-stream", steps=[*steps, *last], **reply)


def streamed(pieces: Iterable[str], finish: str = "stop") -> Reply:
    return events(delta(role="assistant", content=""), *map(delta, pieces), delta(finish=finish))


def whole(text: str | None, finish: str = "stop", **message: Any) -> Reply:
    choice = {
        "index": 0,
        "finish_reason": finish,
        "message": {"role": "assistant", "content": text, **message},
    }
    return as_json(
        {"id": "1", "object": "chat.completion", "created": 1, "model": "double", "choices": [choice]}
    )


def calling(*calls: tuple[str, Any], text: str | None = None) -> Reply:
    """A whole reply that calls tools: each by its name and arguments (JSON as text, or what becomes JSON)."""
    return whole(
        text, finish="tool_calls", tool_calls=[tool_call(at, *call) for at, call in enumerate(calls)]
    )


def calling_streamed(name: str, arguments: str) -> Reply:
    """The same for one call as a stream: the name first, the arguments in pieces, no text at all."""
    first = tool_call(0, name, "") | {"index": 0}
    pieces = [arguments[at : at + 5] for at in range(0, len(arguments), 5)]
    rest = [[{"index": 0, "function": {"arguments": piece}}] for piece in pieces]
    return events(
        delta(role="assistant", tool_calls=[first]),
        *(delta(tool_calls=calls) for calls in rest),
        delta(finish="tool_calls"),
    )


def tool_call(number: int, name: str, arguments: Any) -> dict[str, Any]:
    said = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return {"id": f"call_{number}", "type": "function", "function": {"name": name, "arguments": said}}


def refusal(status: int, message: str, headers: Mapping[str, str] | None = None, **error: Any) -> Reply:
    return as_json({"error": {"message": message, "type": "invalid_request_error", **error}}, status, headers)


class OpenAIDouble:
    """The server; ``async with`` starts and stops it."""

    def __init__(self, *models: str) -> None:
        self.models = models or ("gpt-oss:20b",)
        self.script: list[Reply | Responder] = []
        """Replies to the next chat requests, first one first."""
        self.listing: Reply | None = None
        """The answer of /v1/models, where it is not the list of models."""
        self.requests: list[Request] = []
        self.left = asyncio.Event()
        """Set when a client closed its connection while a reply was waiting."""

    async def __aenter__(self) -> "OpenAIDouble":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self.port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/v1"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for writer in self._open:
            writer.transport.abort()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def say(self, *pieces: str) -> None:
        """Lets the next chat request have this text, in these pieces where it asks for a stream."""
        self.script.append(
            lambda asked: streamed(pieces) if asked.body.get("stream") else whole("".join(pieces))
        )

    def refuse(
        self, status: int, message: str, headers: Mapping[str, str] | None = None, **error: Any
    ) -> None:
        """Lets the next chat request fail; the client is told not to retry unless ``headers`` say so."""
        self.script.append(refusal(status, message, {"x-should-retry": "false", **(headers or {})}, **error))

    @property
    def chats(self) -> list[Any]:
        """The bodies of all chat requests so far."""
        return [asked.body for asked in self.requests if asked.path.endswith("/chat/completions")]

    def _reply(self, asked: Request) -> Reply:
        if (asked.method, asked.path) == ("GET", "/v1/models"):
            names = [
                {"id": name, "object": "model", "created": 1, "owned_by": "double"} for name in self.models
            ]
            return self.listing or as_json({"object": "list", "data": names})
        if (asked.method, asked.path) != ("POST", "/v1/chat/completions"):
            return Reply(status=404, content_type="text/plain", steps=(b"404 page not found",))
        if not self.script and asked.body["model"] not in self.models:
            return refusal(404, f"model '{asked.body['model']}' not found")
        if not self.script:
            self.say("Hello", " there.")
        scripted = self.script.pop(0)
        return scripted if isinstance(scripted, Reply) else scripted(asked)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._open.add(writer)
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                asked = await _request(reader)
                self.requests.append(asked)
                if not await self._send(self._reply(asked), reader, writer):
                    break
        self._open.discard(writer)
        writer.close()

    async def _send(self, reply: Reply, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Whether the connection can be used again."""
        if reply.head:
            writer.write(_head(reply))
        for step in reply.steps:
            if step == "wait":
                await writer.drain()
                await reader.read(1)
                self.left.set()
                return False
            if step == "cut":
                await writer.drain()
                return False
            assert isinstance(step, bytes)
            writer.write(b"%x\r\n%b\r\n" % (len(step), step) if reply.chunked else step)
            await writer.drain()
        writer.write(b"0\r\n\r\n" if reply.chunked else b"")
        await writer.drain()
        return reply.chunked


def _head(reply: Reply) -> bytes:
    framing = {"transfer-encoding": "chunked"} if reply.chunked else {"connection": "close"}
    headers = {"content-type": reply.content_type, **framing, **reply.headers}
    lines = [f"HTTP/1.1 {reply.status} Double", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


async def _request(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    method, path, _ = head[0].split(" ")
    headers = {
        name.lower(): value.strip() for name, _, value in (item.partition(":") for item in head[1:] if item)
    }
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(method=method, path=path, headers=headers, body=json.loads(body) if body else None)
