"""The ledger in memory, for tests of the core: the same semantics as the one in a database."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from bot.channels.forgetting import Purge, Purged
from bot.channels.posts import Entry, Lease, Rating, State
from bot.errors import LedgerUnavailable
from bot.model import Answer, Place

PASSAGES_KEPT = 5


@dataclass(slots=True)
class Kept:
    """An entry with what only the ledger knows of it."""

    entry: Entry
    lease: Lease


class FakeLedger:
    """Implements ``bot.channels.ports.Ledger``; with ``down`` set, every method raises LedgerUnavailable."""

    def __init__(self) -> None:
        self.down = False
        self._kept: dict[str, Kept] = {}
        self._ratings: dict[tuple[str, str], Rating] = {}
        self._paused: set[tuple[str, str]] = set()

    @property
    def entries(self) -> Sequence[Entry]:
        """All entries in the order they were claimed, for assertions."""
        return [kept.entry for kept in self._kept.values()]

    def lease(self, ref: str) -> Lease:
        """Who works on an entry, for assertions."""
        return self._kept[ref].lease

    async def claim(self, entry: Entry, lease: Lease) -> bool:
        self._reachable()
        if entry.ref in self._kept or self._of(entry.place, entry.message):
            return False
        self._kept[entry.ref] = Kept(replace(entry, answer=_stored(entry.answer)), lease)
        return True

    async def reopen(self, ref: str, text: str, lease: Lease, *, revision: int) -> Entry | None:
        self._reachable()
        kept = self._kept.get(ref)
        if kept is None or kept.entry.state == "withdrawn" or kept.entry.revision != revision:
            return None
        kept.entry, kept.lease = kept.entry.revised(text), lease
        return kept.entry

    async def renew(self, refs: Collection[str], lease: Lease) -> Collection[str]:
        self._reachable()
        mine = [k for k in self._open() if k.entry.ref in refs and k.lease.owner == lease.owner]
        for kept in mine:
            kept.lease = lease
        return {kept.entry.ref for kept in mine}

    async def release(self, ref: str, until: float) -> None:
        self._reachable()
        kept = self._kept.get(ref)
        if kept and kept.entry.state == "open":
            kept.lease = Lease(owner="", until=until)

    async def take_over(self, platform: str, lease: Lease, now: float) -> Sequence[Entry]:
        self._reachable()
        over = [k for k in self._open() if k.entry.place.platform == platform and k.lease.until <= now]
        for kept in over:
            kept.entry, kept.lease = replace(kept.entry, attempts=kept.entry.attempts + 1), lease
        return sorted((kept.entry for kept in over), key=lambda entry: entry.at)

    async def replying(self, ref: str, reply: str) -> None:
        self._reachable()
        kept = self._kept.get(ref)
        if kept:
            kept.entry = replace(kept.entry, reply=reply)

    async def close(
        self, ref: str, *, revision: int, state: State, answer: Answer | None, now: float
    ) -> bool:
        self._reachable()
        kept = self._kept.get(ref)
        if kept is None or kept.entry.state != "open" or kept.entry.revision != revision:
            return False
        kept.entry = replace(kept.entry, state=state, answer=_stored(answer))
        kept.lease = Lease(owner="", until=now)
        return True

    async def withdraw(self, place: Place, message: str) -> Entry | None:
        self._reachable()
        kept = self._of(place, message)
        if kept is None:
            return None
        before = kept.entry
        kept.entry = replace(before, state="withdrawn")
        return before

    async def entry(self, ref: str) -> Entry | None:
        self._reachable()
        kept = self._kept.get(ref)
        return kept.entry if kept else None

    async def asked(self, place: Place, message: str) -> Entry | None:
        self._reachable()
        kept = self._of(place, message)
        return kept.entry if kept else None

    async def in_thread(self, place: Place, limit: int = 50) -> Sequence[Entry]:
        self._reachable()
        here = (place.platform, place.channel, place.thread)
        found = [
            entry
            for entry in self.entries
            if (entry.place.platform, entry.place.channel, entry.place.thread) == here
        ]
        return sorted(found, key=lambda entry: entry.at)[-limit:] if limit > 0 else []

    async def rate(self, rating: Rating) -> None:
        self._reachable()
        before = self._ratings.get((rating.ref, rating.person))
        if rating.ref in self._kept and (before is None or before.at <= rating.at):
            self._ratings[rating.ref, rating.person] = rating

    async def ratings(self, ref: str) -> Sequence[Rating]:
        self._reachable()
        found = [rating for rating in self._ratings.values() if rating.ref == ref]
        return sorted(found, key=lambda rating: (rating.at, rating.person))

    async def pause(self, place: Place, *, paused: bool, by: str, now: float) -> None:
        self._reachable()
        change = self._paused.add if paused else self._paused.discard
        change((place.platform, place.workspace))

    async def paused(self, place: Place) -> bool:
        self._reachable()
        return (place.platform, place.workspace) in self._paused

    async def purge(self, what: Purge, *, dry_run: bool = False) -> Purged:
        self._reachable()
        chosen = [kept for kept in self._kept.values() if _leaves(kept.entry, what)]
        refs = {kept.entry.ref for kept in chosen}
        rated = [key for key, rating in self._ratings.items() if key[0] in refs or self._by(rating, what)]
        under_way = [kept for kept in chosen if what.person and kept.entry.state == "open"]
        if not dry_run:
            for key in rated:
                del self._ratings[key]
            for kept in chosen:
                if kept in under_way:
                    kept.entry = replace(kept.entry, text="", asker="", state="withdrawn", answer=None)
                else:
                    del self._kept[kept.entry.ref]
        withdrawn = tuple(kept.entry.ref for kept in under_way)
        return Purged(questions=len(chosen), ratings=len(rated), withdrawn=withdrawn)

    async def check(self) -> str:
        self._reachable()
        return f"memory, {len(self._kept)} question{'' if len(self._kept) == 1 else 's'}"

    async def aclose(self) -> None:
        """There is nothing to close."""

    def _reachable(self) -> None:
        if self.down:
            raise LedgerUnavailable("The ledger cannot be reached.", "Try again in a minute.")

    def _by(self, rating: Rating, what: Purge) -> bool:
        here = self._kept[rating.ref].entry.place.platform == what.platform
        return here and rating.person == what.person and (what.before is None or rating.at < what.before)

    def _open(self) -> Sequence[Kept]:
        return [kept for kept in self._kept.values() if kept.entry.state == "open"]

    def _of(self, place: Place, message: str) -> Kept | None:
        key = (place.platform, place.channel, message)
        for kept in self._kept.values():
            if (kept.entry.place.platform, kept.entry.place.channel, kept.entry.message) == key:
                return kept
        return None


def _leaves(entry: Entry, what: Purge) -> bool:
    if what.before is not None and entry.at >= what.before:
        return False
    if what.person:
        return (entry.place.platform, entry.asker) == (what.platform, what.person)
    return what.before is not None and entry.state != "open"


def _stored(answer: Answer | None) -> Answer | None:
    if answer is None:
        return None
    kept = tuple(replace(passage, text="") for passage in answer.passages[:PASSAGES_KEPT])
    return replace(answer, passages=kept)
