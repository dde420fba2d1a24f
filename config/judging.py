"""Wires a judge model beside what answers, for ``docent eval answers --judge``."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from adapters.chat_model import ChatModel
from adapters.reachability import is_http_address
from config import wiring
from config.errors import ConfigurationError
from config.settings import Settings

Work = Callable[[wiring.Docent, ChatModel], Awaitable[None]]


def use(config: Path | None, model: str, url: str, work: Work) -> None:
    """Wire everything and the judge ``model`` at ``url``, work with them, let go of them.

    An empty ``url`` stands for the server of ``[llm]``. Raises ConfigurationError.
    """

    async def run() -> None:
        settings = wiring.start(config)
        judge = judge_of(settings, model, url)
        async with wiring.wired(settings) as docent:
            try:
                await work(docent, judge)
            finally:
                await judge.close()

    asyncio.run(run())


def judge_of(settings: Settings, model: str, url: str) -> ChatModel:
    """The judge, at temperature 0. Raises ConfigurationError."""
    llm, secrets = settings.llm, settings.secrets
    address = url or llm.base_url
    if not address:
        raise ConfigurationError(["There is no server to ask for a judge. Name one with --judge-url."])
    if not is_http_address(address):
        raise ConfigurationError(
            ["--judge-url is not a web address. Write it like http://localhost:11434/v1."]
        )
    key = secrets.judge_api_key.get_secret_value() or secrets.llm_api_key.get_secret_value()
    return ChatModel(
        base_url=address,
        model=model,
        api_key=key,
        reasoning_effort=llm.reasoning_effort,
        timeout_seconds=settings.answers.deadline_seconds,
        connect_seconds=llm.connect_seconds,
        max_tokens=llm.max_tokens,
        temperature=0.0,
    )
