"""What people press, type and choose in Slack: buttons, the modal, ``/docent``, the message shortcut."""

import re
import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from adapters.slack import blocks
from adapters.slack.chat import Chat
from adapters.slack.payloads import Identity, post_of
from adapters.slack.private import Show
from adapters.slack.responding import say
from adapters.slack.surface import SlackSurface
from adapters.slack.team import TeamInteractions
from bot.channels.attending import Attendant
from bot.channels.commanding import Commands
from bot.channels.ports import Ledger
from bot.channels.posts import Post, Rating
from bot.channels.replying import quietly
from bot.model import Place
from bot.support.handing import SupportTeam

Body = dict[str, Any]
ANSWERED_BEFORE = "I have answered this message already: {link}"


class Interactions:
    """Handlers of what is interactive."""

    def __init__(  # noqa: PLR0913 - each is used by another handler
        self,
        *,
        chat: Chat,
        me: Identity,
        surface: SlackSurface,
        attendant: Attendant,
        ledger: Ledger,
        commands: Commands,
        admins: Collection[str],
        team: SupportTeam,
        desk: TeamInteractions,
    ) -> None:
        """``admins`` by their ids; empty for the admins of the workspace."""
        self._chat, self._me, self._surface = chat, me, surface
        self._attendant, self._ledger, self._commands = attendant, ledger, commands
        self._admins, self._team, self._desk = admins, team, desk

    def listen(self, app: AsyncApp) -> None:
        """Register with ``app``."""
        app.command("/docent")(self._commanded)
        app.shortcut(blocks.ASK)(self._chose)
        app.action(re.compile(rf"^{blocks.FEEDBACK}(_up|_down)?$"))(self._rated)
        app.action(blocks.RETRY)(self._retried)
        app.action(blocks.HUMAN)(self._wants_human)
        app.view(blocks.REASON)(self._explained)

    async def _commanded(self, ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        word = self._commands.word(body.get("text") or "")
        await ack()
        place = Place(platform="slack", workspace=body["team_id"], channel=body["channel_id"])
        if not word:
            await self._ask_privately(_asked(body, place), respond)
            return
        if word == "triage":
            await self._desk.list_open(str(body["user_id"]), respond)
            return
        await say(
            respond, await self._commands.run(word, place, body["user_id"], admin=await self._admin(body))
        )

    async def _chose(self, ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        await ack()
        message = {**body["message"], "channel": body["channel"]["id"], "team": body["team"]["id"]}
        post = post_of({**message, "subtype": None, "user": body["user"]["id"], "bot_id": None}, self._me)
        if post is None:
            return
        if not await self._chat.joined(post.place.channel):
            # The message stays free: others may want an answer too, which only they would see.
            place = replace(post.place, thread="")
            await self._ask_privately(replace(post, place=place, id=str(body["trigger_id"])), respond)
        elif not await self._attendant.take(post, self._surface, "shortcut"):
            link = await self._chat.permalink(post.place.channel, post.id)
            await say(respond, ANSWERED_BEFORE.format(link=link))

    async def _ask_privately(self, post: Post, respond: AsyncRespond) -> None:
        with self._surface.private(post.id, _shown_by(respond)):
            await self._attendant.take(post, self._surface, "command")

    async def _rated(self, ack: AsyncAck, body: Body) -> None:
        at = time.time()  # of two presses the later one counts, whichever is acknowledged first
        await ack()
        vote, _, ref = str(body["actions"][0]["value"]).partition(" ")
        await self._ledger.rate(self._rating(body, ref, vote, "", at))
        if vote == "down":
            await quietly(self._chat.open(body["trigger_id"], blocks.reason_modal(ref)))
            await quietly(self._team.voted_down(ref, str(body["user"]["id"])))

    async def _explained(self, ack: AsyncAck, body: Body) -> None:
        await ack()
        view = body["view"]
        reason = view["state"]["values"]["reason"]["reason"].get("value") or ""
        await self._ledger.rate(self._rating(body, view["private_metadata"], "down", reason, time.time()))

    async def _retried(self, ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        await ack()
        ref, person = str(body["actions"][0]["value"]), str(body["user"]["id"])
        entry = await self._ledger.entry(ref)
        if entry is None or entry.via != "command":
            await self._attendant.retry(ref, self._surface, person)
            return
        with self._surface.private(entry.message, _shown_by(respond)):
            await self._attendant.retry(ref, self._surface, person)

    async def _wants_human(self, ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        await ack()
        await say(respond, await self._team.call(body["actions"][0]["value"], body["user"]["id"]))

    async def _admin(self, body: Body) -> bool:
        user = str(body["user_id"])
        return user in self._admins if self._admins else await self._chat.is_admin(user)

    def _rating(self, body: Body, ref: str, vote: str, reason: str, at: float) -> Rating:
        return Rating(
            ref=ref,
            person=body["user"]["id"],
            vote="up" if vote == "up" else "down",
            at=at,
            reason=reason,
        )


def _asked(body: Body, place: Place) -> Post:
    # A command stands for no message; its trigger is as unique.
    return Post(
        place=place,
        id=str(body["trigger_id"]),
        author=str(body["user_id"]),
        text=str(body["text"]).strip(),
        at=time.time(),
        direct=place.channel.startswith("D"),
    )


def _shown_by(respond: AsyncRespond) -> Show:
    async def show(text: str, drawn: Sequence[blocks.Block]) -> None:
        await say(respond, text, drawn)

    return show
