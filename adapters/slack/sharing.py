"""Shares an answer that only its asker saw with the channel, once."""

import time
from dataclasses import replace
from typing import Any
from uuid import uuid4

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from adapters.message_split import split
from adapters.slack import blocks, content
from adapters.slack.chat import Chat, translated
from adapters.slack.content import Content
from adapters.slack.drawing import SlackMessages
from adapters.slack.mrkdwn import escape
from adapters.slack.responding import say
from bot.channels.ports import Ledger
from bot.channels.posts import Entry, Lease

CANNOT_SHARE = "I am not a member of this channel, so I cannot post here. Invite me with `/invite`."
PIECE_CHARS = 2_900
"""Of a question in one message: a section takes 3,000."""


class Sharing:
    """What the button under a private answer does."""

    def __init__(self, *, chat: Chat, ledger: Ledger) -> None:
        self._chat, self._ledger = chat, ledger
        self._underway: set[str] = set()

    def listen(self, app: AsyncApp) -> None:
        """Register with ``app``."""
        app.action(blocks.SHARE)(self._pressed)

    async def _pressed(self, ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        await ack()
        ref = str(body["actions"][0]["value"])
        if ref in self._underway:
            return
        self._underway.add(ref)
        try:
            await self._share(ref, respond)
        finally:
            self._underway.discard(ref)

    async def _share(self, ref: str, respond: AsyncRespond) -> None:
        entry = await self._ledger.entry(ref)
        if entry is None or entry.answer is None:
            return
        if not await self._chat.joined(entry.place.channel):
            await say(respond, CANNOT_SHARE)
            return
        if await self._ledger.asked(entry.place, _message(entry)) is None:
            await self._post(entry)
        with translated():
            await respond(delete_original=True)

    async def _post(self, entry: Entry) -> None:
        channel = entry.place.channel
        first, *others = _shown(entry)
        root = await SlackMessages(self._chat, channel, "").post(first)
        below = SlackMessages(self._chat, channel, root)
        if await self._ledger.claim(_shared(entry, root), Lease(owner="", until=0.0)):
            for piece in others:
                await below.post(piece)
        else:
            # Another process was quicker.
            await below.delete(root)


def _shown(entry: Entry) -> list[Content]:
    """The question and its answer: in one message where the question is short."""
    answer = entry.answer
    if answer is None:
        return []
    begin, *rest = split(escape(entry.text), PIECE_CHARS) or [""]
    asked = [f"*<@{entry.asker}> asked:* {begin}", *rest]
    pieces = content.pieces(answer.text, content.tail(entry.ref, answer, ()))
    if rest:
        return [*(Content(text=part, blocks=(blocks.section(part),)) for part in asked), *pieces]
    first, *others = pieces
    drawn = (blocks.section(asked[0]), *first.blocks)
    return [Content(text=f"{asked[0]}\n{first.text}", blocks=drawn), *others]


def _shared(entry: Entry, root: str) -> Entry:
    """Lets who asked go on below the message ``root``; that it is known keeps it from being shared twice."""
    place = replace(entry.place, thread=root)
    # Without ``reply``: the message is read as it stands, since it holds the question too.
    return replace(
        entry, ref=uuid4().hex, place=place, message=_message(entry), via="shortcut", at=time.time(), reply=""
    )


def _message(entry: Entry) -> str:
    return f"share {entry.ref}"
