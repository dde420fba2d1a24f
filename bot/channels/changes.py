"""Remembers for some minutes what happened to messages whose question the ledger does not know yet."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from bot.channels.posts import Post
from bot.model import Place

KEPT_SECONDS, MOST = 300.0, 500
LOOSE_SECONDS = 20.0
"""So long after a deletion another process may still take the question, which it had begun to look at."""
Value = TypeVar("Value")


class Recent(Generic[Value]):
    """What was put here last, by key: for five minutes, and at most the latest five hundred."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._kept: dict[Hashable, tuple[float, Value]] = {}

    def put(self, key: Hashable, value: Value) -> None:
        """Keep ``value``, in place of another one of that key."""
        now = self._clock()
        self._kept.pop(key, None)
        self._kept[key] = now, value
        for old, (at, _) in list(self._kept.items()):
            if at > now - KEPT_SECONDS and len(self._kept) <= MOST:
                break
            del self._kept[old]

    def get(self, key: Hashable) -> Value | None:
        """What was put here under that key."""
        at, value = self._kept.get(key, (0.0, None))
        return value if at > self._clock() - KEPT_SECONDS else None

    def since(self, time: float) -> Sequence[Value]:
        """What was put here after ``time``."""
        return [value for at, value in self._kept.values() if at > time]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """Of one message; ``found`` where the ledger knew its question."""

    place: Place
    message: str
    found: bool = False


class Changes:
    """The edits and deletions of the last minutes."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._texts: Recent[str] = Recent(clock)
        self._deletions: Recent[Deletion] = Recent(clock)

    def edited(self, post: Post) -> None:
        """A message has a new text."""
        self._texts.put(_key(post.place, post.id), post.text)

    def deleted(self, place: Place, message: str, *, found: bool = False) -> None:
        """A message is gone."""
        deletion = Deletion(place=place, message=message, found=found)
        self._deletions.put(_key(place, message), deletion)

    def latest(self, post: Post) -> Post:
        """``post`` as it reads now."""
        text = self._texts.get(_key(post.place, post.id))
        return post if text is None else replace(post, text=text)

    def gone(self, post: Post) -> bool:
        """Whether ``post`` was deleted."""
        return self._deletions.get(_key(post.place, post.id)) is not None

    def loose(self) -> Sequence[Deletion]:
        """Deletions of the last moments whose question may still turn up."""
        return [one for one in self._deletions.since(self._clock() - LOOSE_SECONDS) if not one.found]


def _key(place: Place, message: str) -> Hashable:
    return place.platform, place.channel, message
