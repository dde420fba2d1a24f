"""Sends requests to an OpenAI-compatible chat server, and says in words what keeps it from answering."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from adapters import chat_errors
from adapters.reachability import NothingThere, is_http_address, knock, split_login, without_credentials
from bot.errors import ModelUnavailable

if TYPE_CHECKING:
    from openai import APIStatusError, AsyncOpenAI

_RETRIES = 2
_T = TypeVar("_T")
Wire = Sequence[Mapping[str, Any]]
"""Messages as the protocol has them."""


class ChatConnection:
    """One model of one server, connected on first use; belongs to that event loop.

    ``timeout_seconds`` bounds the wait for a reply to begin, retries included, and then each wait for its
    next piece. A field that the server does not take is not sent again.
    """

    def __init__(  # noqa: PLR0913 - plain values, one for each key of [llm]
        self,
        *,
        base_url: str,
        model: str,
        api_key: str,
        timeout_seconds: float,
        connect_seconds: float,
        max_tokens: int,
    ) -> None:
        self._base_url, self._key = base_url, api_key.strip()
        self._seconds, self._connect_seconds = timeout_seconds, connect_seconds
        self._client: AsyncOpenAI | None = None
        self._opening = asyncio.Lock()
        self._reached = False
        self.not_taken: frozenset[str] = frozenset()
        """Fields that the server said it does not take."""
        self.server = chat_errors.Server(
            url=without_credentials(base_url),
            model=model,
            has_key=bool(self._key),
            seconds=timeout_seconds,
            max_tokens=max_tokens,
        )

    async def request(self, wire: Wire, fields: Mapping[str, Any], *, stream: bool) -> Any:
        """The client's reply; asks again without the fields that the server says it does not take.

        Raises ModelUnavailable and ModelRefused.
        """
        client = await self._connected()
        import openai

        sent = {field: value for field, value in fields.items() if field not in self.not_taken}
        while True:
            create: Any = client.chat.completions.create
            try:
                reply = await self.in_time(
                    create(model=self.server.model, messages=wire, stream=stream, **sent)
                )
            except openai.APIStatusError as error:
                refused = chat_errors.refused_fields(error, sent)
                if not refused:
                    raise await self._explained(error) from error
                sent = {field: value for field, value in sent.items() if field not in refused}
                continue
            self.not_taken |= fields.keys() - sent.keys()
            return reply

    async def in_time(self, step: Awaitable[_T], *, midway: bool = False) -> _T:
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
            raise chat_errors.translate(error, self.server, midway=midway) from error

    async def names(self) -> tuple[str, ...] | None:
        """The models that the server lists; None where it keeps no list. Raises as :meth:`request`."""
        client = await self._connected()
        import openai

        try:
            page = await self.in_time(client.models.list())
        except openai.APIStatusError as error:
            if error.status_code in {404, 405, 501}:
                return None
            raise chat_errors.translate(error, self.server) from error
        listed = getattr(page, "data", None)
        if listed is None:
            return None
        return tuple(model.id for model in listed if isinstance(model.id, str))

    async def close(self) -> None:
        """Ends all connections; a later call opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _connected(self) -> "AsyncOpenAI":
        """The client, once something listens: it would try an empty address for seconds."""
        if not is_http_address(self._base_url):
            raise chat_errors.bad_address()
        if not self._reached:
            try:
                await knock(self._base_url, self._connect_seconds)
            except NothingThere as nothing:
                raise chat_errors.unreachable(self.server, str(nothing)) from nothing
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

    async def _explained(self, error: "APIStatusError") -> ModelUnavailable:
        """The sentence for a refusal; what models there are is asked for where it may be about that."""
        if chat_errors.concerns_model(error, self.server.model):
            names = await self.names()
            if names is not None and self.server.model not in names:
                return chat_errors.unknown_model(self.server, names)
        return chat_errors.translate(error, self.server)
