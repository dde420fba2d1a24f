"""Indexes or searches with one peer, in its own environment: ``python -m benchmarks.peers.trial``."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

MOST = 60
"""Pieces asked for to fill a context; the longest contexts here need about 40."""
LOOPBACK = ("127.", "::1", "localhost")


def stay_here(event: str, arguments: Sequence[Any]) -> None:
    """An audit hook that lets nothing be reached but this machine."""
    if event not in ("socket.connect", "socket.getaddrinfo"):
        return
    address = arguments[1] if event == "socket.connect" else arguments[0]
    host = address[0] if isinstance(address, tuple) else address
    if isinstance(host, str) and "/" not in host and not host.startswith(LOOPBACK):
        raise PermissionError(f"{host} is not on this machine")


def indexed(load: Callable[[], Any], docs: Path, database: Path) -> Mapping[str, Any]:
    """How many pieces there are, the seconds and the CPU seconds it took, with what is imported for it."""
    start = perf_counter()
    pieces = load().index(docs, database)
    return {"pieces": pieces, "seconds": perf_counter() - start, "cpu": process_time()}


def searched(peer: Any, docs: Path, database: Path, questions: Sequence[str]) -> Mapping[str, Any]:
    """For each question the milliseconds and context of the peer's own ``K``, first pages, a full context."""
    store = peer.opened(database)
    peer.search(store, "warm up", peer.K)
    return {"k": peer.K, "questions": [_one(peer, store, docs, question) for question in questions]}


def _one(peer: Any, store: Any, docs: Path, question: str) -> Mapping[str, Any]:
    start = perf_counter()
    own = peer.search(store, question, peer.K)
    milliseconds = (perf_counter() - start) * 1000
    five, many = peer.search(store, question, 5), peer.search(store, question, MOST)
    return {
        "milliseconds": milliseconds,
        "pages": [str(Path(path).relative_to(docs)) for path, _ in five],
        "own": peer.context(own),
        "full": peer.context(many),
        "lengths": [len(text) for _, text in many],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", choices=["index", "search"])
    parser.add_argument("peer")
    for name in ("docs", "database", "result"):
        parser.add_argument(name, type=Path)
    given = parser.parse_args()
    sys.addaudithook(stay_here)

    def load() -> Any:
        return import_module(f"benchmarks.peers.scripts.{given.peer}")

    if given.work == "index":
        result = indexed(load, given.docs, given.database)
    else:
        result = searched(load(), given.docs, given.database, json.load(sys.stdin))
    given.result.write_text(json.dumps(result))


if __name__ == "__main__":
    main()
