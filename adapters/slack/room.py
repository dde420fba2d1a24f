"""Slack as the support team uses it: its channel with the cards, and the threads of those who ask."""

from collections.abc import Collection

from adapters.slack import blocks
from adapters.slack.card import card as card_blocks
from adapters.slack.card import mentions, notice, typed
from adapters.slack.chat import Chat, SlackRefused
from adapters.slack.mrkdwn import escape, mrkdwn
from bot.channels.posts import Entry
from bot.support.handoff_ports import Sign
from bot.support.handoffs import Card

EMOJI: dict[Sign, str] = {
    "seen": "eyes",
    "claimed": "raising_hand",
    "resolved": "white_check_mark",
    "not_support": "no_entry_sign",
}


class SlackRoom:
    """A ``bot.support.handoff_ports.Room``."""

    platform = "slack"

    def __init__(self, chat: Chat) -> None:
        self._chat = chat

    async def post(self, channel: str, card: Card) -> str:
        """Post a card."""
        return await self._chat.post(channel, "", notice(card), card_blocks(card))

    async def redraw(self, channel: str, message: str, card: Card) -> None:
        """Show a card as it is now."""
        await self._chat.update(channel, message, notice(card), card_blocks(card))

    async def remark(self, channel: str, message: str, sentence: str, people: Collection[str] = ()) -> None:
        """Say something below a card; ``sentence`` is Markdown."""
        text = f"{mentions(people)} {mrkdwn(sentence)}".strip()
        await self._chat.post(channel, message, text, ())

    async def tell(self, entry: Entry, sentence: str, *, person: str = "", said: str = "") -> None:
        """Say something in the thread of a question; who asked by a command is written to."""
        words = escape(sentence).format(person=mentions([person]) or "A member")
        shown = [blocks.section(words), *typed(said)]
        text = f"{words} {escape(said)}".strip()[: blocks.SECTION_CHARS]
        if entry.via == "command":
            about = blocks.note(f"About your question: {' '.join(entry.text.split())[:200]}")
            await self._chat.post(entry.asker, "", text, [about, *shown])
        else:
            await self._chat.post(entry.place.channel, entry.place.thread, text, shown)

    async def mark(self, entry: Entry, sign: Sign) -> None:
        """React to the question's message; there is none of a command."""
        if entry.via != "command":
            await self._chat.react(entry.place.channel, entry.message, EMOJI[sign])

    async def link(self, entry: Entry) -> str:
        """The address of the question's message; of a command's there is none."""
        return (
            await self._chat.permalink(entry.place.channel, entry.message) if entry.via != "command" else ""
        )

    async def belongs(self, channel: str, person: str) -> bool:
        """Whether somebody is a member of the team's channel now."""
        try:
            return person in await self._chat.members(channel)
        except SlackRefused as error:
            if error.passing:
                raise
            return False
