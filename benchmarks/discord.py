"""How soon people see something in Discord, what Docent itself adds, and whether Discord's rules are kept.

``python -m benchmarks.discord``: against a Discord and a chat model on loopback ports. The times and the
memory are those of ``docent serve`` with a real index of the sample pages, each from the moment that a
question's event is sent to the arrival of the call that it causes. The edits and the pings are looked at with
a model in this process.
"""

import asyncio
import sys
import tempfile
import time
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

from benchmarks.platforms import PacedModel, indexed, row, show

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from discord_bot import ASKED, bot_in
from discord_double import DiscordDouble
from fakes import FakeModel, FakeRetriever, passage
from hostile import HOSTILE
from openai_double import OpenAIDouble
from services import Service, service

QUESTIONS, CROWD, MANY, BATCH = 40, 50, 1_000, 10


class Slow(FakeModel):
    """Writes twenty words a second, or repeats what is hostile."""

    async def stream(self, messages, *, effort=""):  # type: ignore[no-untyped-def]
        """The pieces, one after another."""
        async for piece in super().stream(messages, effort=effort):
            yield piece
            await asyncio.sleep(0.05)


async def main() -> None:
    """Measure and print a table."""
    print("| what | figure |\n| --- | --- |")
    with tempfile.TemporaryDirectory() as name:
        await served(Path(name))
    with tempfile.TemporaryDirectory() as name:
        await edits(Path(name))
    with tempfile.TemporaryDirectory() as name:
        await pings(Path(name))


async def served(work: Path) -> None:
    """What ``docent serve`` does."""
    folder = await indexed(work)
    async with DiscordDouble(window=0.05) as discord, OpenAIDouble() as double:
        paced = PacedModel()
        double.script = [paced] * 10_000
        environment = {
            "DISCORD_TOKEN": discord.token,
            "DOCENT_DISCORD__API_URL": discord.api_url,
            "DOCENT_LLM__BASE_URL": double.url,
            "DOCENT_LIMITS__QUESTIONS_PER_MINUTE": "100000",
            "PYTHONWARNINGS": "ignore",
        }
        async with service(folder, "--only", "discord", **environment) as running:
            await running.said("discord: ready.")
            await one_by_one(discord, paced)
            await crowd(discord)
            await memory(discord, double, running)


async def one_by_one(discord: DiscordDouble, paced: PacedModel) -> None:
    """Questions with nothing else going on."""
    typing, overheads, wholes = [], [], []
    for number in range(QUESTIONS):
        before = len(discord.calls())
        asked = await discord.says("ANN", "GENERAL", f"{ASKED} Number {number}.")
        sent = discord.message(asked).at
        await discord.answered(asked, timeout=60)
        calls = discord.calls()[before:]
        typing += [call.at - sent for call in calls if call.route.endswith("/typing")][:1]
        overheads.append(paced.asked[-1] - sent)
        wholes.append(max(call.at for call in calls) - sent)
        await discord.idle()
    show(f"typing is shown ({len(typing)} of {QUESTIONS}), p50 / p95", typing)
    show("own overhead before the model is asked, p50 / p95", overheads)
    show("whole answer (model without pause), p50 / p95", wholes)


async def crowd(discord: DiscordDouble) -> None:
    """Many at once."""
    start = time.perf_counter()
    asked = [
        await discord.says("ANN", "GENERAL", f"{ASKED} Number {number} of many.") for number in range(CROWD)
    ]
    await asyncio.gather(*(discord.answered(one, timeout=120) for one in asked))
    took = time.perf_counter() - start
    await discord.idle()
    once = sum(len(discord.answers(one)) == 1 for one in asked)
    row(f"{CROWD} mentions at once: answered once each, seconds for all", f"{once} of {CROWD}, {took:.1f}")


async def memory(discord: DiscordDouble, double: OpenAIDouble, running: Service) -> None:
    """Question after question, ten at a time; the double's and the model's own notes are thrown away."""
    sizes = {}
    for done in range(BATCH, MANY + BATCH, BATCH):
        asked = [
            await discord.says("ANN", "GENERAL", f"{ASKED} Number {done} {number}.")
            for number in range(BATCH)
        ]
        await asyncio.gather(*(discord.answered(one, timeout=120) for one in asked))
        discord.guild.calls.clear()
        double.requests.clear()
        sizes[done] = resident(running.process.pid)
    shown = " / ".join(f"{sizes[at]:.0f}" for at in (100, 500, MANY))
    row(f"memory after 100 / 500 / {MANY:,} questions", f"{shown} MB")


async def edits(work: Path) -> None:
    """Five long answers at once: in a thread each, then all in one channel that takes no threads."""
    model = Slow(*[f"word{number} " for number in range(200)], "and so it is in object storage [1].")
    async with DiscordDouble() as discord, bot_in(discord, work, model=model):
        for where in ("GENERAL", "FLAT"):
            asked = [await discord.says("ANN", where, ASKED) for _ in range(5)]
            await asyncio.gather(*(discord.answered(one, timeout=120) for one in asked))
        await discord.idle()
        times = defaultdict(list)
        for call in discord.calls("PATCH", "/messages/{message}"):
            times[call.path.split("/")[2]].append(call.at)
        gaps = [later - earlier for at in times.values() for earlier, later in pairwise(at)]
        figure = f"{sum(map(len, times.values()))}, {len(times)}, {min(gaps):.2f} s"
        row("edits, channels and threads, shortest time between two in one", figure)
        row("calls that Discord's rate limits forbade", str(len(discord.violations)))


async def pings(work: Path) -> None:
    """Questions, pages, titles and answers that want to call somebody."""
    model, shelf = FakeModel(), FakeRetriever()
    async with DiscordDouble(window=0.05) as discord, bot_in(discord, work, model=model, retriever=shelf):
        for text in HOSTILE:
            model.pieces = (text[:50], f"{text[50:]} [1].")
            shelf.passages = (passage(text, title=text[:200]),)
            asked = await discord.says("ANN", "GENERAL", f"{ASKED} {text}"[:1_990])
            await discord.answered(asked)
        await discord.idle()
        row(f"pings by {len(HOSTILE)} hostile questions and pages", str(len(discord.pings)))


def resident(process: int) -> float:
    """The memory that a process holds, in megabytes."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


if __name__ == "__main__":
    asyncio.run(main())
