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
        """Within, ``handler`` answers requests to ``path``."""
        self._handlers[path] = handler
        try:
            yield
        finally:
            del self._handlers[path]

    async def serve(self, request: Request) -> Response:
        """Pass a request on; 404 where no part has that path, 413 and 400 for bad bodies."""
        handler = self._handlers.get(request.url.path)
        if handler is None:
            return PlainTextResponse("There is nothing here.", status_code=404)
        size = request.headers.get("content-length", "0")
        if not size.isdigit() or int(size) > BODY_BYTES:
            return PlainTextResponse("The request is too large.", status_code=413)
        try:
            (await request.body()).decode()
        except UnicodeDecodeError:
            return PlainTextResponse("The request is not text.", status_code=400)
        return await handler(request)


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
    app = Starlette(
        routes=[
            Route("/health", _healthy),
            Route("/{path:path}", doors.serve, methods=METHODS),
        ]
    )
    config = uvicorn.Config(
        app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=CLOSE_SECONDS
    )
    with listening:
        await _serve(uvicorn.Server(config), listening, ready)


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
