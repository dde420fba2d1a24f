"""The Slack double delivers over sockets and by signed HTTP, and again what is not acknowledged."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientSession, WSServerHandshakeError, web
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.web.async_client import AsyncWebClient

from slack_apps import answering_app, client_of, listening
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


async def test_several_connections_share_the_events(app: AsyncApp, slack: SlackDouble) -> None:
    async with listening(app, slack, connections=3):
        for number in range(12):
            await slack.says("U_ANN", "C_RANDOM", f"message {number}")
        await slack.idle()
    used = [delivery.attempts[0].via.number for delivery in slack.sent("message")]
    assert all(len(delivery.attempts) == 1 for delivery in slack.sent("message"))
    assert len(set(used)) > 1


async def listener(
    slack: SlackDouble, client: AsyncWebClient, take: Callable[[int, Any], Any], number: int
) -> Any:
    socket = SocketModeClient(slack.app_token, web_client=client, ping_interval=30)
    socket.logger = logging.getLogger("socket-under-test")

    async def heard(_: Any, request: Any) -> None:
        await take(number, request)

    socket.socket_mode_request_listeners.append(heard)
    await socket.connect()
    return socket


async def test_what_a_broken_connection_did_not_acknowledge_goes_to_another(slack: SlackDouble) -> None:
    client = AsyncWebClient(base_url=slack.api_url)
    taken: list[tuple[int, int]] = []

    async def take(connection: int, request: Any) -> None:
        taken.append((connection, request.retry_attempt))

    first, second = [await listener(slack, client, take, number) for number in range(2)]
    await slack.connected(2)
    await slack.says("U_ANN", "C_GENERAL", "hello")
    await slack.until(lambda: taken)
    delivery = slack.sent("message")[0]
    slack.drops(delivery.attempts[0].via)
    await slack.until(lambda: len(taken) == 2)
    assert sorted(retry for _, retry in taken) == [0, 1]
    assert {connection for connection, _ in taken} == {0, 1}
    for socket in (first, second):
        await socket.close()


async def test_an_event_that_nobody_acknowledges_is_sent_again_three_times(slack: SlackDouble) -> None:
    slack.deliveries.ack_seconds, slack.deliveries.retry_seconds = 0.01, (0.0, 0.0, 0.0)
    taken: list[int] = []

    async def take(_: int, request: Any) -> None:
        taken.append(request.retry_attempt)

    socket = await listener(slack, AsyncWebClient(base_url=slack.api_url), take, 0)
    await slack.connected()
    await slack.says("U_ANN", "C_GENERAL", "hello")
    await slack.until(lambda: len(slack.sent()[0].attempts) == 4 and len(taken) == 4)
    assert taken == [0, 1, 2, 3]
    await socket.close()


async def test_what_happened_while_nobody_listened_comes_as_a_retry(
    app: AsyncApp, slack: SlackDouble
) -> None:
    ts = await slack.says("U_ANN", "C_GENERAL", "<@BOT> hello")
    async with listening(app, slack):
        await slack.answered("C_GENERAL", ts)
        await slack.idle()
    assert [attempt.retry for attempt in slack.sent("app_mention")[0].attempts] == [1]


async def test_an_event_can_come_again_after_it_was_acknowledged(app: AsyncApp, slack: SlackDouble) -> None:
    async with listening(app, slack, connections=2):
        ts = await slack.says("U_ANN", "C_GENERAL", "<@BOT> hello")
        await slack.answered("C_GENERAL", ts)
        await slack.redelivers(slack.sent("app_mention")[0], times=2, sockets="any")
        await slack.answered("C_GENERAL", ts, count=3)
        await slack.redelivers(slack.sent("app_mention")[0], sockets="all")
        await slack.answered("C_GENERAL", ts, count=5)
        await slack.idle()
    assert [attempt.retry for attempt in slack.sent("app_mention")[0].attempts] == [0, 1, 2, 3, 3]


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_an_app_that_is_asked_to_leave_comes_back(
    app: AsyncApp, slack: SlackDouble, reason: Any
) -> None:
    async with listening(app, slack):
        old = slack.sockets[0]
        await slack.pings()
        await slack.disconnects(reason)
        await slack.until(lambda: slack.sockets and old not in slack.sockets)
        ts = await slack.says("U_ANN", "C_GENERAL", "<@BOT> hello")
        await slack.answered("C_GENERAL", ts)
        await slack.idle()


async def test_a_dropped_connection_is_opened_anew(app: AsyncApp, slack: SlackDouble) -> None:
    async with listening(app, slack):
        slack.drops()
        assert not slack.sockets
        ts = await slack.says("U_ANN", "C_GENERAL", "<@BOT> hello")
        await slack.answered("C_GENERAL", ts)
        await slack.idle()
    assert len(slack.calls("apps.connections.open")) == 2


@asynccontextmanager
async def at_home(server: web.Application) -> AsyncIterator[str]:
    runner = web.AppRunner(server, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_the_same_app_is_served_over_signed_http(app: AsyncApp, slack: SlackDouble) -> None:
    @app.command("/docent")
    async def command(ack: Any) -> None:
        await ack("One moment")

    async with at_home(app.web_app("/slack/events")) as address:
        await slack.posts_to(f"{address}/slack/events")
        ts = await slack.says("U_ANN", "C_GENERAL", "<@BOT> hello")
        answer = await slack.answered("C_GENERAL", ts)
        asked = await slack.commands("U_ANN", "C_GENERAL", "/docent", "help")
        await slack.idle()
        mention = slack.sent("app_mention")[0]
        assert await slack.forges(mention, "right") == 200
        assert [await slack.forges(mention, how) for how in ("wrong", "stale", "none")] == [401, 401, 401]
        await slack.idle()
    assert answer.streamed
    assert asked.words == "One moment"
    assert (mention.attempts[0].status, mention.acks) == (200, 1)


async def test_an_address_that_fails_gets_the_event_again_with_retry_headers(slack: SlackDouble) -> None:
    slack.deliveries.retry_seconds = (0.0, 0.0, 0.0)
    seen: list[tuple[str | None, str | None]] = []

    async def serve(request: web.Request) -> web.Response:
        body = await request.json()
        if "challenge" in body:
            return web.Response(text=body["challenge"])
        seen.append(tuple(request.headers.get(f"x-slack-retry-{name}") for name in ("num", "reason")))
        return web.Response(status=500 if len(seen) < 3 else 200)

    server = web.Application()
    server.router.add_post("/", serve)
    async with at_home(server) as address:
        await slack.posts_to(f"{address}/")
        await slack.says("U_ANN", "C_GENERAL", "hello")
        await slack.until(lambda: slack.sent()[0].acks)
    assert seen == [(None, None), ("1", "http_error"), ("2", "http_error")]


async def test_an_address_of_a_connection_takes_one(slack: SlackDouble) -> None:
    opened = await AsyncWebClient(base_url=slack.api_url).apps_connections_open(app_token=slack.app_token)
    async with ClientSession() as session, session.ws_connect(opened["url"]) as first:
        assert (await first.receive_json())["type"] == "hello"
        with pytest.raises(WSServerHandshakeError):
            await session.ws_connect(opened["url"])


async def test_an_eleventh_connection_is_turned_away(app: AsyncApp, slack: SlackDouble) -> None:
    async with listening(app, slack, connections=10):
        opened = await AsyncWebClient(base_url=slack.api_url).apps_connections_open(app_token=slack.app_token)
        async with ClientSession() as session, session.ws_connect(opened["url"]) as eleventh:
            told = await eleventh.receive_json()
    assert (told["type"], told["reason"]) == ("disconnect", "too_many_websockets")


async def test_an_app_that_forbids_retries_gets_none(slack: SlackDouble) -> None:
    slack.deliveries.retry_seconds = (0.0, 0.0, 0.0)

    async def serve(request: web.Request) -> web.Response:
        body = await request.json()
        if "challenge" in body:
            return web.Response(text=body["challenge"])
        return web.Response(status=500, headers={"x-slack-no-retry": "1"})

    server = web.Application()
    server.router.add_post("/", serve)
    async with at_home(server) as address:
        await slack.posts_to(f"{address}/")
        await slack.says("U_ANN", "C_GENERAL", "hello")
        event = slack.sent()[0]
        await slack.until(lambda: event.attempts and event.attempts[0].over)
        await slack.changes.quiet(0.05)
    assert [(attempt.retry, attempt.status) for attempt in event.attempts] == [(0, 500)]
