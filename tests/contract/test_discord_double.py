"""The Discord double tells discord.py what Discord would tell it, and shows a test what people see."""

from collections.abc import AsyncIterator

import pytest
from discord import AllowedMentions, ChannelType, Client, Forbidden, Message, Object, Thread, ui

from discord_apps import VOTES, a_client, answering, running
from discord_double import BOT, GUILD, DiscordDouble, pointed_at


@pytest.fixture
async def discord() -> AsyncIterator[DiscordDouble]:
    async with DiscordDouble() as double:
        yield double


def listening(client: Client) -> list[Message]:
    heard: list[Message] = []

    async def on_message(message: Message) -> None:
        heard.append(message)

    client.event(on_message)
    return heard


async def test_a_client_answers_a_mention_by_edits_in_a_thread(discord: DiscordDouble) -> None:
    async with running(answering(a_client()), discord):
        asked = await discord.says("ANN", "GENERAL", "<@BOT> where is <@BEN>'s data?")
        answer = await discord.answered(asked)
        await discord.idle()
    root, shown = discord.thread(asked)
    assert root.text == f"<@{BOT}> where is <@{discord.guild.user('BEN').id}>'s data?"
    assert shown == answer
    assert answer.channel == asked
    assert answer.versions == ("Looking", "Data is kept in", "Data is kept in **object storage**.")
    assert answer.words.splitlines() == [answer.text, *VOTES]
    assert [(each.user, each.channel) for each in discord.typing] == [(BOT, asked)]
    assert not discord.violations


async def test_a_client_answers_in_a_conversation(discord: DiscordDouble) -> None:
    async with running(answering(a_client()), discord):
        await discord.says("ANN", "DM_ANN", "<@BOT> hello")
        answer = await discord.answered("DM_ANN")
    assert [shown.id for shown in discord.channel("DM_ANN")][1:] == [answer.id]


async def test_the_client_hears_only_what_it_may_see(discord: DiscordDouble) -> None:
    client = a_client()
    heard = listening(client)
    async with running(client, discord):
        for channel in ("SECRET", "GENERAL", "PRIVATE", "DM_BEN"):
            who = "EVA" if channel in ("SECRET", "PRIVATE") else "BEN"
            await discord.says(who, channel, f"in {channel}")
        await discord.until(lambda: len(heard) == 3)
        await discord.idle()
    assert [message.content for message in heard] == ["in GENERAL", "in PRIVATE", "in DM_BEN"]
    assert [message.guild.id if message.guild else 0 for message in heard] == [GUILD, GUILD, 0]


async def test_edits_previews_deletions_and_reactions_are_told(discord: DiscordDouble) -> None:
    client = a_client()
    told: list[str] = []
    for name in ("message", "message_edit", "message_delete", "raw_reaction_add", "raw_reaction_remove"):

        async def heard(*_: object, name: str = name) -> None:
            told.append(name)

        heard.__name__ = f"on_{name}"
        client.event(heard)
    async with running(client, discord):
        said = await discord.says("ANN", "GENERAL", "helo")
        await discord.edits(said, "hello")
        await discord.unfurls(said)
        await discord.reacts("BEN", said, "👍")
        await discord.unreacts("BEN", said, "👍")
        await discord.deletes(said)
        await discord.until(lambda: len(told) == 6)
    assert told[:3] == ["message", "message_edit", "message_edit"]
    assert told[3:] == ["raw_reaction_add", "raw_reaction_remove", "message_delete"]
    assert discord.channel("GENERAL") == []


async def test_a_forum_post_is_a_thread_whose_first_message_has_its_id(discord: DiscordDouble) -> None:
    client = a_client()
    heard = listening(client)
    async with running(client, discord):
        post = await discord.posts_in_forum("ANN", "HELP_FORUM", "Where is it?", "I can not find my data.")
        await discord.until(lambda: heard)
        where = heard[0].channel
        assert isinstance(where, Thread)
        assert where.parent is not None
        assert (where.parent.type, where.name) == (ChannelType.forum, "Where is it?")
        assert (where.id, heard[0].id) == (post, post)
        await where.send("Here.")
    assert [shown.text for shown in discord.thread(post)] == ["I can not find my data.", "Here."]


