"""Registers Docent's commands with Discord: ``/ask``, ``/docent``, the context menus."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import discord
from discord import app_commands

from adapters.discord.chat import translated
from adapters.discord.interactions import Interactions
from adapters.discord.underway import Handler, Underway
from bot.channels.commanding import FORGET
from bot.errors import SurfaceUnavailable

log = logging.getLogger(__name__)
ABOUT_THIS = "Ask Docent about this"
TRIAGE = "Triage this"
QUESTION_CHARS = 1_900
"""Of a question by a command: it is posted, with who asked, in one message."""
WORDS = {
    "help": "What I can do",
    FORGET: "Remove what I keep of your questions and votes",
    "triage": "What is open for the support team",
    "pause": "Stop answering here (admins)",
    "resume": "Answer here again (admins)",
    "reindex": "Read the documentation anew (admins)",
}


def tree_of(
    client: discord.Client, interactions: Interactions, underway: Underway
) -> app_commands.CommandTree:
    """The commands of ``client``, each carried out by ``interactions``."""
    tree = app_commands.CommandTree(client)
    carry_out = underway.followed(interactions.guarded)

    @app_commands.describe(
        question="What you want to know from the documentation",
        private="Whether only you see the answer; default: everybody does",
    )
    async def ask(
        interaction: discord.Interaction,
        question: app_commands.Range[str, 1, QUESTION_CHARS],
        private: bool = False,
    ) -> None:
        await carry_out(interactions.ask(interaction, question, private=private), interaction)

    async def ask_about(interaction: discord.Interaction, message: discord.Message) -> None:
        await carry_out(interactions.ask_about(interaction, message), interaction)

    async def triage(interaction: discord.Interaction, message: discord.Message) -> None:
        await carry_out(interactions.desk.triage(interaction, message), interaction)

    tree.add_command(
        app_commands.Command(
            name="ask", description="Ask the documentation; the answer has sources", callback=ask
        )
    )
    tree.add_command(app_commands.ContextMenu(name=ABOUT_THIS, callback=ask_about))
    tree.add_command(app_commands.ContextMenu(name=TRIAGE, callback=triage))
    tree.add_command(_docent(interactions, carry_out))
    return tree


def _docent(interactions: Interactions, carry_out: Handler) -> app_commands.Group:
    group = app_commands.Group(name="docent", description="Tell Docent what to do here")
    for word, description in WORDS.items():
        group.add_command(_word(interactions, carry_out, word, description))
    return group


def _word(
    interactions: Interactions, carry_out: Handler, word: str, description: str
) -> app_commands.Command[Any, ..., None]:
    async def used(interaction: discord.Interaction) -> None:
        await carry_out(interactions.command(interaction, word), interaction)

    return app_commands.Command(name=word, description=description, callback=used)


async def register(tree: app_commands.CommandTree) -> bool:
    """Register the commands where Discord knows others; whether that was needed.

    Discord lets a bot create 200 commands a day, so that a restart must not. Where it cannot be done now,
    everything but new commands works.
    """
    client = tree.client
    wanted = [command.to_dict(tree) for command in tree.get_commands()]
    try:
        async with translated():
            known = await client.http.get_global_commands(client.application_id or 0)
        if same(wanted, known):
            return False
        async with translated():
            await tree.sync()
    except SurfaceUnavailable as error:
        log.warning("commands not registered", extra={"reason": error.reason})
        return False
    log.info("commands registered")
    return True


def same(wanted: Sequence[Mapping[str, Any]], known: Sequence[Mapping[str, Any]]) -> bool:
    """Whether two lists define the same commands, whatever else Discord says about them (pure)."""
    return sorted(map(_essence, wanted)) == sorted(map(_essence, known))


def _essence(command: Mapping[str, Any]) -> str:
    """What makes a command or an option what it is, in a form that can be compared."""
    shape = {
        "name": command.get("name"),
        "type": command.get("type") or 1,
        "description": command.get("description") or "",
        "required": bool(command.get("required")),
        "lengths": [command.get("min_length"), command.get("max_length")],
        "options": [_essence(option) for option in command.get("options") or ()],
        "permissions": command.get("default_member_permissions"),
    }
    return str(sorted(shape.items()))
