"""The parts of the service: which come back, and when all of it ends."""

import asyncio

import pytest

from bot.channels import serving
from bot.channels.serving import Part, supervise
from bot.errors import SurfaceUnavailable
from config.warming import warming

WRONG = SurfaceUnavailable("the token is wrong")
AWAY = SurfaceUnavailable("it does not answer", passing=True)


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(serving, "FIRST_SECONDS", 0.0)


class Scripted:
    """A part whose runs go as the script says: an error to raise, or None to be ready and stay."""

    def __init__(self, *script, after=None):
        self.script, self.after = list(script), after
        self.up = asyncio.Event()

    async def run(self, ready):
        if self.after:
            await self.after.wait()
        if error := self.script.pop(0):
            raise error
        ready.set()
        self.up.set()
        await asyncio.Event().wait()


def part(name, scripted):
    return Part(name=name, run=scripted.run, surface=name in {"slack", "discord"})


async def served(told, **parts):
    """The outcome of a service that nobody stops."""
    running = supervise([part(name, one) for name, one in parts.items()], asyncio.Event(), told)
    return await asyncio.wait_for(running, 5)


async def test_a_token_that_is_wrong_from_the_beginning_ends_the_service_in_one_line():
    told = []
    web = Scripted(None)
    assert await served(told.append, web=web, slack=Scripted(WRONG, after=web.up)) is False
    (line,) = [line for line in told if line.startswith("slack")]
    assert "the token is wrong." in line
    assert "Trying again" not in line


async def test_the_last_of_two_surfaces_to_be_refused_ends_the_service():
    told = []
    assert await served(told.append, slack=Scripted(WRONG), discord=Scripted(AWAY, AWAY, WRONG)) is False
    assert [line.partition(":")[0] for line in told].count("slack") == 1


async def test_one_surface_goes_on_where_another_is_refused():
    stop, told = asyncio.Event(), []
    discord = Scripted(AWAY, None)
    parts = [part("slack", Scripted(WRONG)), part("discord", discord)]
    running = asyncio.create_task(supervise(parts, stop, told.append))
    await asyncio.wait_for(discord.up.wait(), 5)
    stop.set()
    assert await running is True
    assert "discord: ready." in told
    assert "slack: the token is wrong. Trying again in 300 s." in told


async def test_a_surface_that_was_ready_once_is_tried_again_though_it_is_refused_later(monkeypatch):
    monkeypatch.setattr(serving, "HOPELESS_SECONDS", 0.0)
    stop = asyncio.Event()

    class Revoked(Scripted):
        async def run(self, ready):
            ready.set()
            await asyncio.sleep(0)  # so that this is seen before it is refused
            await super().run(ready)

    slack = Revoked(WRONG, None)
    running = asyncio.create_task(supervise([part("slack", slack)], stop))
    await asyncio.wait_for(slack.up.wait(), 5)
    stop.set()
    assert await running is True


async def test_what_is_no_surface_ends_nothing_when_it_is_refused():
    stop = asyncio.Event()
    web = Scripted(WRONG)
    told = []

    def tell(line):
        told.append(line)
        stop.set()

    assert await supervise([part("web", web)], stop, tell) is False
    assert told == ["web: the token is wrong. Trying again in 300 s."]


async def test_a_service_that_ends_early_lets_its_first_search_come_to_its_end():
    class Slow:
        def __init__(self):
            self.begun, self.go_on, self.ended = asyncio.Event(), asyncio.Event(), False

        async def search(self, query, limit):
            self.begun.set()
            await self.go_on.wait()
            self.ended = True

    slow = Slow()

    async def serve():
        async with warming(slow):
            await slow.begun.wait()
        return slow.ended

    ending = asyncio.create_task(serve())
    await slow.begun.wait()
    await asyncio.sleep(0)
    slow.go_on.set()
    assert await ending is True
