"""A server's address: what people may read of it, its login, and whether anything listens there."""

import asyncio
import base64
import contextlib
import socket
import ssl
from urllib.parse import unquote, urlsplit, urlunsplit
from urllib.request import getproxies, proxy_bypass


class NothingThere(Exception):
    """Nobody accepts a connection; ``str()`` says why in a few words."""


def is_http_address(url: str) -> bool:
    """Whether ``url`` is an http(s) address with a host and a possible port."""
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def without_credentials(url: str) -> str:
    """``url`` as people may read it: no user, password, query or fragment; empty where it is none."""
    if not is_http_address(url):
        return ""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}".rstrip("/")


def split_login(url: str) -> tuple[str, str]:
    """``url`` without ``user:password@``, and the Authorization header that stands for it, or ""."""
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    login = base64.b64encode(unquote(user).encode()).decode()
    return urlunsplit(parts._replace(netloc=host)), f"Basic {login}" if at else ""


async def knock(url: str, seconds: float) -> None:
    """Opens a connection and closes it again; behind a proxy there is nothing to ask.

    Raises NothingThere.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    if getproxies().keys() & {parts.scheme, "all"} and not proxy_bypass(host):
        return
    try:
        async with asyncio.timeout(seconds):
            _, writer = await asyncio.open_connection(host, port)
    except (socket.gaierror, UnicodeError) as error:
        raise NothingThere("its host name is not known") from error
    except TimeoutError as error:
        raise NothingThere(f"no connection within {seconds:g} s") from error
    except OSError as error:
        raise NothingThere("") from error
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


def is_certificate_problem(error: BaseException | None) -> bool:
    """Whether a TLS handshake is what ``error``, or an error that led to it, is about."""
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
