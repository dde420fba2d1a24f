"""Makes a resolved card's outcome an answer for others, in Slack: its form, and what the buttons do."""

import json
from collections.abc import Awaitable
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from adapters.slack import blocks
from adapters.slack.blocks import Block, plain
from adapters.slack.card import action_id, modal
from adapters.slack.chat import Chat
from bot.channels.replying import quietly
from bot.support.card_words import APPROVAL, APPROVAL_HINT
from bot.support.desk import ANSWER_CHARS, QUESTION_CHARS, Desk
from bot.support.handoffs import Approved

Body = dict[str, Any]
APPROVE, TAKE_BACK = action_id("approve"), action_id("take_back")
QUESTION, ANSWER = "question", "answer"


def form(approved: Approved, channel: str) -> dict[str, Any]:
    """The modal, filled in with what is known."""
    answer = _input(ANSWER, APPROVAL.label, approved.answer, ANSWER_CHARS) | {"hint": plain(APPROVAL_HINT)}
    return modal(
        "approve",
        {"ref": approved.ref, "channel": channel},
        APPROVAL,
        [_input(QUESTION, "What was asked", approved.question, QUESTION_CHARS), answer],
    )


class Approvals:
    """Handlers of what the team approves and takes back."""

    def __init__(self, *, chat: Chat, desk: Desk) -> None:
        self._chat, self._desk = chat, desk

    def listen(self, app: AsyncApp) -> None:
        """Register with ``app``."""
        app.action(APPROVE)(self._wants_form)
        app.action(TAKE_BACK)(self._takes_back)
        app.view(APPROVE)(self._approves)

    async def _wants_form(self, ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        await ack()
        found = await self._desk.approvable(str(body["actions"][0]["value"]), str(body["user"]["id"]))
        if isinstance(found, str):
            await respond(text=found, response_type="ephemeral", replace_original=False)
            return
        await quietly(self._chat.open(body["trigger_id"], form(found, body["channel"]["id"])))

    async def _takes_back(self, ack: AsyncAck, body: Body) -> None:
        await ack()
        person = str(body["user"]["id"])
        doing = self._desk.unapprove(str(body["actions"][0]["value"]), person)
        await self._told(body["channel"]["id"], person, doing)

    async def _approves(self, ack: AsyncAck, body: Body) -> None:
        await ack()
        view, person = body["view"], str(body["user"]["id"])
        about = json.loads(view["private_metadata"])
        question, answer = (
            str(view["state"]["values"][name][name].get("value") or "") for name in (QUESTION, ANSWER)
        )
        await self._told(about["channel"], person, self._desk.approve(about["ref"], person, question, answer))

    async def _told(self, channel: str, person: str, doing: Awaitable[str]) -> None:
        said = await doing
        await quietly(self._chat.whisper(channel, person, "", said, [blocks.section(said)]))


def _input(name: str, label: str, value: str, limit: int) -> Block:
    element = {"type": "plain_text_input", "action_id": name, "multiline": True, "max_length": limit}
    if value:  # Slack takes no empty one
        element["initial_value"] = value[:limit]
    return {"type": "input", "block_id": name, "label": plain(label), "element": element}
