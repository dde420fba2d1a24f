"""What tests of the support team's pages share: the pages over a real ledger, on a port of this machine."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

import aiohttp

from adapters.ledger.database import Database
from adapters.ledger.ledger import SqlLedger
from adapters.ledger.reading import LedgerReader
from adapters.web.access import Access
from adapters.web.pages import Pages
from adapters.web.port import Doors, serve_web
from adapters.web.rooms import Sources
from bot.insight.gaps import Gap, quoting
from chatting import an_unused_port
from indexer.history import Run
from simulated import END, Past, keep

TOKEN = "a-long-and-random-token"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
PAGE_TEXT = "Backups are made with a *tool* of their own. <b>Not bold</b>"


class Structure(HTMLParser):
    """The tags of a page as a browser sees them, with all that could run or reach somewhere else."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.handlers: set[str] = set()
        self.addresses: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.handlers |= {name for name, _ in attrs if name.startswith("on") or name in {"style", "srcdoc"}}
        self.addresses |= {value or "" for name, value in attrs if name in {"href", "src", "action", "data"}}

    def is_harmless(self, *elsewhere: str) -> bool:
        """Nothing runs, and nothing leads to other sites than ``elsewhere``."""
        running = self.tags & {"script", "img", "iframe", "object", "embed", "style", "base", "svg:script"}
        away = {
            one
            for one in self.addresses
            if not one.startswith(("/", "#", *elsewhere)) or one.startswith("//")
        }
        return not running and not self.handlers and not away


class Clock:
    """A time that moves only when a test says so."""

    def __init__(self, now: float = END) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Reply:
    status: int
    text: str
    headers: Any


class Browser:
    """Asks one address for pages; keeps no cookies and follows no redirect by itself."""

    def __init__(self, address: str, session: aiohttp.ClientSession) -> None:
        self.address, self._session = address, session

    async def get(self, path: str, **headers: str) -> Reply:
        async with self._session.get(self.address + path, headers=headers, allow_redirects=False) as reply:
            return Reply(reply.status, (await reply.read()).decode(), reply.headers)

    async def shown(self, path: str) -> str:
        """The page, for somebody who may see it."""
        reply = await self.get(path, **BEARER)
        assert reply.status == 200, reply.text
        return reply.text

    async def post(self, path: str, form: dict[str, str], **headers: str) -> Reply:
        async with self._session.post(
            self.address + path, data=form, headers=headers, allow_redirects=False
        ) as reply:
            return Reply(reply.status, (await reply.read()).decode(), reply.headers)


async def looked_up(gap: Gap) -> Gap:
    return quoting(gap, PAGE_TEXT)


@asynccontextmanager
async def pages_over(
    url: str,
    *,
    access: Access | None = None,
    runs: Callable[[int], Sequence[Run]] = lambda _: (),
    clock: Clock | None = None,
) -> AsyncIterator[Browser]:
    clock = clock or Clock()
    reader = LedgerReader(Database(url, 2.0))
    sources = Sources(records=reader, runs=runs, described=looked_up)
    pages = Pages(access or Access(token=TOKEN, clock=clock), sources, clock)
    port, doors, ready = an_unused_port(), Doors(), asyncio.Event()
    jar = aiohttp.DummyCookieJar()
    with doors.open("/", pages.answer):
        serving = asyncio.create_task(serve_web("127.0.0.1", port, doors, ready))
        try:
            await ready.wait()
            async with aiohttp.ClientSession(cookie_jar=jar) as session:
                yield Browser(f"http://127.0.0.1:{port}", session)
        finally:
            serving.cancel()
            await asyncio.wait([serving])
            await reader.aclose()


@asynccontextmanager
async def ledger_at(url: str) -> AsyncIterator[SqlLedger]:
    ledger = SqlLedger(url)
    try:
        yield ledger
    finally:
        await ledger.aclose()


async def kept(url: str, *these: Past) -> None:
    """Let a ledger live through that."""
    async with ledger_at(url) as ledger:
        await keep(ledger, these)
