"""Runs statements on the ledger's database, which is opened and brought up to date at the first of them."""

import asyncio
from collections.abc import Sequence

from sqlalchemy import Executable
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.ledger.connection import engine, parsed
from adapters.ledger.errors import translated
from adapters.ledger.migrating import migrate
from adapters.ledger.rows import Row
from bot.errors import LedgerUnavailable


class Database:
    """One database; every method raises LedgerUnavailable, and the next call tries anew."""

    def __init__(self, url: str, patience: float) -> None:
        """``patience``: how long a locked or silent database is waited for, in seconds."""
        self._url, self._patience = url, patience
        self._engine: AsyncEngine | None = None
        self._current = False
        self._opening = asyncio.Lock()
        self._running: set[asyncio.Task[Sequence[Row]]] = set()

    @property
    def address(self) -> URL:
        """Where it is."""
        return parsed(self._url)

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self.address.get_backend_name()

    async def rows(self, statement: Executable) -> Sequence[Row]:
        """What ``statement`` returns; it is a transaction of its own.

        It is brought to its end when the caller is cancelled: cut off in between, its connection and the
        thread behind it would be lost.
        """
        running = asyncio.create_task(self._run(statement))
        self._running.add(running)
        running.add_done_callback(self._ended)
        return await asyncio.shield(running)

    async def aclose(self) -> None:
        """Wait for what is running and close all connections; a later statement opens them again."""
        await asyncio.gather(*self._running, return_exceptions=True)
        if self._engine is not None:
            ending, self._engine, self._current = self._engine, None, False
            await ending.dispose()

    async def _run(self, statement: Executable) -> Sequence[Row]:
        try:
            # For a server that says nothing at all; psycopg then tries for 10 more seconds to cancel.
            with translated(self.address):
                async with asyncio.timeout(2 * self._patience):
                    opened = await self._opened()
                    async with opened.connect() as connection:
                        result = await connection.execute(statement)
                        return [dict(row._mapping) for row in result] if result.returns_rows else []
        except LedgerUnavailable:
            self._current = False
            raise

    def _ended(self, running: asyncio.Task[Sequence[Row]]) -> None:
        self._running.discard(running)
        if not running.cancelled():
            running.exception()  # looked at, for the caller may have been cancelled

    async def _opened(self) -> AsyncEngine:
        async with self._opening:
            if self._engine is None:
                self._engine = engine(self.address, self._patience)
            if not self._current:
                await migrate(self._engine)
                self._current = True
            return self._engine
