"""A session of the gateway: what it is told, numbered, kept for a RESUME; and the connection it has."""

import asyncio
import json
import time
import zlib
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from aiohttp import web

from discordd.records import Fields

DISPATCH = 0


@dataclass(slots=True, kw_only=True)
class Event:
    """Something that the app was told, or would have been."""

    kind: str
    data: Fields
    at: float = field(default_factory=time.perf_counter)
    told: list[str] = field(default_factory=list)
    """The sessions that it was sent to, once for each time."""


class Packing(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...

    def flush(self, mode: int, /) -> bytes: ...


def packing(name: str) -> tuple[Packing | None, int]:
    """The stream compression that a connection asked for, with the mode of its flushes."""
    if name == "zlib-stream":
        return zlib.compressobj(), zlib.Z_SYNC_FLUSH
    if name == "zstd-stream":
        import zstandard  # type: ignore[import-not-found]

        return zstandard.ZstdCompressor().compressobj(), zstandard.COMPRESSOBJ_FLUSH_BLOCK
    return None, 0


class Link:
    """One connection; what is put into it is written in order by a task of its own."""

    def __init__(self, ws: web.WebSocketResponse, request: web.Request) -> None:
        self.ws = ws
        self.transport: Any = request.transport
        self.path = request.path
        self.alive = True
        self.close_code = 0
        self.heartbeats = 0
        self.session: Session | None = None
        self._packing, self._mode = packing(request.query.get("compress", ""))
        self._frames: asyncio.Queue[Fields | int] = asyncio.Queue()

    def put(self, frame: Fields) -> None:
        if self.alive:
            self._frames.put_nowait(frame)

    def close(self, code: int) -> None:
        """Closes it from Discord's side, behind what is still to be written."""
        self._frames.put_nowait(code)

    def cut(self) -> None:
        """Breaks it without a word."""
        self.alive = False
        self.transport.abort()

    @property
    def busy(self) -> bool:
        return self.alive and not self._frames.empty()

    async def write(self) -> None:
        """Writes until it is closed."""
        with suppress(ConnectionError, RuntimeError):
            while not isinstance(frame := await self._frames.get(), int):
                await self._write(frame)
            self.close_code = frame
            await self.ws.close(code=frame)

    async def _write(self, frame: Fields) -> None:
        text = json.dumps(frame)
        if self._packing is None:
            await self.ws.send_str(text)
            return
        packed = self._packing.compress(text.encode()) + self._packing.flush(self._mode)
        await self.ws.send_bytes(packed)


@dataclass(slots=True, kw_only=True)
class Session:
    """Lives on after its connection until it is forgotten."""

    id: str
    intents: int
    shard: tuple[int, int]
    link: Link | None = None
    sequence: int = 0
    log: list[Fields] = field(default_factory=list)
    forgotten: bool = False

    @property
    def connected(self) -> bool:
        return self.link is not None and self.link.alive

    def tell(self, kind: str, data: Fields) -> None:
        """Numbers an event, keeps it and sends it where there is a connection."""
        self.sequence += 1
        frame = {"op": DISPATCH, "t": kind, "s": self.sequence, "d": data}
        self.log.append(frame)
        if self.link is not None:
            self.link.put(frame)

    def replay(self, seen: int) -> int:
        """Sends again what came after ``seen``; gives how many."""
        missed = [frame for frame in self.log if frame["s"] > seen]
        for frame in missed:
            if self.link is not None:
                self.link.put(frame)
        return len(missed)
