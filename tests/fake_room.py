"""A platform as the support team uses it, in memory: what was posted, told and marked is read."""

from collections.abc import Collection

from bot.channels.posts import Entry
from bot.errors import SurfaceUnavailable
from bot.support.handoff_ports import Sign
from bot.support.handoffs import Card


class FakeRoom:
    """Implements ``bot.support.handoff_ports.Room``; ``error`` comes instead of anything that is shown."""

    def __init__(self, platform: str = "fake", members: Collection[str] = ("ben", "eva")) -> None:
        self.platform, self.members = platform, members
        self.error: SurfaceUnavailable | None = None
        self.cards: dict[str, Card] = {}
        self.remarks: list[tuple[str, str, tuple[str, ...]]] = []
        """The card's message, empty for the channel itself; the sentence; who was called."""
        self.told: list[tuple[str, str, str, str]] = []
        """The question's message; the sentence; the person; what that person said."""
        self.marks: list[tuple[str, Sign]] = []

    async def post(self, channel: str, card: Card) -> str:
        self._available()
        message = f"card {len(self.cards)}"
        self.cards[message] = card
        return message

    async def redraw(self, channel: str, message: str, card: Card) -> None:
        self._available()
        assert message in self.cards
        self.cards[message] = card

    async def remark(self, channel: str, message: str, sentence: str, people: Collection[str] = ()) -> None:
        self._available()
        self.remarks.append((message, sentence, tuple(people)))

    async def tell(self, entry: Entry, sentence: str, *, person: str = "", said: str = "") -> None:
        self._available()
        self.told.append((entry.message, sentence, person, said))

    async def mark(self, entry: Entry, sign: Sign) -> None:
        self._available()
        self.marks.append((entry.message, sign))

    async def link(self, entry: Entry) -> str:
        return f"https://chat.example/{entry.message}"

    async def belongs(self, channel: str, person: str) -> bool:
        return person in self.members

    def _available(self) -> None:
        if self.error:
            raise self.error
