"""Makes a resolved card's outcome an answer for others, in Discord: its form, and what its buttons do."""

from typing import Any

import discord

from adapters.discord import content
from adapters.discord.chat import translated
from adapters.discord.responding import NOBODY, accept, add, typed
from bot.support.card_words import APPROVAL, APPROVAL_HINT, Action
from bot.support.desk import ANSWER_CHARS, QUESTION_CHARS, Desk
from bot.support.handoffs import Approved

QUESTION, ANSWER = "question", "answer"


def form(approved: Approved) -> discord.ui.Modal:
    """The modal, filled in with what is known."""
    modal = discord.ui.Modal(title=APPROVAL.title, custom_id=content.custom_id("approve", approved.ref))
    asked = _input(QUESTION, approved.question, QUESTION_CHARS, discord.TextStyle.short)
    answer = _input(ANSWER, approved.answer, ANSWER_CHARS, discord.TextStyle.paragraph)
    modal.add_item(discord.ui.Label(text="What was asked", component=asked))
    modal.add_item(discord.ui.Label(text=APPROVAL.label, description=APPROVAL_HINT, component=answer))
    modal.stop()
    return modal


class Approvals:
    """Handlers of what the team approves and takes back."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def used(self, interaction: discord.Interaction, action: Action, ref: str) -> None:
        """Somebody pressed one of the buttons, or sent the form."""
        person = str(interaction.user.id)
        if interaction.type is discord.InteractionType.modal_submit:
            await accept(interaction)
            data: Any = interaction.data or {}
            question, answer = (typed(data.get("components", ()), name) for name in (QUESTION, ANSWER))
            await add(interaction, await self._desk.approve(ref, person, question, answer))
        elif action == "approve":
            await self._offer_form(interaction, ref, person)
        else:
            await accept(interaction)
            await add(interaction, await self._desk.unapprove(ref, person))

    async def _offer_form(self, interaction: discord.Interaction, ref: str, person: str) -> None:
        found = await self._desk.approvable(ref, person)
        async with translated():
            if isinstance(found, str):
                await interaction.response.send_message(found, ephemeral=True, allowed_mentions=NOBODY)
            else:
                await interaction.response.send_modal(form(found))


def _input(name: str, value: str, limit: int, style: discord.TextStyle) -> discord.ui.TextInput[Any]:
    return discord.ui.TextInput(custom_id=name, style=style, default=value[:limit] or None, max_length=limit)