async def test_a_thread_begins_with_a_pointer_to_its_message(discord: DiscordDouble) -> None:
    client = a_client()
    async with running(client, discord):
        said = await discord.says("ANN", "GENERAL", "hello")
        await discord.starts_thread("ANN", said, "About it")
        await discord.says("BEN", said, "hi")
        await discord.until(lambda: client.get_channel(said))
        where = await client.fetch_channel(said)
        assert isinstance(where, Thread)
        newest, oldest = [message async for message in where.history()]
    assert (newest.content, oldest.content, oldest.type.name) == ("hi", "", "thread_starter_message")
    assert oldest.reference is not None
    assert isinstance(oldest.reference.resolved, Message)
    assert oldest.reference.resolved.content == "hello"


async def test_a_reply_mentions_whom_it_answers_unless_the_ping_is_off(discord: DiscordDouble) -> None:
    client = a_client()
    heard = listening(client)
    async with running(client, discord):
        channel = client.get_partial_messageable(discord.guild.channel("GENERAL").id, guild_id=GUILD)
        mine = await channel.send("Ask me.")
        await discord.says("ANN", "GENERAL", "you?", reply_to=mine.id)
        await discord.says("ANN", "GENERAL", "me?", reply_to=mine.id, pings=False)
        await discord.says("ANN", "GENERAL", "`<@BOT>`", mentions=False)
        await discord.until(lambda: len(heard) == 4)
    replies = [[user.id for user in message.mentions] for message in heard[1:]]
    assert replies == [[BOT], [], []]
    assert heard[1].reference is not None
    assert heard[1].reference.message_id == mine.id


@pytest.mark.parametrize(
    ("allowed", "whom"),
    [
        (None, ["ann", "ben", "moderators", "everyone"]),
        (AllowedMentions.none(), []),
        (AllowedMentions(everyone=False, users=False, roles=False, replied_user=True), ["ann"]),
        (AllowedMentions(everyone=False, users=True, roles=False, replied_user=False), ["ben"]),
    ],
)
async def test_pings_are_those_that_allowed_mentions_lets_through(
    discord: DiscordDouble, allowed: AllowedMentions | None, whom: list[str]
) -> None:
    client = a_client(allowed_mentions=allowed)
    async with running(client, discord):
        said = await discord.says("ANN", "GENERAL", "hello")
        channel = client.get_partial_messageable(discord.guild.channel("GENERAL").id, guild_id=GUILD)
        ben, role = discord.guild.user("BEN").id, next(iter(reversed(discord.guild.roles)))
        text = f"<@{ben}> <@&{role}> @everyone <@700000000000000099>"
        await channel.send(text, reference=channel.get_partial_message(said))
    names = {"everyone": "everyone"}
    names |= {str(user.id): user.name for user in discord.guild.users.values()}
    names |= {str(role.id): role.name for role in discord.guild.roles.values()}
    assert {names[str(ping.whom)] for ping in discord.pings} == set(whom)
    assert {ping.by for ping in discord.pings} == ({"send"} if whom else set())


async def test_an_edit_that_mentions_somebody_is_seen(discord: DiscordDouble) -> None:
    client = a_client()
    async with running(client, discord):
        channel = client.get_partial_messageable(discord.guild.channel("GENERAL").id, guild_id=GUILD)
        message = await channel.send("hello")
        await message.edit(content="hello @here", allowed_mentions=AllowedMentions(everyone=True))
        await message.edit(content="hello @here!", allowed_mentions=AllowedMentions.none())
    assert [(ping.whom, ping.by) for ping in discord.pings] == [("here", "edit")]


