"""Socket Mode: tickets, hello, envelopes to one connection at random, acknowledgements, disconnects."""

import asyncio
import json
import time
from contextlib import suppress
from typing import Any

from aiohttp import WSMsgType, web

from slackd.deliveries import Attempt, Deliveries, Delivery
from slackd.records import APP, Fields
from slackd.workspace import Workspace

MOST = 10


class Socket:
    """One connection of the app."""

    def __init__(self, number: int, ws: web.WebSocketResponse, transport: Any) -> None:
        self.number = number
        self.ws = ws
        self.transport = transport
        self.ready = False
        self.retiring = False
        """Whether Slack asked the app to leave it."""
        self.received: list[Fields] = []
        self.pongs = 0
        self.alive = True


class Sockets:
    """All connections of the app; a Route."""

    def __init__(self, workspace: Workspace, deliveries: Deliveries) -> None:
        self.workspace = workspace
        self.deliveries = deliveries
        self.base = ""
        self.all: list[Socket] = []
        """Closed ones too."""
        self._tickets: set[str] = set()
        self._envelopes: dict[str, Delivery] = {}

    @property
    def live(self) -> list[Socket]:
        return [socket for socket in self.all if socket.alive and socket.ready]

    def open_url(self, workspace: Workspace, args: Fields) -> Fields:
        """apps.connections.open: an address that takes one connection."""
        ticket = f"{workspace.random.getrandbits(96):x}"
        self._tickets.add(ticket)
        return {"url": f"{self.base}/link/?ticket={ticket}&app_id={APP}"}

    def ready(self) -> bool:
        return bool(self.live)

    async def send(self, delivery: Delivery, retry: int, reason: str, avoid: Any = None) -> None:
        staying = [socket for socket in self.live if not socket.retiring] or self.live
        choice = [socket for socket in staying if socket is not avoid] or staying
        if choice:
            await self.send_to(self.workspace.random.choice(choice), delivery, retry, reason)

    async def send_to(self, socket: Socket, delivery: Delivery, retry: int, reason: str) -> None:
        """Sends an envelope over one connection."""
        envelope = self.workspace.id("envelope-")
        self._envelopes[envelope] = delivery
        frame: Fields = {
            "envelope_id": envelope,
            "payload": delivery.payload,
            "type": delivery.kind,
            "accepts_response_payload": delivery.kind != "events_api",
        }
        if delivery.kind == "events_api":
            frame |= {"retry_attempt": retry, "retry_reason": reason}
        delivery.attempts.append(Attempt(at=time.perf_counter(), retry=retry, via=socket))
        with suppress(ConnectionError):
            await socket.ws.send_json(frame)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=404)
        self._tickets.discard(ticket)
        ws = web.WebSocketResponse(autoping=False)
        await ws.prepare(request)
        socket = Socket(len(self.all), ws, request.transport)
        self.all.append(socket)
        with suppress(ConnectionError):
            await self._converse(socket)
        socket.alive = False
        self.workspace.changes.note()
        return ws

    async def _converse(self, socket: Socket) -> None:
        if len(self.live) >= MOST:
            await socket.ws.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.ws.close()
            return
        await socket.ws.send_json(self._hello())
        socket.ready = True
        self.workspace.changes.note()
        self.deliveries.connected()
        async for message in socket.ws:
            if message.type == WSMsgType.PING:
                await socket.ws.pong(message.data)
            elif message.type == WSMsgType.PONG:
                socket.pongs += 1
                self.workspace.changes.note()
            elif message.type == WSMsgType.TEXT:
                self._said(socket, message.data)

    def _hello(self) -> Fields:
        debug = {"host": "applink", "build_number": 1, "approximate_connection_time": 18060}
        count = len(self.live) + 1
        app = {"app_id": APP}
        return {"type": "hello", "num_connections": count, "debug_info": debug, "connection_info": app}

    def _said(self, socket: Socket, text: str) -> None:
        frame = json.loads(text)
        socket.received.append(frame)
        delivery = self._envelopes.get(str(frame.get("envelope_id")))
        if delivery is not None:
            self.deliveries.acknowledge(delivery, frame.get("payload"))

    async def disconnect(self, reason: str, socket: Socket | None) -> None:
        """Asks the app to leave a connection, or all of them: ``warning`` or ``refresh_requested``."""
        for one in [socket] if socket else self.live:
            one.retiring = reason == "refresh_requested"
            await one.ws.send_json(
                {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink"}}
            )

    def drop(self, socket: Socket | None) -> None:
        """Cuts a connection, or all of them, without a word."""
        for one in [socket] if socket else self.live:
            one.alive = False
            one.transport.abort()
            self.deliveries.lost(one)

    async def ping(self) -> None:
        """Pings all connections and waits for their pongs."""
        before = {socket: socket.pongs for socket in self.live}
        for socket in before:
            await socket.ws.ping(b"applink")

        def answered() -> bool:
            return all(socket.pongs > pongs for socket, pongs in before.items())

        await self.workspace.changes.until(answered, 10, lambda: "no pong")

    async def close(self) -> None:
        """Closes all connections."""
        async with asyncio.timeout(5):
            await asyncio.gather(*(socket.ws.close() for socket in self.all), return_exceptions=True)
