"""Slash commands and menus of messages reach discord.py as Discord tells of them."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from discord import Client, Interaction, Message, app_commands

from discord_apps import a_client, registered, running, votes
from discord_double import DiscordDouble


@pytest.fixture
async def discord() -> AsyncIterator[DiscordDouble]:
    async with DiscordDouble() as double:
        yield double


def asking(client: Client) -> app_commands.CommandTree[Client]:
    tree = app_commands.CommandTree(client)

    @tree.command(name="ask", description="Asks the documentation")
    async def ask(interaction: Interaction[Client], question: str, private: bool = True) -> None:
        await interaction.response.defer(ephemeral=private, thinking=True)
        assert interaction.permissions.view_channel
        await interaction.edit_original_response(content=f"{question}: yes.", view=votes(1))
        await interaction.followup.send("And more.", ephemeral=private)

    @tree.context_menu(name="Ask Docent about this")
    async def about(interaction: Interaction[Client], message: Message) -> None:
        await interaction.response.send_message(f"{message.author.name}: {message.content}", ephemeral=True)

    return tree


@pytest.mark.parametrize(("private", "alone"), [(None, True), (False, False)])
async def test_a_slash_command_is_answered_later(
    discord: DiscordDouble, private: bool | None, alone: bool
) -> None:
    client = a_client()
    tree = asking(client)
    async with running(client, discord):
        await registered(tree, discord)
        options: dict[str, Any] = {"question": "Is it?"} | ({} if private is None else {"private": private})
        asked = await discord.commands("EVA", "SECRET" if alone else "GENERAL", "ask", options)
        assert asked.acked
        assert asked.deferred
        await discord.until(lambda: len(asked.responses) == 2)
    assert asked.words.splitlines() == ["Is it?: yes.", "Helpful", "Not helpful", "And more."]
    assert not asked.thinking
    assert asked.ephemeral is alone
    assert len(discord.channel("GENERAL")) == (0 if alone else 2)
    assert len(discord.ephemerals("EVA")) == (2 if alone else 0)
    assert discord.ephemerals("BEN") == []


async def test_a_menu_of_a_message_gives_its_content_without_the_intent() -> None:
    async with DiscordDouble(content=False) as discord:
        client = a_client(content=False)
        tree = asking(client)
        async with running(client, discord):
            await registered(tree, discord)
            said = await discord.says("BEN", "GENERAL", "Where is it?")
            asked = await discord.context_menu("ANN", "GENERAL", said, "Ask Docent about this")
    assert asked.words == "ben: Where is it?"


async def test_commands_are_registered_once_and_counted(discord: DiscordDouble) -> None:
    client = a_client()
    tree = asking(client)
    async with running(client, discord):
        await registered(tree, discord)
        before = {command["id"] for command in discord.commands_registered}
        await registered(tree, discord)
    assert [command["name"] for command in discord.commands_registered] == ["ask", "Ask Docent about this"]
    assert {command["id"] for command in discord.commands_registered} == before
    assert [(done.scope, done.created) for done in discord.registrations] == [("global", 2), ("global", 0)]


async def test_people_can_do_only_what_there_is(discord: DiscordDouble) -> None:
    client = a_client()
    tree = asking(client)
    async with running(client, discord):
        await registered(tree, discord)
        channel = client.get_partial_messageable(discord.guild.channel("GENERAL").id)
        message = await channel.send("Press.", view=votes(1))
        for act, complaint in [
            (discord.commands("ANN", "GENERAL", "tell"), "no command 'tell'"),
            (discord.commands("ANN", "GENERAL", "ask"), "required"),
            (discord.commands("ANN", "GENERAL", "ask", {"question": "x", "age": 1}), "no options"),
            (discord.clicks("ANN", message.id, "Perfect"), "nothing is called 'Perfect'"),
            (discord.says("ANN", "SECRET", "x"), "may not write"),
            (discord.commands("ANN", "SECRET", "ask", {"question": "x"}), "does not see"),
            (discord.says("BEN", "DM_ANN", "x"), "not in this conversation"),
        ]:
            with pytest.raises(AssertionError, match=complaint):
                await act
