"""A process that works on a ledger (``ACTION URL OWNER``) as soon as it reads a line."""

import asyncio
import json
import sys
from typing import Any

from adapters.ledger.ledger import SqlLedger
from bot.channels.posts import Entry, Lease
from bot.model import Place

MESSAGES = 200
PLACE = Place(platform="slack", workspace="T1", channel="C1", thread="1")


async def act(action: str, ledger: SqlLedger, owner: str) -> Any:
    """What the action found, as JSON."""
    match action:
        case "check":
            return await ledger.check()
        case "claim":
            return [number for number in range(MESSAGES) if await claimed(ledger, owner, number)]
        case "take_over":
            taken = await ledger.take_over("slack", Lease(owner=owner, until=1e12), 50.0)
            return [int(entry.message) for entry in taken]
        case _:
            return await write(ledger, owner)


async def claimed(ledger: SqlLedger, owner: str, number: int) -> bool:
    """Whether this process may answer message ``number``."""
    entry = Entry(
        ref=f"{owner}-{number}",
        place=PLACE,
        message=str(number),
        asker="U1",
        text="x" * 3000,
        via="mention",
        at=float(number),
    )
    return await ledger.claim(entry, Lease(owner=owner, until=10.0))


async def write(ledger: SqlLedger, owner: str) -> None:
    """Claim until killed, saying what was claimed."""
    number = 0
    while True:
        await claimed(ledger, owner, number)
        print(number, flush=True)
        number += 1


async def main(action: str, url: str, owner: str) -> None:
    """Do it when told to."""
    ledger = SqlLedger(url, patience=30.0)
    print("ready", flush=True)
    sys.stdin.readline()
    print(json.dumps(await act(action, ledger, owner)))
    await ledger.aclose()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
