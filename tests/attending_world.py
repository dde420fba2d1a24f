"""A platform, a ledger and a bot in memory, with a clock that tests move."""

import asyncio

from bot.answering import Answerer, Limits
from bot.channels.attending import Attendant, FairUse
from bot.channels.listening import Rules
from bot.channels.replying import Replier
from bot.errors import SurfaceUnavailable
from bot.model import Place
from fake_ledger import FakeLedger
from fake_surface import FakeSurface, say
from fakes import FakeModel, FakeRetriever, passage

ASKED = "@bot How is data stored?"
AWAY = SurfaceUnavailable("Slack does not answer", passing=True)


async def nothing():
    return None


class World:
    """A surface, a ledger and a bot, with a clock that tests move."""

    def __init__(self, *, model=None, retriever=None, rules=None, ledger=None, sources=None, **fair):
        self.now = 110.0
        self.pauses, self.meanwhile = [], nothing
        self.surface, self.ledger = FakeSurface(), ledger or FakeLedger()
        self.model = model or FakeModel("It is kept in ", "object storage [1].")
        answerer = Answerer(
            retriever=retriever or FakeRetriever(passage()),
            model=self.model,
            limits=Limits(deadline_seconds=5),
        )
        self.bot = Attendant(
            replier=Replier(
                answerer=answerer, ledger=self.ledger, clock=lambda: self.now, sources=sources or {}
            ),
            ledger=self.ledger,
            rules=rules or Rules(),
            fair=FairUse(**fair),
            clock=lambda: self.now,
            sleep=self.sleep,
        )

    async def sleep(self, seconds):
        """Time passes, and with it goes what a test lets happen ``meanwhile``."""
        self.now += seconds
        self.pauses.append(seconds)
        await self.meanwhile()

    def replica(self, **fields):
        """Another process on the same ledger, in the same channels."""
        other = World(ledger=self.ledger, **fields)
        other.now, other.surface.number = self.now, self.surface.number
        other.surface.posts, other.surface.threads = self.surface.posts, self.surface.threads
        return other

    async def say(self, author, text, **fields):
        return await say(self.bot, self.surface, author, text, **fields)


def mention(world, id, author):
    place = Place(platform="fake", channel="c")
    return world.surface.write(id, place, author, "How is data stored?", mentions_bot=True)


async def begun(world):
    """A question whose answer stands still after its first words."""
    started, go_on = asyncio.Event(), asyncio.Event()

    async def gate():
        started.set()
        await go_on.wait()

    world.surface.gate = gate
    post = mention(world, "7", "ann")
    task = asyncio.create_task(world.bot.attend(post, world.surface))
    await started.wait()
    return post, task, go_on


async def halted(world, attending):
    """The bot has begun to attend to a message, and is about to read its thread; what lets it go on."""
    reading, go_on = asyncio.Event(), asyncio.Event()

    async def read():
        reading.set()
        await go_on.wait()

    world.surface.reading = read
    task = asyncio.create_task(attending)
    await reading.wait()
    world.surface.reading = nothing
    return task, go_on


async def tended(world):
    await world.bot.tend(world.surface)
    await world.bot.drain(5)
