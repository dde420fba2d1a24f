"""Counts the questions of each person in the last minute."""

from collections import deque
from collections.abc import Callable

MINUTE = 60.0


class Pace:
    """A sliding window over one minute, in this process."""

    def __init__(self, per_minute: int, clock: Callable[[], float]) -> None:
        self._per_minute, self._clock = per_minute, clock
        self._asked: dict[str, deque[float]] = {}

    def allows(self, person: str) -> bool:
        """Whether ``person`` may ask once more now; counts the question if so."""
        now = self._clock()
        self._forget(now)
        times = self._asked.setdefault(person, deque())
        if len(times) >= self._per_minute:
            return False
        times.append(now)
        return True

    def _forget(self, now: float) -> None:
        for person in list(self._asked):
            times = self._asked[person]
            while times and times[0] <= now - MINUTE:
                times.popleft()
            if not times:
                del self._asked[person]
