"""What is due at set times: done once among processes, late but not too late, and again where it failed."""

from collections.abc import Awaitable, Callable
from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot.chores import Chore, Chores, daily
from bot.errors import LedgerUnavailable
from bot.insight.posting import Weekly, parts

DAY = 86_400.0


class World:
    """Processes that share what was taken, and a clock that tests set."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0
        self.taken: set[tuple[str, int]] = set()
        self.done: list[float] = []
        self.works, self.ready, self.down = True, True, False

    async def take(self, name: str, due: int) -> bool:
        if self.down:
            raise LedgerUnavailable("away")
        new = (name, due) not in self.taken
        self.taken.add((name, due))
        return new

    async def do(self, due: float) -> bool:
        self.done.append(due)
        return self.works

    def process(self, do: Callable[[float], Awaitable[bool]] | None = None, name: str = "x") -> Chores:
        chore = Chore(name=name, due=daily, do=do or self.do, ready=lambda: self.ready, late_seconds=DAY / 4)
        return Chores([chore], take=self.take, clock=lambda: self.now)


@pytest.fixture
def world() -> World:
    made = World()
    made.now = daily(made.now) + 60
    return made


async def test_what_is_due_is_done_once_by_one_of_many_processes(world: World) -> None:
    processes = [world.process() for _ in range(3)]
    for _ in range(3):
        for process in processes:
            await process.tend()
    assert world.done == [daily(world.now)]
    world.now += DAY
    for process in reversed(processes):
        await process.tend()
    assert world.done == [daily(world.now) - DAY, daily(world.now)]


async def test_a_process_that_cannot_do_it_leaves_it_to_another(world: World) -> None:
    process = world.process()
    world.ready = False
    await process.tend()
    assert (world.done, world.taken) == ([], set())
    world.ready = True
    await process.tend()
    assert len(world.done) == 1


async def test_what_failed_is_tried_again_by_who_took_it_until_it_is_too_late(world: World) -> None:
    process, other = world.process(), world.process()
    world.works = False
    for _ in range(3):
        await process.tend()
        await other.tend()
    assert len(world.done) == 3
    world.now += DAY / 4
    await process.tend()
    assert len(world.done) == 3
    world.now = daily(world.now) + DAY
    world.works = True
    await other.tend()
    await process.tend()
    assert len(world.done) == 4


async def test_a_service_that_was_away_for_long_does_nothing_of_what_it_missed(world: World) -> None:
    world.now += DAY / 2
    await world.process().tend()
    assert world.done == []


async def test_while_the_ledger_is_away_nothing_is_done_and_then_it_is(world: World) -> None:
    process = world.process()
    world.down = True
    await process.tend()
    assert world.done == []
    world.down = False
    await process.tend()
    assert len(world.done) == 1


async def test_a_defect_in_one_chore_keeps_no_other_from_being_done(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    async def breaks(due: float) -> bool:
        world.done.append(-due)
        raise ValueError("defect")

    async def sound(due: float) -> bool:
        return await world.do(due)

    chores = Chores(
        [Chore(name="a", due=daily, do=breaks), Chore(name="b", due=daily, do=sound)],
        take=world.take,
        clock=lambda: world.now,
    )
    await chores.tend()
    await chores.tend()
    assert world.done == [-daily(world.now), daily(world.now)]
    assert "defect in a chore" in caplog.text


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-02 09:00", "2026-03-02 09:00"),
        ("2026-03-02 08:59", "2026-02-23 09:00"),
        ("2026-03-08 23:59", "2026-03-02 09:00"),
        ("2026-03-30 09:30", "2026-03-30 09:00"),  # the clocks went forward on the 29th
        ("2026-03-30 08:30", "2026-03-23 09:00"),
        ("2026-10-26 09:00", "2026-10-26 09:00"),  # and back on the 25th
    ],
)
def test_a_time_of_the_week_is_that_of_the_clock_on_the_wall(now: str, expected: str) -> None:
    berlin = ZoneInfo("Europe/Berlin")

    def at(text: str) -> float:
        return datetime.fromisoformat(text).replace(tzinfo=berlin).timestamp()

    assert Weekly(day=0, at=time(9), zone=berlin).last(at(now)) == at(expected)


def test_a_long_digest_is_parted_between_lines() -> None:
    text = "\n".join(f"line {number}" for number in range(300))
    found = parts(text, 200)
    assert all(0 < len(part) <= 200 for part in found)
    assert "\n".join(found) == text
    assert parts("x" * 500, 200) == ["x" * 200]
    assert parts("short") == ["short"]
