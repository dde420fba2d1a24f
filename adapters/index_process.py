"""Runs the indexer in a process of its own, so that answers never wait for it."""

import asyncio
import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from indexer.errors import IndexBusy, IndexingError

log = logging.getLogger(__name__)
BUSY = 75
"""The exit code of a run that found another one at work."""
GRACE_SECONDS = 5.0


async def index_apart(
    config: Path | None, sources: Sequence[str], cause: str, address: Callable[[], str], *, full: bool = False
) -> None:
    """One run of ``docent index`` over ``sources`` (empty: all), ``full`` to write every page.

    ``address`` opens the index in this process and says where the other one finds it. What the run did
    is in the history; it says itself in the log why it failed. Raises IndexBusy, IndexingError. Cancelled,
    it ends the run, and the next one completes it.
    """
    through = await asyncio.to_thread(address)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "index",
        *("--json", "--gently", "--cause", cause, "--through", through),
        *(("--full",) if full else ()),
        *(("--config", str(config)) if config else ()),
        *(word for source in sources for word in ("--source", source)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        code = await process.wait()
    finally:
        await _end(process)
    if code == BUSY:
        raise IndexBusy("Another process is indexing.")
    if code:
        raise IndexingError(f"The run ended with exit code {code}; `docent index history` says more.")
    log.info("index refreshed", extra={"cause": cause})


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), GRACE_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
