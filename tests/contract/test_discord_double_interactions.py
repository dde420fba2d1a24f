"""Commands, menus, buttons, selects and modals reach discord.py, and its responses are seen."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from discord import Client, HTTPException, Interaction, Message, NotFound, SelectOption, ui

from discord_apps import a_client, bare, running, votes
from discord_double import APP, DiscordDouble

Handle = Callable[[Interaction[Client]], Any]


@pytest.fixture
async def discord() -> AsyncIterator[DiscordDouble]:
    async with DiscordDouble() as double:
        yield double


def handling(client: Client, handle: Handle) -> Client:
    async def on_interaction(interaction: Interaction[Client]) -> None:
        await handle(interaction)

    client.event(on_interaction)
    return client


async def offered(discord: DiscordDouble, client: Client, view: ui.View) -> Message:
    """A message of the bot in GENERAL with something to press."""
    channel = client.get_partial_messageable(discord.guild.channel("GENERAL").id)
    return await channel.send("Press.", view=view)


async def test_a_press_is_answered_for_one_person(discord: DiscordDouble) -> None:
    async def thank(interaction: Interaction[Client]) -> None:
        await interaction.response.send_message("Thanks.", ephemeral=True)

    client = handling(a_client(), thank)
    async with running(client, discord):
        message = await offered(discord, client, votes(7))
        pressed = await discord.clicks("ANN", message.id, "Helpful")
        again = await discord.clicks("BEN", discord.message(message.id), "Not helpful:7")
    assert (pressed.words, pressed.ephemeral, pressed.data["custom_id"]) == ("Thanks.", True, "Helpful:7")
    assert [shown.text for shown in discord.ephemerals("BEN", "GENERAL")] == [again.words]


async def test_a_press_can_change_its_message(discord: DiscordDouble) -> None:
    async def note(interaction: Interaction[Client]) -> None:
        if "Helpful:1" in str(interaction.data):
            await interaction.response.edit_message(content="Noted.", view=None)
        else:
            await interaction.response.defer()
            await interaction.edit_original_response(content="Later.")

    client = handling(a_client(), note)
    async with running(client, discord):
        first, second = [await offered(discord, client, votes(number)) for number in (1, 2)]
        pressed = [await discord.clicks("ANN", each.id, "Helpful") for each in (first, second)]
        await discord.until(lambda: discord.message(second.id).text == "Later.")
    assert [(each.callback, each.responses) for each in pressed] == [(7, []), (6, [])]
    assert (discord.message(first.id).text, discord.message(first.id).labels) == ("Noted.", ())


async def test_a_select_gives_its_choice(discord: DiscordDouble) -> None:
    async def chosen(interaction: Interaction[Client]) -> None:
        data: Any = interaction.data
        await interaction.response.send_message(str(data["values"]), ephemeral=True)

    client = handling(a_client(), chosen)
    view = ui.View(timeout=None)
    view.add_item(ui.Select(custom_id="version", options=[SelectOption(label="Latest", value="v2")]))
    async with running(client, discord):
        message = await offered(discord, client, view)
        pressed = await discord.clicks("ANN", message.id, "version", "Latest")
    assert pressed.words == "['v2']"


class Why(ui.Modal, title="What was wrong?"):
    old: Any = ui.TextInput(label="Reason", custom_id="reason", required=False)
    new: Any = ui.Label(text="Details", component=ui.TextInput(custom_id="details"))

    async def on_submit(self, interaction: Interaction[Client]) -> None:
        said = f"{self.old.value}/{self.new.component.value}"
        await interaction.response.send_message(said, ephemeral=True)


async def test_a_modal_is_opened_filled_and_sent(discord: DiscordDouble) -> None:
    async def ask(interaction: Interaction[Client]) -> None:
        if interaction.type.name == "component":
            await interaction.response.send_modal(Why())

    client = handling(a_client(), ask)
    async with running(client, discord):
        message = await offered(discord, client, votes(1))
        opened = await discord.clicks("ANN", message.id, "Not helpful")
        assert opened.modal is not None
        assert opened.modal["title"] == "What was wrong?"
        with pytest.raises(AssertionError, match="Details must be filled in"):
            await discord.submits("ANN", opened, {"reason": "old"})
        with pytest.raises(AssertionError, match="somebody else"):
            await discord.submits("BEN", opened, {"details": "all"})
        sent = await discord.submits("ANN", opened, {"Reason": "old", "details": "all of it"})
    assert sent.words == "old/all of it"


async def test_an_answer_that_comes_too_late_is_refused(discord: DiscordDouble) -> None:
    refused: list[int] = []

    async def late(interaction: Interaction[Client]) -> None:
        await discord.until(lambda: interaction.id in discord.interactions.all)
        discord.expires_interactions()
        with pytest.raises(NotFound) as caught:
            await interaction.response.send_message("Sorry.")
        refused.append(caught.value.code)

    discord.interactions.ack_seconds = 0.2
    client = handling(a_client(), late)
    async with running(client, discord):
        message = await offered(discord, client, votes(1))
        pressed = await discord.clicks("ANN", message.id, "Helpful")
    assert refused == [10062]
    assert not pressed.acked
    assert pressed.words == ""


async def test_after_its_fifteen_minutes_an_interaction_takes_no_more(discord: DiscordDouble) -> None:
    refused: list[tuple[int, int]] = []

    async def slow(interaction: Interaction[Client]) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        discord.expires_interactions()
        with pytest.raises(HTTPException) as caught:
            await interaction.edit_original_response(content="There.")
        refused.append((caught.value.status, caught.value.code))

    client = handling(a_client(), slow)
    async with running(client, discord):
        message = await offered(discord, client, votes(1))
        pressed = await discord.clicks("ANN", message.id, "Helpful")
        await discord.until(lambda: refused)
    assert refused == [(401, 50027)]
    assert pressed.thinking


async def test_what_is_said_to_one_person_is_edited_and_deleted_there(discord: DiscordDouble) -> None:
    async def say(interaction: Interaction[Client]) -> None:
        await interaction.response.send_message("One", ephemeral=True)
        second = await interaction.followup.send("Two", ephemeral=True, wait=True)
        await second.edit(content="Two, changed")
        await interaction.delete_original_response()

    client = handling(a_client(), say)
    async with running(client, discord):
        message = await offered(discord, client, votes(1))
        pressed = await discord.clicks("ANN", message.id, "Helpful")
        await discord.until(lambda: pressed.words == "Two, changed")
    assert [shown.text for shown in discord.ephemerals("ANN")] == ["Two, changed"]


async def test_an_interaction_is_answered_once(discord: DiscordDouble) -> None:
    async with bare(discord) as api:
        posted = {"content": "x", "components": votes(1).to_components()}
        general = discord.guild.channel("GENERAL").id
        _, message = await api.call("POST", f"/channels/{general}/messages", posted)
        pressed = await discord.clicks("ANN", message["id"], "Helpful")
        assert not pressed.acked
        answer = f"/interactions/{pressed.id}/{pressed.token}/callback"
        original = f"/webhooks/{APP}/{pressed.token}/messages/@original"
        body = {"type": 4, "data": {"content": "Thanks."}}
        assert await api.code("PATCH", original, {"content": "x"}) == (404, 10015)
        assert await api.code("POST", f"/interactions/1/{pressed.token}/callback", body) == (404, 10062)
        assert await api.code("POST", answer, {"type": 4, "data": {"content": "x" * 2001}}) == (400, 50035)
        assert (await api.call("POST", answer, body))[0] == 204
        assert await api.code("POST", answer, body) == (400, 40060)
        assert await api.code("PATCH", f"/webhooks/{APP}/none/messages/@original", {}) == (401, 50027)
        assert await api.code("GET", f"/webhooks/{APP}/{pressed.token}/messages/1") == (404, 10008)
    assert pressed.words == "Thanks."
    assert not pressed.ephemeral
