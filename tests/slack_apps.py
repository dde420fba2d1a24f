"""Small Bolt apps and blocks with which the Slack double is tested."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from slack_double import TEAM, SlackDouble

GENERAL, ANN = "C0GENERAL1", "U0ANN00001"
FEEDBACK = {
    "type": "context_actions",
    "elements": [
        {
            "type": "feedback_buttons",
            "action_id": "vote",
            "positive_button": {"text": {"type": "plain_text", "text": "Good"}, "value": "up:1"},
            "negative_button": {"text": {"type": "plain_text", "text": "Bad"}, "value": "down:1"},
        }
    ],
}


def client_of(slack: SlackDouble) -> AsyncWebClient:
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)


def answering_app(slack: SlackDouble) -> AsyncApp:
    """An app that answers mentions by a stream in their thread."""
    quiet = logging.getLogger("bolt-under-test")
    quiet.setLevel(logging.CRITICAL)
    made = AsyncApp(client=client_of(slack), signing_secret=slack.signing_secret, logger=quiet)

    @made.event("app_mention")
    async def answer(event: dict[str, Any], client: AsyncWebClient) -> None:
        stream = await client.chat_stream(
            channel=event["channel"],
            thread_ts=event.get("thread_ts", event["ts"]),
            recipient_team_id=TEAM,
            recipient_user_id=event["user"],
            buffer_size=1,
        )
        await stream.append(markdown_text="Data is kept in ")
        await stream.append(markdown_text="**object storage**.")
        await stream.stop(blocks=[FEEDBACK])

    @made.event("message")
    async def ignore() -> None: ...

    return made


@asynccontextmanager
async def listening(app: AsyncApp, slack: SlackDouble, connections: int = 1) -> AsyncIterator[None]:
    handlers = [AsyncSocketModeHandler(app, slack.app_token, ping_interval=0.2) for _ in range(connections)]
    try:
        for handler in handlers:
            await handler.connect_async()
        await slack.connected(connections)
        yield
    finally:
        for handler in handlers:
            await handler.close_async()


async def refusal(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


def section(text: str, **fields: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **fields}


def button(label: str = "Go", **fields: Any) -> dict[str, Any]:
    text = {"type": "plain_text", "text": label}
    return {"type": "actions", "elements": [{"type": "button", "text": text, **fields}]}


MODAL = {
    "type": "modal",
    "callback_id": "why",
    "title": {"type": "plain_text", "text": "Ask"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "question",
            "label": {"type": "plain_text", "text": "Question"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        }
    ],
}
