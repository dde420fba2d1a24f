"""Discord as the support team uses it: its channel with the cards, and the threads of those who ask."""

from collections.abc import Collection, Sequence

from adapters.discord import content
from adapters.discord.card import called, mention
from adapters.discord.card import card as card_content
from adapters.discord.chat import Chat, DiscordRefused
from adapters.discord.content import PIECE_CHARS, Content
from adapters.discord.pacing import Pacing
from adapters.discord.spots import ThreadSpot, address, stands_in
from adapters.message_split import split
from bot.channels.posts import Entry
from bot.errors import SurfaceUnavailable
from bot.support.handoff_ports import Sign
from bot.support.handoffs import Card

EMOJI: dict[Sign, str] = {"seen": "👀", "claimed": "🙋", "resolved": "✅", "not_support": "🚫"}
CALLED = 60
"""At most so many people fit into one message."""
GONE = "the message is gone"


class DiscordRoom:
    """A ``bot.support.handoff_ports.Room``."""

    platform = "discord"

    def __init__(self, chat: Chat) -> None:
        self._chat, self._pacing = chat, Pacing()

    async def post(self, channel: str, card: Card) -> str:
        """Post a card; once more within minutes gives the same message."""
        return await self._chat.post(channel, card_content(card), nonce=f"card.{card.case.hand_off.ref[:20]}")

    async def redraw(self, channel: str, message: str, card: Card) -> None:
        """Show a card as it is now."""
        if not await self._chat.update(channel, message, card_content(card)):
            raise SurfaceUnavailable(GONE)

    async def remark(self, channel: str, message: str, sentence: str, people: Collection[str] = ()) -> None:
        """Say something in reply to a card."""
        ours = called(tuple(people))[:CALLED]
        text = " ".join([*map(mention, ours), sentence])
        await self._chat.post(channel, Content(text=text, people=ours), answering=message)

    async def tell(self, entry: Entry, sentence: str, *, person: str = "", said: str = "") -> None:
        """Say something in the thread of a question; who asked by a command is written to."""
        words = sentence.format(person=mention(person) if person else "A member")
        text = f"{words}\n{said}".strip()
        if entry.via == "command":
            about = content.note(f"About your question: {entry.text[:200]}")
            await self._say(await self._chat.private_channel(entry.asker), "", f"{about}\n{text}")
        else:
            await self._say(*await self._place(entry), text)

    async def mark(self, entry: Entry, sign: Sign) -> None:
        """React to the question's message; there is none of a command."""
        if entry.via != "command":
            await self._chat.react(await stands_in(self._chat, entry), entry.message, EMOJI[sign])

    async def link(self, entry: Entry) -> str:
        """The address of the question's message; nobody else can open a private conversation."""
        return await address(self._chat, entry) if entry.place.workspace else ""

    async def belongs(self, channel: str, person: str) -> bool:
        """Whether somebody is of those for whom the team's channel is."""
        try:
            return await self._chat.belongs(channel, person)
        except DiscordRefused as error:
            if error.passing:
                raise
            return False

    async def _say(self, channel: str, answering: str, text: str) -> None:
        first, *others = _pieces(text)
        await self._chat.post(channel, Content(text=first), answering=answering)
        for piece in others:
            await self._chat.post(channel, Content(text=piece))

    async def _place(self, entry: Entry) -> tuple[str, str]:
        """The question's thread, or the channel with the message to reply to.

        Raises SurfaceUnavailable where the thread is gone.
        """
        spot = ThreadSpot(self._chat, entry, self._pacing)
        await spot.open()
        if spot.channel == entry.place.thread:
            return spot.channel, ""
        if entry.reply:
            # The answer stands in the channel where no thread could be made; else its thread was deleted.
            await self._chat.message(spot.channel, entry.reply.split()[0])
        return spot.channel, entry.message


def _pieces(text: str) -> Sequence[str]:
    return split(text, PIECE_CHARS)
