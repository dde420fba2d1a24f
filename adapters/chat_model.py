"""Writes text with a chat model behind any OpenAI-compatible server."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any

from adapters import chat_errors, chat_tools, json_reply
from adapters.chat_connection import ChatConnection, Wire
from adapters.reasoning import HOLD, AnswerText, strip_reasoning
from bot.model import Message, Tool, ToolCall

_GREETING = Message(role="user", content="Say hello.")
_CALL_TOKENS = 1_024
"""Enough to think and to call a tool; a model that begins to answer instead is cut off."""


class ChatModel:
    """One model of one server; the connection is opened on first use and belongs to that event loop.

    ``timeout_seconds`` bounds the wait for the reply to begin (retries included), and then each
    wait for its next piece; the whole answer's deadline is the caller's. An empty
    ``reasoning_effort`` is not sent. A field that the server does not take is not sent again.
    """

    def __init__(  # noqa: PLR0913 - plain values, one for each key of [llm]
        self,
        *,
        base_url: str,
        model: str,
        api_key: str = "",
        reasoning_effort: str = "low",
        timeout_seconds: float,
        connect_seconds: float = 3.0,
        max_tokens: int = 1024,
        temperature: float | None = None,
    ) -> None:
        self._model = model
        wanted = {
            "max_tokens": max_tokens,
            "reasoning_effort": reasoning_effort or None,
            "temperature": temperature,
        }
        self._fields = {field: value for field, value in wanted.items() if value is not None}
        self._hold: int | None = HOLD
        self._connection = ChatConnection(
            base_url=base_url,
            model=model,
            api_key=api_key,
            timeout_seconds=timeout_seconds,
            connect_seconds=connect_seconds,
            max_tokens=max_tokens,
        )

    @property
    def name(self) -> str:
        """The model's name, as its server knows it."""
        return self._model

    async def stream(self, messages: Sequence[Message], *, effort: str = "") -> AsyncGenerator[str, None]:
        """The answer's text as it is written; close the iterator to stop the server writing.

        ``effort`` takes the place of the configured ``reasoning_effort``, unless none is to be sent.

        Raises ModelUnavailable, also after some of the text, and ModelRefused.
        """
        fields = self._fields
        if effort and "reasoning_effort" in fields:
            fields = fields | {"reasoning_effort": effort}
        reply = await self._connection.request(_wire(messages), fields, stream=True)
        answer, said, finish = AnswerText(hold=self._hold), False, ""
        try:
            async for piece, reason in self._pieces(reply):
                finish = reason or finish
                if text := answer.feed(piece):
                    said = True
                    yield text
            if text := answer.finish():
                said = True
                yield text
        finally:
            await reply.close()
        # A server that hides where reasoning begins does so every time: the next reply waits for its end.
        self._hold = None if answer.began_inside else HOLD
        if not said:
            raise chat_errors.nothing_said(
                self._connection.server, finish, reply.response.headers.get("content-type", "")
            )

    async def structured(self, messages: Sequence[Message], schema: Mapping[str, Any]) -> dict[str, Any]:
        """One JSON object that fits ``schema``; what does not fit is asked for once more.

        Raises ModelUnavailable, and ModelRefused where no valid object came.
        """
        fields = {**self._fields, "response_format": json_reply.response_format(schema)}
        # Said in words as well: some servers refuse the field, others take it and do nothing about it.
        wire = _with_words(_wire(messages), json_reply.instruction(schema))
        try:
            text = await self._whole(wire, fields)
            return json_reply.read(text, schema)
        except json_reply.InvalidReply as problem:
            wire = _with_words([*wire, *_said(text)], json_reply.correction(str(problem)))
        try:
            return json_reply.read(await self._whole(wire, fields), schema)
        except json_reply.InvalidReply as problem:
            raise chat_errors.no_object(self._connection.server) from problem

    async def tool_calls(
        self,
        messages: Sequence[Message],
        done: Sequence[tuple[ToolCall, str]],
        tools: Sequence[Tool],
    ) -> Sequence[ToolCall]:
        """What the model calls next; nothing where it has enough, or where the server knows no tools.

        Raises ModelUnavailable and ModelRefused.
        """
        if "tools" in self._connection.not_taken:
            return ()
        tokens = min(_CALL_TOKENS, self._fields["max_tokens"])
        fields = {**self._fields, "max_tokens": tokens, "tools": chat_tools.declared(tools)}
        wire = [*_wire(messages), *chat_tools.exchanged(done)]
        return chat_tools.calls(await self._message(wire, fields))

    async def check(self) -> str:
        """A sentence that says the model answers.

        Asks which models the server has; where this one is not among them, lets it say a word, since
        some servers answer under any name. Raises ModelUnavailable or ModelRefused.
        """
        names = await self._connection.names()
        if self._model not in (names or ()):
            await self._whole(_wire([_GREETING]), {**self._fields, "max_tokens": 16})
        return f"{self._model} at {self._connection.server.url} answers"

    async def close(self) -> None:
        """Ends all connections; a later call opens new ones."""
        await self._connection.close()

    async def _whole(self, wire: Wire, fields: Mapping[str, Any]) -> str:
        """The answer of a reply that is not streamed; empty where there is none."""
        content = getattr(await self._message(wire, fields), "content", None)
        return strip_reasoning(_writable(content)) if isinstance(content, str) else ""

    async def _message(self, wire: Wire, fields: Mapping[str, Any]) -> Any:
        """The message of a reply that is not streamed; None where there is none."""
        reply = await self._connection.request(wire, fields, stream=False)
        choices = getattr(reply, "choices", None)
        if choices is None:
            body = getattr(reply, "error", None)
            raise chat_errors.from_data(body, self._connection.server)
        return getattr(choices[0], "message", None) if choices else None

    async def _pieces(self, reply: Any) -> AsyncGenerator[tuple[str, str], None]:
        """Text and reason to finish of each piece, often one of them empty."""
        pieces, midway = aiter(reply), False
        while (piece := await self._connection.in_time(anext(pieces, None), midway=midway)) is not None:
            for choice in getattr(piece, "choices", None) or ():
                content = getattr(choice.delta, "content", None)
                midway = midway or bool(content)
                yield _writable(content) if isinstance(content, str) else "", choice.finish_reason or ""


def _writable(text: str) -> str:
    # JSON can name half a character ("\\ud83d"), which no output, log or index takes.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _wire(messages: Sequence[Message]) -> list[dict[str, str]]:
    return [{"role": message.role, "content": message.content} for message in messages]


def _with_words(wire: list[dict[str, str]], words: str) -> list[dict[str, str]]:
    """``words`` as the user's last, joined to theirs: many models want the roles to alternate."""
    *before, last = wire
    if last["role"] != "user":
        return [*wire, {"role": "user", "content": words}]
    return [*before, {"role": "user", "content": f"{last['content']}\n\n{words}"}]


def _said(text: str) -> list[dict[str, str]]:
    return [{"role": "assistant", "content": text}] if text else []
