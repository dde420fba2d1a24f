"""What the support team presses and fills in in Discord: cards, their modals, "Triage this"."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import discord

from adapters.discord import card as cards
from adapters.discord.approving import Approvals
from adapters.discord.chat import translated
from adapters.discord.content import TYPED
from adapters.discord.payloads import Identity, post_of
from adapters.discord.responding import NOBODY, accept, add, say, think, typed, used_at
from bot.channels.attending import Attendant
from bot.support import team_phrases as phrases
from bot.support.card_words import APPROVED_ALREADY, FORMS, Action
from bot.support.desk import Desk

CHECK_SECONDS = 1.5
"""A modal must open within three seconds; who may not use it is told when it is sent, too."""
NOTHING_WRITTEN = "There is no text in this message that I could put on the list."

Act = Callable[[], Awaitable[str]]


class TeamInteractions:
    """Handlers of what the team does."""

    def __init__(self, *, me: Identity, attendant: Attendant, desk: Desk) -> None:
        self._me, self._attendant, self._desk = me, attendant, desk
        self._filled = {"reply": desk.reply, "details": desk.ask, "resolve": desk.resolve}
        self._approvals = Approvals(desk)
        self._checks: set[asyncio.Future[str]] = set()

    async def used(self, interaction: discord.Interaction, action: Action, ref: str) -> None:
        """Somebody pressed a button of a card, or sent the form that it opened."""
        person = str(interaction.user.id)
        if interaction.type is discord.InteractionType.modal_submit and action in self._filled:
            data: Any = interaction.data or {}
            text = typed(data.get("components", ()), TYPED)
            await self._done(interaction, partial(self._filled[action], ref, person, text))
        elif action in APPROVED_ALREADY:
            await self._approvals.used(interaction, action, ref)
        elif action in FORMS:
            await self._ask_for(interaction, action, ref)
        else:
            act = self._desk.claim if action == "claim" else self._desk.refuse
            await self._done(interaction, partial(act, ref, person))

    async def list_open(self, interaction: discord.Interaction) -> None:
        """What is open, for ``/docent triage``; the interaction was deferred already."""
        found = await self._desk.open_list("discord", str(interaction.user.id))
        first, *others = [found] if isinstance(found, str) else cards.open_list(found)
        await say(interaction, first)
        for message in others:
            await add(interaction, message)

    async def triage(self, interaction: discord.Interaction, message: discord.Message) -> None:
        """The context menu: put somebody's message on the list. Raises LedgerUnavailable."""
        await think(interaction)
        person = str(interaction.user.id)
        if not await self._desk.may("discord", person):
            await say(interaction, phrases.STRANGER)
            return
        post = post_of(message, self._me, used_at(interaction))
        if post is None or not post.text.strip():
            await say(interaction, NOTHING_WRITTEN)
            return
        await say(interaction, await self._attendant.triage(post))

    async def _ask_for(self, interaction: discord.Interaction, action: Action, ref: str) -> None:
        barred = await self._barred(ref, str(interaction.user.id))
        async with translated():
            if barred:
                await interaction.response.send_message(barred, ephemeral=True, allowed_mentions=NOBODY)
            else:
                await interaction.response.send_modal(cards.form(action, ref))

    async def _barred(self, ref: str, person: str) -> str:
        """Why ``person`` cannot do it, as far as that is known in time."""
        checking = asyncio.ensure_future(self._desk.barred(ref, person))
        self._checks.add(checking)
        checking.add_done_callback(self._checks.discard)
        await asyncio.wait([checking], timeout=CHECK_SECONDS)
        return checking.result() if checking.done() else ""

    async def _done(self, interaction: discord.Interaction, act: Act) -> None:
        await accept(interaction)
        if said := await act():
            await add(interaction, said)
