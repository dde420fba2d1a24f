"""Reads what a reply refers to, so that it is understood without the channel around it."""

import logging
from dataclasses import replace

import discord

from adapters.discord.chat import Chat
from adapters.discord.payloads import Identity, post_of
from bot.channels.listening import is_closing
from bot.channels.ports import Ledger
from bot.channels.posts import Post
from bot.errors import LedgerUnavailable, SurfaceUnavailable

log = logging.getLogger(__name__)
QUOTE_CHARS = 1_000


class References:
    """Knows from Discord and from the ledger what a message answers."""

    def __init__(self, chat: Chat, me: Identity, ledger: Ledger) -> None:
        self._chat, self._me, self._ledger = chat, me, ledger

    async def read(self, post: Post, message: discord.Message) -> Post:
        """``post`` with what its message replies to; as it is where that cannot be read.

        A mention alone asks what it replies to. What replies to an answer of ours goes on with that
        conversation; what else stands in a channel gets the message quoted, for there is no thread to read.
        """
        if post.by != "human" or message.type is not discord.MessageType.reply:
            return post
        told = await self._told(post, message)
        quoted = post_of(told, self._me, post.place) if told else None
        if told is None or quoted is None:
            return post
        if quoted.by == "self":
            return post if post.place.thread else await self._following(post, told)
        return replace(post, text=_understood(post, quoted.text))

    async def _told(self, post: Post, message: discord.Message) -> discord.Message | None:
        """The message that ``message`` replies to; None where it is gone, or is not worth a call."""
        reference = message.reference
        if reference is None or isinstance(reference.resolved, discord.DeletedReferencedMessage):
            return None
        if reference.resolved is not None or not post.mentions_bot:
            return reference.resolved
        try:
            return await self._chat.message(str(reference.channel_id), str(reference.message_id))
        except SurfaceUnavailable as error:
            log.info("replied message not readable", extra={"reason": error.reason})
            return None

    async def _following(self, post: Post, answer: discord.Message) -> Post:
        """``post`` as part of the conversation whose ``answer`` stands in the channel, below its question."""
        asked = str(answer.reference.message_id) if answer.reference else ""
        try:
            entry = await self._ledger.asked(post.place, asked)
        except LedgerUnavailable as error:
            log.warning("ledger not read", extra={"reason": error.reason})
            return post
        if entry is None or str(answer.id) not in entry.reply.split():
            return post
        return replace(post, place=replace(post.place, thread=entry.place.thread))


def _understood(post: Post, quoted: str) -> str:
    if not post.mentions_bot or is_closing(post.text):
        return post.text
    if not any(map(str.isalnum, post.text)):
        return quoted
    beside = quoted.strip() and not post.place.thread
    return f"{post.text}\n\n{_quote(quoted)}" if beside else post.text


def _quote(text: str) -> str:
    return "\n".join(f"> {line}" for line in text[:QUOTE_CHARS].splitlines())
