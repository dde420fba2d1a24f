"""What the support team presses and fills in in Slack: the buttons of cards, their modals, "Triage this"."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from adapters.slack import blocks
from adapters.slack import card as cards
from adapters.slack.card import action_id
from adapters.slack.chat import Chat
from adapters.slack.payloads import Identity, post_of
from bot.channels import phrases
from bot.channels.attending import Attendant
from bot.channels.replying import quietly
from bot.errors import LedgerUnavailable
from bot.support import team_phrases
from bot.support.card_words import FORMS
from bot.support.desk import Desk

Body = dict[str, Any]


class TeamInteractions:
    """Handlers of what the team does."""

    def __init__(self, *, chat: Chat, me: Identity, attendant: Attendant, desk: Desk) -> None:
        self._chat, self._me, self._attendant, self._desk = chat, me, attendant, desk

    def listen(self, app: AsyncApp) -> None:
        """Register with ``app``."""
        app.action(action_id("claim"))(self._claimed)
        app.action(action_id("not_support"))(self._refused)
        for action in FORMS:
            app.action(action_id(action))(self._wants_form)
        app.view(action_id("reply"))(self._replied)
        app.view(action_id("details"))(self._asked)
        app.view(action_id("resolve"))(self._resolved)
        app.shortcut(cards.TRIAGE)(self._chose)

    async def list_open(self, person: str, respond: AsyncRespond) -> None:
        """What is open, for ``/docent triage``."""
        found = await self._desk.open_list("slack", person)
        if isinstance(found, str):
            await respond(text=found, response_type="ephemeral")
            return
        await respond(text=f"Open: {found.total}", blocks=cards.open_list(found), response_type="ephemeral")

    async def _claimed(self, ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        await ack()
        await _told(respond, await self._desk.claim(_ref(body), body["user"]["id"]))

    async def _refused(self, ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        await ack()
        await _told(respond, await self._desk.refuse(_ref(body), body["user"]["id"]))

    async def _wants_form(self, ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        await ack()
        if barred := await self._desk.barred(_ref(body), body["user"]["id"]):
            await _told(respond, barred)
            return
        pressed = body["actions"][0]["action_id"]
        action = next(action for action in FORMS if action_id(action) == pressed)
        form = cards.form(action, _ref(body), body["channel"]["id"])
        await quietly(self._chat.open(body["trigger_id"], form))

    async def _replied(self, ack: AsyncAck, body: Body) -> None:
        await self._filled(ack, body, self._desk.reply)

    async def _asked(self, ack: AsyncAck, body: Body) -> None:
        await self._filled(ack, body, self._desk.ask)

    async def _resolved(self, ack: AsyncAck, body: Body) -> None:
        await self._filled(ack, body, self._desk.resolve)

    async def _filled(self, ack: AsyncAck, body: Body, do: Callable[[str, str, str], Awaitable[str]]) -> None:
        await ack()
        view, person = body["view"], str(body["user"]["id"])
        about = json.loads(view["private_metadata"])
        text = str(view["state"]["values"]["text"]["text"].get("value") or "")
        if said := await do(about["ref"], person, text):
            shown = [blocks.section(said)]
            await quietly(self._chat.whisper(about["channel"], person, "", said, shown))

    async def _chose(self, ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        await ack()
        person = str(body["user"]["id"])
        message = {**body["message"], "channel": body["channel"]["id"]}
        post = post_of({**message, "subtype": None}, self._me)
        if post is None:
            return
        try:
            allowed = await self._desk.may("slack", person)
            said = await self._attendant.triage(post) if allowed else team_phrases.STRANGER
        except LedgerUnavailable:
            said = phrases.LEDGER_DOWN
        await _told(respond, said)


async def _told(respond: AsyncRespond, said: str) -> None:
    if said:
        await respond(text=said, response_type="ephemeral", replace_original=False)


def _ref(body: Body) -> str:
    return str(body["actions"][0]["value"])
