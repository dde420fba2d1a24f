"""Where the messages of an answer go: a thread, a channel, or one person's eyes only."""

import logging
from typing import Protocol

import discord

from adapters.discord.chat import GONE, Chat, DiscordRefused, translated
from adapters.discord.content import Content
from adapters.discord.pacing import Pacing
from adapters.drawing import Messages
from bot.channels.posts import Entry
from bot.model import Place

log = logging.getLogger(__name__)
NAME_CHARS = 90


class Spot(Messages[Content], Protocol):
    """The messages of one answer, and what stands around them. Every method raises SurfaceUnavailable."""

    async def open(self) -> None:
        """Make sure that there is a place to post in; the first post does it, too."""
        ...

    async def typing(self) -> None:
        """Show for ten seconds that an answer is on its way."""
        ...

    async def clear(self) -> None:
        """All messages are gone: take away what was made for them."""
        ...


class ThreadSpot:
    """A thread below the question, made when it is needed; the channel where there can be none."""

    def __init__(self, chat: Chat, entry: Entry, pacing: Pacing) -> None:
        self._chat, self._entry, self._pacing = chat, entry, pacing
        self._channel = entry.place.thread if is_known(chat, entry.place) else ""
        self._made = False
        self._posted = 0

    @property
    def channel(self) -> str:
        """Where it is, once it is open."""
        return self._channel

    async def open(self) -> None:
        """Find or make the thread."""
        if not self._channel:
            self._channel = await self._thread() or self._entry.place.channel

    async def typing(self) -> None:
        """Show it where the answer will stand, or where the question stands until that is known."""
        await self._chat.typing(self._channel or self._entry.place.channel)

    async def post(self, content: Content) -> str:
        """Post into the thread; into the channel where that is refused."""
        await self.open()
        try:
            return await self._post(content)
        except DiscordRefused as error:
            place = self._entry.place
            if error.status != 403 or place.thread != self._entry.message or self._channel == place.channel:
                raise
            log.info("thread not written into, answering in the channel", extra={"reason": error.reason})
            self._channel = place.channel
            return await self._post(content)

    async def update(self, id: str, content: Content) -> bool:
        """Edit a message when its channel's turn comes."""
        await self.open()
        await self._pacing.turn(self._channel)
        return await self._chat.update(self._channel, id, content)

    async def delete(self, id: str) -> None:
        """Delete a message."""
        await self.open()
        await self._chat.delete(self._channel, id)

    async def clear(self) -> None:
        """Close a thread that was made for this answer; somebody may have written there meanwhile."""
        if self._made:
            await self._chat.archive(self._channel, archived=True)

    async def _post(self, content: Content) -> str:
        entry = self._entry
        # The first message of each try has a name of its own: it is posted once, whoever dies meanwhile.
        nonce = "" if self._posted or entry.reply else f"{entry.ref[:20]}.{entry.revision % 1000}"
        beside = self._channel == entry.place.channel != entry.place.thread
        id = await self._chat.post(
            self._channel, content, answering=entry.message if beside else "", nonce=nonce
        )
        self._posted += 1
        return id

    async def _thread(self) -> str:
        """The id of the question's thread; empty where there can be none. Raises SurfaceUnavailable."""
        place, entry = self._entry.place, self._entry
        if place.thread != entry.message:
            return await stands_in(self._chat, entry)
        if entry.reply:
            return place.thread if await self._chat.is_channel(place.thread) else ""
        try:
            made = await self._chat.open_thread(place.channel, entry.message, thread_name(entry.text))
        except DiscordRefused as error:
            if error.passing:
                raise
            if await self._chat.is_channel(place.thread):
                return place.thread
            if error.code in GONE:
                raise
            log.info("no thread, answering in the channel", extra={"reason": error.reason})
            return ""
        self._made = True
        return made


class PrivateSpot:
    """What only the person sees who used a command, for the fifteen minutes that Discord allows."""

    def __init__(self, interaction: discord.Interaction, pacing: Pacing) -> None:
        """``interaction`` was answered already, by Discord's "thinking"."""
        self._interaction, self._pacing = interaction, pacing
        self._first = True

    async def open(self) -> None:
        """It is there from the beginning."""

    async def typing(self) -> None:
        """Discord says that we are thinking."""

    async def post(self, content: Content) -> str:
        """The first message takes the place of "thinking"."""
        nobody = discord.AllowedMentions.none()
        async with translated():
            if self._first:
                self._first = False
                shown = await self._interaction.edit_original_response(
                    content=content.text, view=content.view(), allowed_mentions=nobody
                )
                return str(shown.id)
            added = await self._interaction.followup.send(
                content.text,
                view=content.view(),
                ephemeral=True,
                wait=True,
                suppress_embeds=True,
                allowed_mentions=nobody,
            )
        return str(added.id)

    async def update(self, id: str, content: Content) -> bool:
        """Edit one of the messages."""
        await self._pacing.turn(f"private {self._interaction.id}")
        async with translated():
            await self._interaction.followup.edit_message(
                int(id),
                content=content.text,
                view=content.view(),
                allowed_mentions=discord.AllowedMentions.none(),
            )
        return True

    async def delete(self, id: str) -> None:
        """Delete one of the messages."""
        async with translated():
            await self._interaction.followup.delete_message(int(id))

    async def clear(self) -> None:
        """Nobody else has seen it."""


class LetterSpot:
    """A private message to who used a command whose answer was interrupted."""

    def __init__(self, chat: Chat, entry: Entry, pacing: Pacing) -> None:
        self._chat, self._entry, self._pacing = chat, entry, pacing
        self._channel = ""

    async def open(self) -> None:
        """Open the private conversation."""
        self._channel = self._channel or await self._chat.private_channel(self._entry.asker)

    async def typing(self) -> None:
        """Nobody looks there yet."""

    async def post(self, content: Content) -> str:
        """Post into the private conversation."""
        await self.open()
        return await self._chat.post(self._channel, content)

    async def update(self, id: str, content: Content) -> bool:
        """Edit a message; what was shown by the command itself cannot be reached any more."""
        await self.open()
        await self._pacing.turn(self._channel)
        return await self._chat.update(self._channel, id, content)

    async def delete(self, id: str) -> None:
        """Delete a message."""
        await self.open()
        await self._chat.delete(self._channel, id)

    async def clear(self) -> None:
        """The conversation stays."""


async def stands_in(chat: Chat, entry: Entry) -> str:
    """The channel or thread in which the question's own message stands. Raises SurfaceUnavailable."""
    place = entry.place
    if place.thread == entry.message and not chat.is_forum(place.channel):
        return place.channel
    if is_known(chat, place) or await chat.is_channel(place.thread):
        return place.thread
    await chat.message(place.channel, entry.message)  # it may be gone, and its thread with it
    return place.channel


async def address(chat: Chat, entry: Entry) -> str:
    """The link to the question's message; of a command's there is none. Raises SurfaceUnavailable."""
    if entry.via == "command":
        return ""
    server = entry.place.workspace or "@me"
    return f"https://discord.com/channels/{server}/{await stands_in(chat, entry)}/{entry.message}"


def is_known(chat: Chat, place: Place) -> bool:
    """Whether there is a thread of that id for sure.

    A conversation that could have none is known by its first question, and goes on in the channel.
    """
    return not place.workspace or chat.knows(place.thread)


def thread_name(question: str) -> str:
    """What a thread is called: the beginning of its question."""
    return " ".join(question.split())[:NAME_CHARS].strip() or "Question"
