"""What people press, type and choose in Discord: buttons, the modal, the commands, the context menu."""

import logging
import time
from collections.abc import Awaitable, Collection
from dataclasses import replace
from typing import Any

import discord

from adapters.discord.chat import translated
from adapters.discord.content import DOWN, MESSAGE_CHARS, REASON, TEAM, UP, read_id, reason_modal
from adapters.discord.payloads import Identity, asked_aloud, post_of
from adapters.discord.responding import say, think, typed, used_at
from adapters.discord.surface import DiscordSurface
from adapters.discord.team import TeamInteractions
from adapters.discord.text import plain
from adapters.discord.underway import Underway
from bot.channels import phrases
from bot.channels.attending import Attendant
from bot.channels.commanding import Commands
from bot.channels.ports import Ledger
from bot.channels.posts import Post, Rating
from bot.channels.replying import quietly
from bot.errors import LedgerUnavailable, SurfaceUnavailable
from bot.model import Place
from bot.support.handing import SupportTeam

log = logging.getLogger(__name__)
ANSWERED_BEFORE = "I have answered this message already: {link}"
ANSWERING = "I answer below {link}."
NO_TEXT = "There is no text in this message that I could answer."
THANKS = "Thank you."


class Interactions:
    """Handlers of what is interactive. Discord wants a first response within three seconds."""

    def __init__(  # noqa: PLR0913 - each is used by another handler
        self,
        *,
        me: Identity,
        surface: DiscordSurface,
        attendant: Attendant,
        ledger: Ledger,
        commands: Commands,
        admins: Collection[str],
        team: SupportTeam,
        desk: TeamInteractions,
    ) -> None:
        """``admins`` by the ids of people or roles; empty for those who may manage the server."""
        self._me, self._surface = me, surface
        self._attendant, self._ledger, self._commands = attendant, ledger, commands
        self._admins, self._team, self.desk = admins, team, desk

    def listen(self, client: discord.Client, underway: Underway) -> None:
        """Register with ``client`` for what is pressed and submitted, whoever posted it, however long ago."""
        client.event(underway.followed(self.on_interaction))

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Somebody pressed a button or submitted a modal; commands come another way."""
        data: Any = interaction.data or {}
        action, ref = read_id(str(data.get("custom_id", "")))
        match action:
            case "":
                return
            case "up":
                await quietly(self._rated(interaction, ref, UP, ""))
            case "down":
                await quietly(self._asked_why(interaction, ref))
            case "reason":
                await quietly(self._rated(interaction, ref, DOWN, typed(data.get("components", ()), REASON)))
            case "retry":
                await quietly(self._retried(interaction, ref))
            case "human":
                await quietly(self._wants_human(interaction, ref))
            case _ if action in TEAM:
                await quietly(self.desk.used(interaction, action, ref))

    async def ask(self, interaction: discord.Interaction, question: str, *, private: bool) -> None:
        """``/ask``: a question that others see, with its answer below, or one that only the asker sees."""
        if private or not _may_write(interaction):
            await think(interaction)
            place = replace(used_at(interaction), thread="")
            await self._take_privately(_asked(interaction, place, str(interaction.id), question), interaction)
            return
        question = plain(question, {self._me.user})
        unposted = _asked(interaction, used_at(interaction), "", question)
        if refused := await self._attendant.refusal(unposted):
            await _tell(interaction, refused)
            return
        shown = asked_aloud(str(interaction.user.id), question)[:MESSAGE_CHARS]
        async with translated():
            posted = await interaction.response.send_message(
                shown, suppress_embeds=True, allowed_mentions=discord.AllowedMentions.none()
            )
        # From here on it is a message like any other.
        post = replace(unposted, id=str(posted.message_id), mentions_bot=True)
        await self._attendant.take(post, self._surface, "mention")

    async def ask_about(self, interaction: discord.Interaction, message: discord.Message) -> None:
        """The context menu: somebody wants somebody's message answered."""
        await think(interaction)
        place = used_at(interaction)
        post = post_of(message, self._me, place)
        if post is None or not post.text:
            await say(interaction, NO_TEXT)
            return
        post = replace(post, author=str(interaction.user.id), by="human")
        if not _may_write(interaction):
            # The message stays free: others may want an answer too, which only they would see.
            unseen = replace(post, id=str(interaction.id), place=replace(place, thread=""))
            await self._take_privately(unseen, interaction)
            return
        await say(interaction, ANSWERING.format(link=message.jump_url))
        with self._surface.private(post.id, interaction):
            if not await self._attendant.take(post, self._surface, "shortcut"):
                await say(interaction, ANSWERED_BEFORE.format(link=message.jump_url))

    async def command(self, interaction: discord.Interaction, word: str) -> None:
        """``/docent``: what is no question."""
        await think(interaction)
        if word == "triage":
            await self.desk.list_open(interaction)
            return
        person = str(interaction.user.id)
        try:
            said = await self._commands.run(
                word, used_at(interaction), person, admin=self._admin(interaction)
            )
        except LedgerUnavailable:
            said = phrases.LEDGER_DOWN
        await say(interaction, said)

    async def guarded(self, doing: Awaitable[None], interaction: discord.Interaction) -> None:
        """Carry out a command; whatever fails is logged, and said where it can be."""
        try:
            await doing
        except LedgerUnavailable as error:
            log.error("command not carried out", extra={"reason": error.reason})
            await quietly(_tell(interaction, phrases.LEDGER_DOWN))
        except SurfaceUnavailable as error:
            log.warning("command not carried out", extra={"reason": error.reason})
        except Exception:
            log.exception("defect in a command")
            await quietly(_tell(interaction, phrases.DEFECT))

    async def _take_privately(self, post: Post, interaction: discord.Interaction) -> None:
        with self._surface.private(post.id, interaction):
            if not await self._attendant.take(post, self._surface, "command"):
                await say(interaction, phrases.GIVEN_UP)

    async def _rated(self, interaction: discord.Interaction, ref: str, vote: str, reason: str) -> None:
        at = time.time()  # of two presses the later one counts, whichever is acknowledged first
        await think(interaction)
        await say(interaction, await self._rate(interaction, ref, vote, reason, at))

    async def _asked_why(self, interaction: discord.Interaction, ref: str) -> None:
        at = time.time()
        # A modal can only be the first response; who closes it has voted all the same.
        async with translated():
            await interaction.response.send_modal(reason_modal(ref))
        await self._rate(interaction, ref, DOWN, "", at)
        await self._team.voted_down(ref, str(interaction.user.id))

    async def _rate(
        self, interaction: discord.Interaction, ref: str, vote: str, reason: str, at: float
    ) -> str:
        rating = Rating(
            ref=ref,
            person=str(interaction.user.id),
            vote="up" if vote == UP else "down",
            at=at,
            reason=reason,
        )
        try:
            await self._ledger.rate(rating)
        except LedgerUnavailable as error:
            log.error("rating not kept", extra={"reason": error.reason})
            return phrases.LEDGER_DOWN
        return THANKS

    async def _retried(self, interaction: discord.Interaction, ref: str) -> None:
        entry, person = await self._ledger.entry(ref), str(interaction.user.id)
        if entry is None or entry.via != "command":
            async with translated():
                await interaction.response.defer()
            await self._attendant.retry(ref, self._surface, person)
            return
        await think(interaction)
        with self._surface.private(entry.message, interaction):
            await self._attendant.retry(ref, self._surface, person)

    async def _wants_human(self, interaction: discord.Interaction, ref: str) -> None:
        await think(interaction)
        await say(interaction, await self._team.call(ref, str(interaction.user.id)))

    def _admin(self, interaction: discord.Interaction) -> bool:
        roles = [str(role.id) for role in getattr(interaction.user, "roles", ())]
        if self._admins:
            return not {str(interaction.user.id), *roles}.isdisjoint(self._admins)
        return interaction.guild_id is not None and interaction.permissions.manage_guild


async def _tell(interaction: discord.Interaction, sentence: str) -> None:
    """Tell who used the ``interaction``, and nobody else, whether it was answered already or not."""
    if not interaction.response.is_done():
        await think(interaction)
    await say(interaction, sentence)


def _asked(interaction: discord.Interaction, place: Place, id: str, question: str) -> Post:
    return Post(
        place=place,
        id=id,
        author=str(interaction.user.id),
        text=question.strip(),
        at=time.time(),
        direct=interaction.guild_id is None,
    )


def _may_write(interaction: discord.Interaction) -> bool:
    """Whether an answer that everybody sees can be posted where the command was used."""
    if interaction.guild_id is None:
        return isinstance(interaction.channel, discord.DMChannel)
    may, in_thread = interaction.app_permissions, isinstance(interaction.channel, discord.Thread)
    return may.view_channel and (may.send_messages_in_threads if in_thread else may.send_messages)
