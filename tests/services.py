"""Runs ``docent serve`` as a process of its own, as an operator would."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from commands import ROOT
from slack_double import SlackDouble


class Service:
    """The process; its lines for the operator are kept as they come."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process, self.lines = process, list[str]()
        self._news, self._over = asyncio.Condition(), False
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            async with self._news:
                self.lines.append(line.decode().rstrip())
                self._news.notify_all()
        async with self._news:
            self._over = True
            self._news.notify_all()

    async def said(self, words: str, seconds: float = 100) -> str:
        """The first line that holds ``words``, as soon as it comes."""

        def found() -> list[str]:
            return [line for line in self.lines if words in line]

        async with self._news:
            try:
                await asyncio.wait_for(self._news.wait_for(lambda: found() or self._over), seconds)
            except TimeoutError as error:
                raise AssertionError(f"{words!r} was not said; there is {self.lines}") from error
        assert found(), f"{words!r} was not said before the end; there is {self.lines}"
        return found()[0]

    def kill(self, number: int = signal.SIGKILL) -> None:
        self.process.send_signal(number)

    async def end(self) -> int:
        """Its exit code, when it has ended."""
        code = await self.process.wait()
        await self._reader
        return code


def slack_environment(slack: SlackDouble, **more: str) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "DOCENT_SLACK__API_URL": slack.api_url,
        **more,
    }


@asynccontextmanager
async def service(folder: Path, *arguments: str, **environment: str) -> AsyncIterator[Service]:
    """``docent serve`` in a working folder, ended at the end of the context."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "serve", *arguments,
        cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        stderr=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    running = Service(process)
    try:
        yield running
    finally:
        if process.returncode is None:
            process.terminate()
        await running.end()