async def test_a_text_display_calls_people_as_a_messages_text_does(discord: DiscordDouble) -> None:
    ben, eva = (discord.guild.user(name).id for name in ("BEN", "EVA"))
    client = a_client()
    async with running(client, discord):
        channel = client.get_partial_messageable(discord.guild.channel("GENERAL").id, guild_id=GUILD)
        view = ui.LayoutView().add_item(ui.Container(ui.TextDisplay(f"<@{ben}> <@{eva}> @everyone")))
        message = await channel.send(
            view=view, allowed_mentions=AllowedMentions(everyone=False, users=[Object(eva)])
        )
        await message.edit(view=view, allowed_mentions=AllowedMentions.none())
    assert [(ping.whom, ping.by) for ping in discord.pings] == [(eva, "send")]


async def test_who_is_let_in_or_shut_out_sees_a_channel_or_not(discord: DiscordDouble) -> None:
    private, ben = discord.guild.channel("PRIVATE"), discord.guild.user("BEN").id
    client = a_client()
    seen = []
    async with running(client, discord):
        guild = await discord.until(lambda: client.get_guild(GUILD))
        for act in (discord.lets_in, discord.shuts_out):
            await act("BEN", "PRIVATE")
            await discord.idle()
            channel = guild.get_channel(private.id)
            seen.append(channel.permissions_for(await guild.fetch_member(ben)).view_channel)
    assert seen == [True, False]


async def test_without_the_intent_only_what_is_meant_for_the_bot_has_content() -> None:
    async with DiscordDouble(content=False) as discord:
        client = a_client(content=False)
        heard = listening(client)
        async with running(client, discord):
            said = [
                await discord.says("ANN", "GENERAL", "hello"),
                await discord.says("ANN", "GENERAL", "<@BOT> hello"),
                await discord.says("ANN", "DM_ANN", "hello"),
            ]
            await discord.says("ANN", "GENERAL", "<@BOT>", reply_to=said[0])
            await discord.until(lambda: len(heard) == 4)
            channel = client.get_partial_messageable(discord.guild.channel("GENERAL").id, guild_id=GUILD)
            read = [message.content async for message in channel.history(oldest_first=True)]
            assert (await client.application_info()).flags.gateway_message_content_limited is False
    assert [message.content for message in heard] == ["", f"<@{BOT}> hello", "hello", f"<@{BOT}>"]
    assert read == ["", f"<@{BOT}> hello", f"<@{BOT}>"]
    assert heard[3].reference is not None
    assert isinstance(heard[3].reference.resolved, Message)
    assert heard[3].reference.resolved.content == ""


async def test_a_client_learns_that_it_may_not(discord: DiscordDouble) -> None:
    client = a_client()
    async with running(client, discord):
        for name in ("READONLY", "SECRET"):
            channel = client.get_partial_messageable(discord.guild.channel(name).id, guild_id=GUILD)
            with pytest.raises(Forbidden):
                await channel.send("hello")
        said = await discord.says("ANN", "FLAT", "hello")
        flat = client.get_partial_messageable(discord.guild.channel("FLAT").id, guild_id=GUILD)
        with pytest.raises(Forbidden):
            await (await flat.fetch_message(said)).create_thread(name="no")
        guild = client.get_guild(GUILD)
        assert guild is not None
        mine = {each.name: each.permissions_for(guild.me) for each in guild.channels}
    assert [call.code for call in discord.calls() if call.status == 403] == [50013, 50001, 50013]
    assert (mine["readonly"].send_messages, mine["secret"].view_channel) == (False, False)
    assert (mine["flat"].create_public_threads, mine["general"].create_public_threads) == (False, True)
    assert mine["private"].view_channel


async def test_discord_py_is_pointed_back_afterwards(discord: DiscordDouble) -> None:
    from discord.gateway import DiscordWebSocket
    from discord.http import Route

    before = (Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY)
    with pointed_at(discord.api_url, discord.gateway_url):
        assert Route("GET", "/users/@me").url == f"{discord.api_url}/users/@me"
        assert str(DiscordWebSocket.DEFAULT_GATEWAY) == discord.gateway_url
    assert before == (Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY)


async def test_waiting_in_vain_says_what_happened(discord: DiscordDouble) -> None:
    async with running(a_client(), discord):
        with pytest.raises(AssertionError, match="GET /users/@me 200"):
            await discord.until(lambda: False, timeout=0.01)
