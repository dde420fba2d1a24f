"""What holds where processes share a ledger; run where a fixture ``url`` names an empty database."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from adapters.ledger.ledger import SqlLedger
from bot.model import Place
from ledger_process import MESSAGES, PLACE

ROOT = Path(__file__).parents[1]
Process = subprocess.Popen[str]


def begun(action: str, url: str, owner: str) -> Process:
    """A process that is ready and waits for the word."""
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "tests" / "ledger_process.py"), action, url, owner],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def together(action: str, url: str, count: int = 2) -> list[Any]:
    """What ``count`` processes found that acted at the same time."""
    processes = [begun(action, url, f"process{number}") for number in range(count)]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return [json.loads(process.communicate(timeout=60)[0]) for process in processes]


async def test_processes_that_claim_the_same_messages_get_each_of_them_once(url: str) -> None:
    first, second = together("claim", url)
    assert sorted([*first, *second]) == list(range(MESSAGES))
    ledger = SqlLedger(url)
    assert f"{MESSAGES} questions" in await ledger.check()
    await ledger.aclose()


async def test_processes_take_over_each_unfinished_entry_once(url: str) -> None:
    together("claim", url, count=1)
    taken = together("take_over", url, count=3)
    assert sorted(number for part in taken for number in part) == list(range(MESSAGES))


async def test_processes_that_start_at_once_on_an_empty_database_do_not_collide(url: str) -> None:
    found = together("check", url, count=4)
    assert [text.split(", ")[1] for text in found] == ["0 questions"] * 4


async def test_a_process_killed_while_it_writes_loses_nothing_it_had_claimed(url: str) -> None:
    process = begun("write", url, "killed")
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("go\n")
    process.stdin.flush()
    said = [int(process.stdout.readline()) for _ in range(50)]
    process.kill()
    # Not by communicate(), which leaves out what was read ahead.
    said += [int(line) for line in process.stdout.read().split("\n")[:-1]]
    process.communicate(timeout=60)
    ledger = SqlLedger(url)
    for number in said:
        assert await ledger.asked(Place(platform="slack", channel=PLACE.channel), str(number)) is not None
    unclaimed = {number for number in range(MESSAGES) if number not in said}
    # The last claim may have been written without being said.
    assert unclaimed - set(together("claim", url, count=1)[0]) <= {max(said) + 1}
    await ledger.aclose()
