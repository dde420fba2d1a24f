"""Writes text with a chat model behind any OpenAI-compatible server."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from adapters import chat_errors, json_reply
from adapters.reachability import NothingThere, is_http_address, knock, split_login, without_credentials
from adapters.reasoning import HOLD, AnswerText, strip_reasoning
from bot.errors import ModelUnavailable
from bot.model import Message

if TYPE_CHECKING:
    from openai import APIStatusError, AsyncOpenAI

_RETRIES = 2
_GREETING = Message(role="user", content="Say hello.")
_T = TypeVar("_T")


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
        self._base_url, self._key, self._model = base_url, api_key.strip(), model
        self._seconds, self._connect_seconds = timeout_seconds, connect_seconds
        wanted = {
            "max_tokens": max_tokens,
            "reasoning_effort": reasoning_effort or None,
            "temperature": temperature,
        }
        self._fields = {field: value for field, value in wanted.items() if value is not None}
        self._client: AsyncOpenAI | None = None
        self._opening = asyncio.Lock()
        self._reached = False
        self._not_taken: frozenset[str] = frozenset()
        self._hold: int | None = HOLD
        self._server = chat_errors.Server(
            url=without_credentials(base_url),
            model=model,
            has_key=bool(self._key),
            seconds=timeout_seconds,
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
        reply = await self._request(_wire(messages), fields, stream=True)
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
                self._server, finish, reply.response.headers.get("content-type", "")
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
            raise chat_errors.no_object(self._server) from problem

    async def check(self) -> str:
        """A sentence that says the model answers.

        Asks which models the server has; where this one is not among them, lets it say a word, since
        some servers answer under any name. Raises ModelUnavailable or ModelRefused.
        """
        names = await self._names()
        if self._model not in (names or ()):
            await self._whole(_wire([_GREETING]), {**self._fields, "max_tokens": 16})
        return f"{self._model} at {self._server.url} answers"

    async def close(self) -> None:
        """Ends all connections; a later call opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _whole(self, wire: list[dict[str, str]], fields: Mapping[str, Any]) -> str:
        """The answer of a reply that is not streamed; empty where there is none."""
        reply = await self._request(wire, fields, stream=False)
        choices = getattr(reply, "choices", None)
        if choices is None:
            body = getattr(reply, "error", None)
            raise chat_errors.from_data(body, self._server)
        content = getattr(choices[0].message, "content", None) if choices else None
        return strip_reasoning(_writable(content)) if isinstance(content, str) else ""

    async def _pieces(self, reply: Any) -> AsyncGenerator[tuple[str, str], None]:
        """Text and reason to finish of each piece, often one of them empty."""
        pieces, midway = aiter(reply), False
        while (piece := await self._in_time(anext(pieces, None), midway=midway)) is not None:
            for choice in getattr(piece, "choices", None) or ():
                content = getattr(choice.delta, "content", None)
                midway = midway or bool(content)
                yield _writable(content) if isinstance(content, str) else "", choice.finish_reason or ""

    async def _request(self, wire: list[dict[str, str]], fields: Mapping[str, Any], *, stream: bool) -> Any:
        """The client's reply; asks again without the fields that the server says it does not take."""
        client = await self._connected()
        import openai

        sent = {field: value for field, value in fields.items() if field not in self._not_taken}
        while True:
            create: Any = client.chat.completions.create
            try:
                reply = await self._in_time(create(model=self._model, messages=wire, stream=stream, **sent))
            except openai.APIStatusError as error:
                refused = chat_errors.refused_fields(error, sent)
                if not refused:
                    raise await self._explained(error) from error
                sent = {field: value for field, value in sent.items() if field not in refused}
                continue
            self._not_taken |= fields.keys() - sent.keys()
            return reply

    async def _connected(self) -> "AsyncOpenAI":
        """The client, once something listens: it would try an empty address for seconds."""
        if not is_http_address(self._base_url):
            raise chat_errors.bad_address()
        if not self._reached:
            try:
                await knock(self._base_url, self._connect_seconds)
            except NothingThere as nothing:
                raise chat_errors.unreachable(self._server, str(nothing)) from nothing
            self._reached = True
        async with self._opening:
            if self._client is None:
                self._client = await asyncio.to_thread(self._open)
            return self._client

    def _open(self) -> "AsyncOpenAI":
        """A second's work on the first call, nearly all of it the import."""
        import openai

        address, login = split_login(self._base_url)
        return openai.AsyncOpenAI(
            base_url=address,
            api_key=self._key or "none",  # the client insists on one; servers without keys ignore it
            default_headers={"Authorization": login} if login else None,
            max_retries=_RETRIES,
            timeout=openai.Timeout(self._seconds, connect=self._connect_seconds),
        )

    async def _in_time(self, step: Awaitable[_T], *, midway: bool = False) -> _T:
        """What ``step`` gives; every error but a refusal with an HTTP status becomes a sentence here."""
        import httpx
        import openai

        try:
            async with asyncio.timeout(self._seconds):
                return await step
        except openai.APIStatusError:
            raise
        except (openai.OpenAIError, httpx.HTTPError, TimeoutError, ValueError) as error:
            self._reached = False
            raise chat_errors.translate(error, self._server, midway=midway) from error

    async def _explained(self, error: "APIStatusError") -> ModelUnavailable:
        """The sentence for a refusal; what models there are is asked for where it may be about that."""
        if chat_errors.concerns_model(error, self._model):
            names = await self._names()
            if names is not None and self._model not in names:
                return chat_errors.unknown_model(self._server, names)
        return chat_errors.translate(error, self._server)

    async def _names(self) -> tuple[str, ...] | None:
        """The models that the server lists; None where it keeps no list."""
        client = await self._connected()
        import openai

        try:
            page = await self._in_time(client.models.list())
        except openai.APIStatusError as error:
            if error.status_code in {404, 405, 501}:
                return None
            raise chat_errors.translate(error, self._server) from error
        listed = getattr(page, "data", None)
        if listed is None:
            return None
        return tuple(model.id for model in listed if isinstance(model.id, str))


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
