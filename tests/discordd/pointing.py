"""Points discord.py at another address than Discord's, for as long as a test lasts."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def pointed_at(api_url: str, gateway_url: str) -> Iterator[None]:
    """Lets every client of discord.py in this process talk to these addresses, then to Discord again."""
    from discord.gateway import DiscordWebSocket
    from discord.http import Route
    from yarl import URL

    before = (Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY)
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = api_url, URL(gateway_url)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before
