"""The Slack double's Web API takes what Slack takes, and refuses what Slack refuses."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from slack_apps import ANN, FEEDBACK, GENERAL, button, client_of, refusal, section
from slack_double import TEAM, SlackDouble


@pytest.fixture
async def slack() -> AsyncIterator[SlackDouble]:
    async with SlackDouble() as double:
        yield double


@pytest.fixture
def client(slack: SlackDouble) -> AsyncWebClient:
    return client_of(slack)


async def test_tokens_and_scopes_are_checked(slack: SlackDouble, client: AsyncWebClient) -> None:
    assert await refusal(AsyncWebClient(base_url=slack.api_url).auth_test()) == "not_authed"
    stranger = AsyncWebClient(token="xoxb-other", base_url=slack.api_url)
    assert await refusal(stranger.auth_test()) == "invalid_auth"
    assert await refusal(client.apps_connections_open(app_token=slack.bot_token)) == "not_allowed_token_type"
    slack.workspace.scopes.discard("reactions:write")
    ts = await slack.says("U_ANN", "C_GENERAL", "hello")
    with pytest.raises(SlackApiError) as caught:
        await client.reactions_add(channel=GENERAL, timestamp=ts, name="eyes")
    assert caught.value.response["needed"] == "reactions:write"
    granted = (await client.auth_test()).headers["x-oauth-scopes"]
    assert "chat:write" in granted
    assert "reactions:write" not in granted
    slack.revokes()
    assert await refusal(client.auth_test()) == "token_revoked"
    assert await refusal(client.api_call("no.such")) == "unknown_method"


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        ("C0NOWHERE1", "channel_not_found"),
        ("C0SECRET01", "channel_not_found"),
        ("C0ABSENT01", "not_in_channel"),
        ("C0OLD00001", "is_archived"),
    ],
)
async def test_posting_where_the_bot_is_not_welcome(client: AsyncWebClient, channel: str, error: str) -> None:
    assert await refusal(client.chat_postMessage(channel=channel, text="hi")) == error


@pytest.mark.parametrize(
    ("blocks", "error"),
    [
        ([section("x")] * 51, "invalid_blocks"),
        ([section("x" * 3001)], "invalid_blocks"),
        ([section("")], "invalid_blocks"),
        ([section("x", colour="red")], "invalid_blocks"),
        ([{"type": "paragraph"}], "invalid_blocks"),
        ([button("x" * 76, action_id="a")], "invalid_blocks"),
        ([button(action_id="a", value="x" * 2001)], "invalid_blocks"),
        ([button(action_id="a"), button(action_id="a")], "invalid_blocks"),
        ([section("x", block_id="a"), section("y", block_id="a")], "invalid_blocks"),
        ([{"type": "actions", "elements": [{"type": "knob", "action_id": "a"}]}], "invalid_blocks"),
        ([{**FEEDBACK, "elements": FEEDBACK["elements"] * 6}], "invalid_blocks"),
        ([{"type": "markdown", "text": "x" * 12_001}], "msg_too_long"),
        ([section("x" * 3000)] * 5, "msg_too_long"),
    ],
)
async def test_blocks_that_slack_refuses(client: AsyncWebClient, blocks: Any, error: str) -> None:
    assert await refusal(client.chat_postMessage(channel=GENERAL, text="hi", blocks=blocks)) == error


async def test_text_that_slack_refuses(client: AsyncWebClient) -> None:
    assert await refusal(client.chat_postMessage(channel=GENERAL, text="x" * 40_001)) == "msg_too_long"
    assert await refusal(client.api_call("chat.postMessage", json={"channel": GENERAL})) == "no_text"
    posting = client.chat_postMessage(channel=GENERAL, text="lost", thread_ts="1.000000")
    assert await refusal(posting) == "thread_not_found"


async def test_messages_are_changed_and_deleted_by_their_author_alone(
    slack: SlackDouble, client: AsyncWebClient
) -> None:
    theirs = await slack.says("U_ANN", "C_GENERAL", "hello")
    mine = (await client.chat_postMessage(channel=GENERAL, text="one", blocks=[section("one")]))["ts"]
    await client.chat_update(channel=GENERAL, ts=mine, text="two", blocks=[section("two"), button("Go")])
    shown = slack.channel("C_GENERAL")[-1]
    assert (shown.words, shown.labels, shown.edited) == ("two\nGo", ("Go",), 1)
    change = client.chat_update(channel=GENERAL, ts=theirs, text="x")
    assert await refusal(change) == "cant_update_message"
    assert await refusal(client.chat_delete(channel=GENERAL, ts=theirs)) == "cant_delete_message"
    await client.chat_delete(channel=GENERAL, ts=mine)
    assert await refusal(client.chat_update(channel=GENERAL, ts=mine, text="x")) == "message_not_found"


async def test_streams_refuse_what_slack_refuses(slack: SlackDouble, client: AsyncWebClient) -> None:
    ts = await slack.says("U_ANN", "C_GENERAL", "hello")
    who = {"recipient_team_id": TEAM, "recipient_user_id": ANN}
    start = client.chat_startStream
    assert await refusal(start(channel=GENERAL, thread_ts=ts)) == "missing_recipient_team_id"
    assert await refusal(start(channel=GENERAL, thread_ts="1.000000", **who)) == "invalid_thread_ts"
    stranger = {"recipient_team_id": TEAM, "recipient_user_id": "U0EXT00001"}
    assert await refusal(start(channel=GENERAL, thread_ts=ts, **stranger)) == "invalid_arguments"
    long = start(channel=GENERAL, thread_ts=ts, markdown_text="x" * 12_001, **who)
    assert await refusal(long) == "msg_too_long"
    stream = (await start(channel=GENERAL, thread_ts=ts, markdown_text="a", **who))["ts"]
    at = {"channel": GENERAL, "ts": stream}
    chunk = [{"type": "markdown_text", "text": "b"}]
    assert await refusal(client.chat_appendStream(**at, chunks=chunk)) == "streaming_mode_mismatch"
    assert await refusal(client.chat_update(**at, text="x")) == "streaming_state_conflict"
    assert await refusal(client.chat_delete(**at)) == "cant_delete_message"
    await client.chat_appendStream(**at, markdown_text="b")
    assert slack.expires_streams() == 1
    over = "message_not_in_streaming_state"
    assert await refusal(client.chat_appendStream(**at, markdown_text="c")) == over
    assert await refusal(client.chat_stopStream(**at)) == over
    assert [(shown.text, shown.expired) for shown in slack.answers("C_GENERAL", ts)] == [("ab", True)]
    await client.chat_update(**at, text="abc", blocks=[section("abc")])
    assert [(shown.words, shown.expired) for shown in slack.answers("C_GENERAL", ts)] == [("abc", False)]


async def test_threads_are_read_page_by_page(slack: SlackDouble, client: AsyncWebClient) -> None:
    ts = await slack.says("U_ANN", "C_GENERAL", "root")
    for number in range(5):
        await slack.says("U_BEN", "C_GENERAL", f"reply {number}", thread=ts)
    pages = []
    async for page in await client.conversations_replies(channel=GENERAL, ts=ts, limit=4):
        pages.append(page["messages"])
    texts = [[message["text"] for message in page] for page in pages]
    assert texts == [["root", "reply 0", "reply 1", "reply 2"], ["reply 3", "reply 4"]]
    assert pages[0][0]["reply_count"] == 5
    lost = client.conversations_replies(channel=GENERAL, ts="1.000000")
    assert await refusal(lost) == "thread_not_found"
    latest = await client.conversations_history(channel=GENERAL, limit=1)
    assert [message["ts"] for message in latest["messages"]] == [ts]
    link = await client.chat_getPermalink(channel=GENERAL, message_ts=ts)
    assert link["permalink"].endswith("/p" + ts.replace(".", ""))


async def test_a_status_shows_until_the_app_replies(slack: SlackDouble, client: AsyncWebClient) -> None:
    ts = await slack.says("U_ANN", "C_GENERAL", "hello")
    await client.assistant_threads_setStatus(channel_id=GENERAL, thread_ts=ts, status="is reading")
    assert slack.status("C_GENERAL", ts) == "is reading"
    await client.chat_postMessage(channel=GENERAL, thread_ts=ts, text="done")
    assert slack.status("C_GENERAL", ts) == ""
    assert [status.text for status in slack.statuses] == ["is reading", ""]


async def test_the_assistant_pane_takes_prompts_and_a_title(
    slack: SlackDouble, client: AsyncWebClient
) -> None:
    channel, ts = await slack.opens_assistant("U_ANN", looking_at="C_GENERAL")
    pane = slack.sent("assistant_thread_started")[0].event["assistant_thread"]
    assert (pane["channel_id"], pane["thread_ts"], pane["context"]["channel_id"]) == (channel, ts, GENERAL)
    prompts = [{"title": "Storage", "message": "Where is data stored?"}]
    at = {"channel_id": channel, "thread_ts": ts}
    await client.assistant_threads_setSuggestedPrompts(**at, prompts=prompts)
    await client.assistant_threads_setTitle(**at, title="Storage")
    assert slack.workspace.prompts[channel, ts]["prompts"] == prompts
    await slack.says("U_ANN", channel, "Where?", thread=ts)
    assert slack.sent("message")[-1].event["channel_type"] == "im"
