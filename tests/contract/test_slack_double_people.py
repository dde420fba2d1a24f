"""People press, command and fill in the Slack double, and the app is told as Slack tells it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from slack_apps import ANN, GENERAL, MODAL, answering_app, button, client_of, listening, refusal, section
from slack_double import SlackDouble


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


async def test_buttons_are_pressed_in_messages_and_in_ephemerals(app: AsyncApp, slack: SlackDouble) -> None:
    heard: list[tuple[str, str, bool]] = []

    @app.action("vote")
    async def voted(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        channel, thread = body["channel"]["id"], body["container"]["thread_ts"]
        heard.append((body["actions"][0]["value"], body["user"]["id"], "message" in body))
        why = button("Why?", action_id="why")
        at = {"channel": channel, "user": body["user"]["id"], "thread_ts": thread}
        await client.chat_postEphemeral(**at, text="Thanks", blocks=[section("Thanks"), why])

    @app.action("why")
    async def why(ack: Any, body: dict[str, Any], respond: Any) -> None:
        await ack()
        heard.append((body["actions"][0]["action_id"], body["user"]["id"], "message" in body))
        await respond(text="Noted", replace_original=True)

    async with listening(app, slack):
        ts = await slack.says("U_ANN", "C_GENERAL", "<@BOT> hello")
        answer = await slack.answered("C_GENERAL", ts)
        pressed = await slack.clicks("U_BEN", "C_GENERAL", answer.ts, "negative")
        assert pressed.acked
        await slack.until(lambda: slack.ephemerals("C_GENERAL", "U_BEN"))
        whisper = slack.ephemerals("C_GENERAL", "U_BEN")[0]
        assert (whisper.words, slack.ephemerals("C_GENERAL", "U_ANN")) == ("Thanks\nWhy?", [])
        pressed = await slack.clicks("U_BEN", "C_GENERAL", whisper.ts, "Why?")
        await slack.until(lambda: pressed.responses)
        assert [shown.words for shown in slack.ephemerals("C_GENERAL", "U_BEN")] == ["Noted"]
        await slack.idle()
    assert heard == [("down:1", "U0BEN00001", True), ("why", "U0BEN00001", False)]
    with pytest.raises(AssertionError, match="Good"):
        await slack.clicks("U_BEN", "C_GENERAL", answer.ts, "Nothing")


async def test_a_command_collects_what_is_said_in_response(app: AsyncApp, slack: SlackDouble) -> None:
    @app.command("/docent")
    async def command(ack: Any, command: dict[str, Any], respond: Any) -> None:
        await ack("One moment")
        await respond(text=f"about {command['text']}")
        await respond(text="for all", response_type="in_channel")

    async with listening(app, slack):
        asked = await slack.commands("U_ANN", "C_ABSENT", "/docent", "storage")
        await slack.until(lambda: len(asked.responses) == 3)
        await slack.idle()
    assert sorted(asked.words.splitlines()) == ["One moment", "about storage", "for all"]
    whispers = {shown.words for shown in slack.ephemerals("C_ABSENT", "U_ANN")}
    assert whispers == {"One moment", "about storage"}
    assert [shown.words for shown in slack.channel("C_ABSENT")] == ["for all"]


async def test_a_command_that_nobody_acknowledges_fails_for_the_person(slack: SlackDouble) -> None:
    asked = await slack.commands("U_ANN", "C_GENERAL", "/docent", "storage")
    assert not asked.acked
    assert asked.words == ""


async def test_a_shortcut_opens_a_modal_that_is_filled_and_submitted(
    app: AsyncApp, slack: SlackDouble, client: AsyncWebClient
) -> None:
    submitted: list[str] = []

    @app.shortcut("ask")
    async def ask(ack: Any, shortcut: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        assert shortcut["message"]["text"] == "hello"
        await client.views_open(trigger_id=shortcut["trigger_id"], view=MODAL)

    @app.view("why")
    async def why(ack: Any, view: dict[str, Any]) -> None:
        text = view["state"]["values"]["question"]["text"]["value"]
        submitted.append(text)
        if len(text) < 3:
            await ack(response_action="errors", errors={"question": "More, please"})
        else:
            await ack()

    @app.shortcut("late")
    async def late(ack: Any) -> None:
        await ack()

    async with listening(app, slack):
        ts = await slack.says("U_ANN", "C_GENERAL", "hello")
        used = await slack.shortcuts("U_BEN", "C_GENERAL", ts, "ask")
        view = (await slack.until(lambda: slack.views))[0]
        with pytest.raises(AssertionError, match="Question"):
            await slack.submits("U_BEN", view)
        refused = await slack.submits("U_BEN", view, {"Question": "?"})
        assert refused.errors == {"question": "More, please"}
        assert slack.views == [view]
        await slack.submits("U_BEN", view, {"question": "Where?"})
        assert slack.views == []
        again = client.views_open(trigger_id=used.trigger_id, view=MODAL)
        assert await refusal(again) == "exchanged_trigger_id"
        tardy = await slack.shortcuts("U_BEN", "C_GENERAL", ts, "late")
        slack.expires_triggers()
        assert (
            await refusal(client.views_open(trigger_id=tardy.trigger_id, view=MODAL)) == "expired_trigger_id"
        )
    assert submitted == ["?", "Where?"]


async def test_the_home_is_published_for_each_person(slack: SlackDouble, client: AsyncWebClient) -> None:
    await slack.opens_home("U_ANN")
    assert slack.sent("app_home_opened")[0].event["user"] == ANN
    await client.views_publish(user_id=ANN, view={"type": "home", "blocks": [section("Hello Ann")]})
    await client.views_publish(user_id=ANN, view={"type": "home", "blocks": [section("Hello again")]})
    home = slack.home("U_ANN")
    assert home is not None
    assert [block["text"]["text"] for block in home.fields["blocks"]] == ["Hello again"]
    assert slack.home("U_BEN") is None


async def test_a_response_url_takes_five_answers_and_no_more(slack: SlackDouble) -> None:
    asked = await slack.commands("U_ANN", "C_GENERAL", "/docent")
    url = asked.delivery.payload["response_url"]
    responding = AsyncWebhookClient(url)
    codes = [(await responding.send(text=f"answer {number}")).status_code for number in range(6)]
    assert codes == [200] * 5 + [404]
    assert len(slack.ephemerals("C_GENERAL", "U_ANN")) == 5


async def test_what_was_pressed_can_be_replaced_and_deleted(
    slack: SlackDouble, client: AsyncWebClient
) -> None:
    posted = await client.chat_postMessage(
        channel=GENERAL, text="go", blocks=[button("Go", action_id="go", value="1")]
    )
    pressed = await slack.clicks("U_ANN", "C_GENERAL", posted["ts"], "Go")
    responding = AsyncWebhookClient(pressed.delivery.payload["response_url"])
    await responding.send(text="gone on", replace_original=True)
    assert [shown.words for shown in slack.channel("C_GENERAL")] == ["gone on"]
    assert (await responding.send(text="x", blocks=[{"type": "knob"}])).status_code == 400
    await responding.send_dict({"delete_original": True})
    assert slack.channel("C_GENERAL") == []
    assert pressed.door.refused == ["invalid_blocks"]


async def test_a_modal_is_changed_only_by_who_knows_its_latest_state(
    slack: SlackDouble, client: AsyncWebClient
) -> None:
    asked = await slack.commands("U_ANN", "C_GENERAL", "/docent")
    opened = (await client.views_open(trigger_id=asked.trigger_id, view=MODAL))["view"]
    other = {**MODAL, "title": {"type": "plain_text", "text": "Asked"}}
    await client.views_update(view_id=opened["id"], hash=opened["hash"], view=other)
    late = client.views_update(view_id=opened["id"], hash=opened["hash"], view=other)
    assert await refusal(late) == "hash_conflict"
    assert slack.views[0].fields["title"]["text"] == "Asked"
    long = {**MODAL, "title": {"type": "plain_text", "text": "x" * 25}}
    assert await refusal(client.views_update(view_id=opened["id"], view=long)) == "invalid_blocks"
