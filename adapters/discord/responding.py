"""Answers interactions: each first within three seconds, then as the core's work comes to its end."""

from collections.abc import Iterator
from typing import Any

import discord

from adapters.discord.chat import translated
from adapters.discord.content import MESSAGE_CHARS, PIECE_CHARS
from adapters.discord.payloads import place_of
from adapters.message_split import split
from bot.model import Place

NOBODY = discord.AllowedMentions.none()


async def think(interaction: discord.Interaction) -> None:
    """Let who used the ``interaction`` see that we are at it; nobody else sees what comes of it."""
    async with translated():
        await interaction.response.defer(ephemeral=True, thinking=True)


async def say(interaction: discord.Interaction, sentence: str) -> None:
    """Tell who used the ``interaction``, and nobody else, in place of "thinking"."""
    async with translated():
        await interaction.edit_original_response(content=sentence[:MESSAGE_CHARS], allowed_mentions=NOBODY)


async def accept(interaction: discord.Interaction) -> None:
    """Take a press or a form without a word."""
    async with translated():
        await interaction.response.defer()


async def add(interaction: discord.Interaction, text: str) -> None:
    """Tell who used the ``interaction``, and nobody else, beside what was said; whole, however long."""
    for piece in split(text, PIECE_CHARS):
        async with translated():
            await interaction.followup.send(
                piece, ephemeral=True, wait=True, suppress_embeds=True, allowed_mentions=NOBODY
            )


def used_at(interaction: discord.Interaction) -> Place:
    """Where an ``interaction`` was used."""
    found = place_of(interaction.channel, guild=interaction.guild_id)
    channel = str(interaction.channel_id)
    return found or Place(platform="discord", workspace=str(interaction.guild_id or ""), channel=channel)


def typed(components: object, name: str) -> str:
    """What stands in a text input of a modal, however deep Discord wrapped it."""
    found = [part.get("value") for part in _parts(components) if part.get("custom_id") == name]
    return str(found[0] or "") if found else ""


def _parts(found: Any) -> Iterator[dict[str, Any]]:
    if isinstance(found, dict):
        yield found
        for inner in (found.get("component"), found.get("components")):
            yield from _parts(inner)
    elif isinstance(found, list | tuple):
        for part in found:
            yield from _parts(part)
