"""Slows down whoever tries wrong tokens."""

from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

FREE_TRIES = 3
LONGEST_SECONDS = 300.0
FORGOTTEN_SECONDS = 900.0
MOST_KEPT = 10_000
IPV6_PREFIX = 64
"""One household has so many addresses; they count as one."""


class Guesses:
    """Wrong tokens by where they came from. After three, each one doubles the time until the next counts."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """``clock`` gives seconds."""
        self._clock = clock
        self._failed: dict[str, tuple[int, float]] = {}

    def wait(self, address: str) -> float:
        """Seconds until a token from ``address`` is looked at again; 0 for now."""
        times, last = self._failed.get(_network(address), (0, 0.0))
        if times < FREE_TRIES:
            return 0.0
        pause = min(2.0 ** (times - FREE_TRIES), LONGEST_SECONDS)
        return max(0.0, last + pause - self._clock())

    def failed(self, address: str) -> None:
        """A token was wrong."""
        place, now = _network(address), self._clock()
        times, last = self._failed.pop(place, (0, now))
        times = 0 if now - last > FORGOTTEN_SECONDS else times
        self._failed[place] = (min(times + 1, 64), now)
        while len(self._failed) > MOST_KEPT:
            del self._failed[next(iter(self._failed))]

    def succeeded(self, address: str) -> None:
        """A token was right."""
        self._failed.pop(_network(address), None)


def _network(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        return (
            str(int(parsed) >> (128 - IPV6_PREFIX)) if parsed.ipv4_mapped is None else str(parsed.ipv4_mapped)
        )
    return str(parsed)
