"""The one web port: serves what other parts open on it."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, nullcontext

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Message, Receive

from bot.errors import SurfaceUnavailable

Handler = Callable[[Request], Awaitable[Response]]
METHODS = ["GET", "POST"]
BODY_BYTES = 2_000_000
CLOSE_SECONDS = 5


class Doors:
    """Handlers by their path; a part opens its own while it runs."""

    def __init__(self) -> None:
        self._handlers: dict[str, Handler] = {}

    @contextmanager
    def open(self, path: str, handler: Handler) -> Iterator[None]:
        """Within, ``handler`` answers requests to ``path``; and to all below, where it ends in ``/``.

        The longest path that fits is asked, so that what is opened at ``/`` gets what nobody else takes.
        """
        self._handlers[path] = handler
        try:
            yield
        finally:
            del self._handlers[path]

    async def serve(self, request: Request) -> Response:
        """Pass a request on; 404 where no part has that path, 413 and 400 for bad bodies."""
        handler = self._handler(request.url.path)
        if handler is None:
            return PlainTextResponse("There is nothing here.", status_code=404)
        body = await _body(request)
        if body is None:
            return PlainTextResponse("The request is too large.", status_code=413)
        try:
            body.decode()
        except UnicodeDecodeError:
            return PlainTextResponse("The request is not text.", status_code=400)
        return await handler(Request(request.scope, _again(body)))

    def _handler(self, path: str) -> Handler | None:
        if path in self._handlers:
            return self._handlers[path]
        above = [opened for opened in self._handlers if opened.endswith("/") and path.startswith(opened)]
        return self._handlers[max(above, key=len)] if above else None


async def _body(request: Request) -> bytes | None:
    """The whole body; None where it is larger than is taken, whatever its headers say."""
    size = request.headers.get("content-length", "0")
    if not size.isdigit() or int(size) > BODY_BYTES:
        return None
    read = bytearray()
    async for part in request.stream():
        read += part
        if len(read) > BODY_BYTES:
            return None
    return bytes(read)


def _again(body: bytes) -> Receive:
    """Gives a body that was read before."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _healthy(request: Request) -> Response:
    del request
    return PlainTextResponse("ok")


async def serve_web(host: str, port: int, doors: Doors, ready: asyncio.Event) -> None:
    """Listen until cancelled; ``ready`` is set when requests are taken.

    Raises SurfaceUnavailable where the port cannot be had.
    """
    try:
        listening = socket.create_server((host, port), family=_family(host))
    except OSError as error:
        reason = f"the web port {port} on {host} cannot be opened ({(error.strerror or 'refused').lower()})"
        raise SurfaceUnavailable(reason, passing=True) from error
    # What is accepted here inherits it; asyncio sets it only where it made the socket itself. Without it the
    # end of each larger reply waits 40 ms for an acknowledgement.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with listening:
        await _serve(uvicorn.Server(_config(doors)), listening, ready)


def _config(doors: Doors) -> uvicorn.Config:
    app = Starlette(
        routes=[
            Route("/health", _healthy),
            Route("/{path:path}", doors.serve, methods=METHODS),
        ]
    )
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=CLOSE_SECONDS,
        # Who asks is who is connected; the pages themselves know which proxy to believe.
        proxy_headers=False,
        server_header=False,
    )


async def _serve(server: uvicorn.Server, listening: socket.socket, ready: asyncio.Event) -> None:
    # Signals are the service's business.
    server.capture_signals = nullcontext  # type: ignore[method-assign,assignment]
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        ready.set()
        await asyncio.shield(serving)
    finally:
        server.should_exit = True
        await asyncio.wait([serving])


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
