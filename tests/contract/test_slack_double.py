"""The Slack double tells an app what Slack would tell it, and shows a test what people see."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from slack_apps import (
    ANN,
    GENERAL,
    answering_app,
    client_of,
    listening,
    refusal,
)
from slack_double import BOT, TEAM, SlackDouble


@pytest.fixture
async def slack() -> AsyncIterator[SlackDouble]:
    async with SlackDouble() as double:
        yield double


@pytest.fixture
def client(slack: SlackDouble) -> AsyncWebClient:
    return client_of(slack)


@pytest.fixture
def app(slack: SlackDouble) -> AsyncApp:
    return answering_app(slack)


async def test_an_app_answers_a_mention_by_a_stream_in_its_thread(app: AsyncApp, slack: SlackDouble) -> None:
    async with listening(app, slack):
        ts = await slack.says("U_ANN", "C_GENERAL", "<@BOT> where is <@U_BEN>'s data?")
        answer = await slack.answered("C_GENERAL", ts)
        await slack.idle()
    root, shown = slack.thread("C_GENERAL", ts)
    assert root.text == f"<@{BOT}> where is <@U0BEN00001>'s data?"
    assert shown == answer
    assert (shown.author, shown.streamed, shown.edited) == (BOT, True, 0)
    assert shown.text == "Data is kept in **object storage**."
    assert shown.words.splitlines() == [shown.text, "Good", "Bad"]
    assert [call.method for call in slack.calls() if "Stream" in call.method] == [
        "chat.startStream",
        "chat.appendStream",
        "chat.stopStream",
    ]


async def test_a_mention_arrives_as_two_events_and_each_is_acknowledged(
    app: AsyncApp, slack: SlackDouble
) -> None:
    async with listening(app, slack):
        ts = await slack.says("U_ANN", "C_GENERAL", "<@BOT> hello")
        await slack.answered("C_GENERAL", ts)
        await slack.idle()
    mentions = slack.sent("app_mention")
    messages = [each for each in slack.sent("message") if each.event["ts"] == ts]
    assert len(mentions) == len(messages) == 1
    assert mentions[0].event_id != messages[0].event_id
    assert all(delivery.acks == 1 for delivery in slack.sent())
    assert mentions[0].attempts[0].at < slack.calls("chat.startStream")[0].at


@pytest.mark.parametrize(
    ("channel", "kinds"),
    [
        ("C_ABSENT", []),
        ("C_SECRET", []),
        ("D_ANN", ["message"]),
        ("C_PRIVATE", ["app_mention", "message"]),
    ],
)
async def test_the_app_hears_only_what_slack_would_tell_it(
    slack: SlackDouble, channel: str, kinds: list[str]
) -> None:
    await slack.says("U_ANN", channel, "<@BOT> hello")
    assert sorted(delivery.type for delivery in slack.sent()) == kinds


async def test_an_app_without_the_history_scope_hears_mentions_only(slack: SlackDouble) -> None:
    slack.workspace.scopes.discard("channels:history")
    await slack.says("U_ANN", "C_GENERAL", "<@BOT> hello")
    assert [delivery.type for delivery in slack.sent()] == ["app_mention"]


async def test_edits_deletions_previews_and_reactions_are_told(slack: SlackDouble) -> None:
    ts = await slack.says("U_ANN", "C_GENERAL", "hello")
    await slack.edits("C_GENERAL", ts, "<@BOT> hello")
    await slack.unfurls("C_GENERAL", ts)
    await slack.reacts("U_BEN", "C_GENERAL", ts, "eyes")
    reply = await slack.says("U_BEN", "C_GENERAL", "hi", thread=ts)
    await slack.deletes("C_GENERAL", ts)
    await slack.deletes("C_GENERAL", reply)
    told = [(delivery.type, delivery.event.get("subtype", "")) for delivery in slack.sent()]
    assert told == [
        ("message", ""),
        ("message", "message_changed"),
        ("app_mention", ""),
        ("message", "message_changed"),
        ("reaction_added", ""),
        ("message", ""),
        ("message", "message_changed"),
        ("message", "message_deleted"),
    ]
    assert slack.sent()[6].event["message"]["subtype"] == "tombstone"


async def test_a_refused_stream_can_be_scripted(slack: SlackDouble, client: AsyncWebClient) -> None:
    slack.fails("chat.startStream", "unknown_method", times=1)
    ts = await slack.says("U_ANN", "C_GENERAL", "hello")
    start = {"channel": GENERAL, "thread_ts": ts, "recipient_team_id": TEAM, "recipient_user_id": ANN}
    assert await refusal(client.chat_startStream(**start)) == "unknown_method"
    assert (await client.chat_startStream(**start))["ok"]
    assert [call.error for call in slack.calls("chat.startStream")] == ["unknown_method", ""]


async def test_a_limit_is_a_429_with_its_wait(slack: SlackDouble, client: AsyncWebClient) -> None:
    slack.limits("auth.test", retry_after=7, times=1)
    with pytest.raises(SlackApiError) as caught:
        await client.auth_test()
    assert (caught.value.response.status_code, caught.value.response["error"]) == (429, "ratelimited")
    assert caught.value.response.headers["Retry-After"] == "7"
    assert (await client.auth_test())["user_id"] == BOT


async def test_a_dropped_call_may_have_been_done_all_the_same(
    slack: SlackDouble, client: AsyncWebClient
) -> None:
    slack.breaks("chat.postMessage", times=1, applied=True)
    await client.chat_postMessage(channel=GENERAL, text="once")  # the SDK tries again by itself
    assert [message.text for message in slack.channel("C_GENERAL")] == ["once", "once"]


async def test_a_broken_answer_is_no_json(slack: SlackDouble, client: AsyncWebClient) -> None:
    slack.breaks("auth.test", status=503)
    with pytest.raises(SlackApiError) as caught:
        await client.auth_test()
    assert caught.value.response.status_code == 503


async def test_a_held_call_waits_for_its_release(slack: SlackDouble, client: AsyncWebClient) -> None:
    gate = slack.holds("chat.postMessage")
    posting = asyncio.create_task(client.chat_postMessage(channel=GENERAL, text="late"))
    await gate.arrived()
    assert slack.channel("C_GENERAL") == []
    gate.release()
    assert (await posting)["ok"]
    assert [message.text for message in slack.channel("C_GENERAL")] == ["late"]


async def test_waiting_in_vain_says_what_happened(slack: SlackDouble, client: AsyncWebClient) -> None:
    await client.auth_test()
    with pytest.raises(AssertionError, match=r"auth\.test"):
        await slack.until(lambda: False, timeout=0.01)
