"""Measures the support team's pages over a ledger of 10,000 questions: over real HTTP, in one process."""

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from sqlalchemy import insert

from adapters.ledger.database import Database
from adapters.ledger.hand_offs import NAMES
from adapters.ledger.reading import LedgerReader
from adapters.ledger.rows import entry_row, rating_row
from adapters.ledger.tables import entries, hand_offs, ratings
from adapters.web.access import Access
from adapters.web.pages import Pages
from adapters.web.port import Doors, serve_web
from adapters.web.rooms import Sources
from bot.channels.posts import Lease
from bot.insight.gaps import Gap
from bot.insight.reporting import digest_of

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
QUESTIONS, ROUNDS, BATCH = 10_000, 40, 500
TOKEN = {"Authorization": "Bearer benchmark"}
PAGES = {
    "inbox": "/",
    "inbox, page 150": "/?page=150",
    "inbox, search": "/?q=kerberos",
    "inbox, voted down": "/?vote=down",
    "inbox, many filters": "/?q=backup&state=answered&kind=not_covered&where=slack/C_HELP&vote=down",
    "thread": "/t/" + f"{5000:032x}",
    "figures, 90 days": "/figures?days=90",
    "gaps, 90 days": "/gaps?days=90",
    "digest, 90 days": "/digest?days=90",
}


async def filled(database: Database) -> None:
    """Ten thousand questions of the last sixty days, with their ratings and hand-offs."""
    from simulated import past

    words = [f"word{number}" for number in range(800)]
    chance = random.Random(3)
    these = list(past(QUESTIONS, days=60, end=time.time()))
    for start in range(0, len(these), BATCH):
        part = these[start : start + BATCH]
        rows = [dict(entry_row(one.entry, Lease(owner="", until=0.0))) for one in part]
        for row in rows:
            # People word most questions in their own way, and answers are longer than a line.
            row["text"] = f"{row['text']} {' '.join(chance.choices(words, k=chance.randrange(6)))}"
            row["answer"] = (row["answer"] or "") + " lorem ipsum" * 80
        await database.rows(insert(entries).values(rows))
        if rated := [dict(rating_row(rating)) for one in part for rating in one.ratings]:
            await database.rows(insert(ratings).values(rated))
        handed = [one.hand_off for one in part if one.hand_off]
        if handed:
            values = [{name: getattr(one, name) for name in NAMES} | {"card_until": 0.0} for one in handed]
            await database.rows(insert(hand_offs).values(values))


@asynccontextmanager
async def served(reader: LedgerReader) -> AsyncIterator[tuple[str, Pages]]:
    """The pages on a free port of this machine."""

    async def same(gap: Gap) -> Gap:
        return gap

    pages = Pages(
        Access(token="benchmark", clock=time.time),
        Sources(records=reader, runs=lambda _: [], described=same),
        time.time,
    )
    port = _free_port()
    doors, ready = Doors(), asyncio.Event()
    with doors.open("/", pages.answer):
        serving = asyncio.create_task(serve_web("127.0.0.1", port, doors, ready))
        try:
            await ready.wait()
            yield f"http://127.0.0.1:{port}", pages
        finally:
            serving.cancel()
            await asyncio.wait([serving])


def _free_port() -> int:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


async def timed(session: aiohttp.ClientSession, address: str) -> float:
    """Milliseconds of one request, its body read."""
    begun = time.perf_counter()
    async with session.get(address, headers=TOKEN) as reply:
        await reply.read()
        if reply.status != 200:
            raise RuntimeError(f"{address} gave {reply.status}")
    return (time.perf_counter() - begun) * 1000


async def _beside(session: aiohttp.ClientSession, address: str) -> list[float]:
    making = asyncio.create_task(timed(session, f"{address}/digest?days=90"))
    times = [await timed(session, address)]
    while not making.done():
        times.append(await timed(session, address))
    return times


def summary(times: Sequence[float]) -> str:
    """The first, the median and the 95th percentile."""
    ordered = sorted(times[1:])
    p50, p95 = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
    return f"first {times[0]:.0f} ms, p50 {p50:.0f} ms, p95 {p95:.0f} ms"


async def measured(url: str) -> None:
    """Print a line for each page, for exports and for the digest."""
    database = Database(url, 5.0)
    reader = LedgerReader(database)
    begun = time.perf_counter()
    await filled(database)
    print(f"{QUESTIONS} questions written in {time.perf_counter() - begun:.1f} s")
    async with served(reader) as (address, _), aiohttp.ClientSession() as session:
        for name, path in PAGES.items():
            rounds = ROUNDS if "days" not in path else 3
            print(f"{name}: {summary([await timed(session, address + path) for _ in range(rounds)])}")
        for ending in ("csv", "json"):
            print(f"export, {ending}: {await timed(session, f'{address}/export.{ending}'):.0f} ms")
    async with served(reader) as (address, _), aiohttp.ClientSession() as session:
        print(f"inbox while a digest is made: {summary(await _beside(session, address))}")
    begun = time.perf_counter()
    made = await digest_of(reader, 60, time.time())
    took = time.perf_counter() - begun
    print(f"digest of {made.totals.questions} questions: {took:.2f} s, {len(made.gaps)} gaps")
    await reader.aclose()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measured(sys.argv[1] if len(sys.argv) > 1 else f"sqlite:///{folder}/ledger.db"))
