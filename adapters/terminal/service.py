"""Runs the service on a terminal or under a process manager: says what happens, ends when told to."""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable

Tell = Callable[[str], None]
STOPPING = "Stopping: answers that have begun are finished first. Ctrl-C once more ends at once."


def run(serve: Callable[[asyncio.Event, Tell], Awaitable[bool]]) -> bool:
    """Run ``serve`` until SIGINT or SIGTERM; what it returned. A second SIGINT raises KeyboardInterrupt."""

    async def main() -> bool:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()

        def ask_to_stop() -> None:
            for name in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(name)
            say(STOPPING)
            stop.set()

        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, ask_to_stop)
        return await serve(stop, say)

    return asyncio.run(main())


def say(sentence: str) -> None:
    """A line for the operator; standard output stays free for what can be read by programs."""
    print(sentence, file=sys.stderr, flush=True)
