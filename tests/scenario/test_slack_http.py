"""Slack over HTTP: signed requests to the web port."""

import asyncio
import io
from collections.abc import AsyncIterator

import aiohttp
import pytest

from chatting import an_unused_port
from commands import prepared
from services import service, slack_environment
from slack_double import BOT, SlackDouble

ASKED = f"<@{BOT}> how is data stored?"


@pytest.fixture
async def slack() -> AsyncIterator[SlackDouble]:
    async with SlackDouble() as double:
        yield double


@pytest.fixture
async def address(slack, indexed) -> AsyncIterator[str]:
    """A service that Slack posts to."""
    port = an_unused_port()
    environment = slack_environment(
        slack,
        SLACK_SIGNING_SECRET=slack.signing_secret,
        DOCENT_SLACK__MODE="http",
        DOCENT_WEB__PORT=str(port),
    )
    async with service(indexed, **environment) as running:
        await running.said("web: ready.")
        await running.said("slack: ready.")
        yield f"http://127.0.0.1:{port}"


async def test_signed_requests_are_answered_and_retries_are_not_answered_again(slack, address):
    await slack.posts_to(f"{address}/slack/events")
    ts = await slack.says("U_ANN", "C_GENERAL", ASKED)
    answer = await slack.answered("C_GENERAL", ts)
    await slack.redelivers(slack.sent("app_mention")[0], times=3)
    await slack.idle()
    assert "object storage" in answer.words
    assert len(slack.answers("C_GENERAL", ts)) == 1


@pytest.mark.parametrize("signature", ["wrong", "stale", "none"])
async def test_a_request_that_slack_did_not_sign_now_is_refused(slack, address, signature):
    await slack.posts_to(f"{address}/slack/events")
    ts = await slack.says("U_ANN", "C_GENERAL", ASKED)
    await slack.answered("C_GENERAL", ts)
    assert await slack.forges(slack.sent("app_mention")[0], signature) in {401, 403}
    await slack.idle()
    assert len(slack.answers("C_GENERAL", ts)) == 1


async def test_other_requests_to_the_port_are_refused_in_a_line(address):
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{address}/health") as reply:
            assert (reply.status, await reply.text()) == (200, "ok")
        async with session.get(f"{address}/etc/passwd") as reply:
            assert reply.status == 404
        async with session.post(f"{address}/slack/events", data=io.BytesIO(b"x" * 2_000_001)) as reply:
            assert reply.status == 413
        async with session.post(f"{address}/slack/events", data=b"\xff\xfe{") as reply:
            assert reply.status in {400, 401, 403}


async def test_a_port_that_is_taken_is_said(slack, tmp_path, models):
    taken = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = taken.sockets[0].getsockname()[1]
    environment = {"DOCENT_WEB__ENABLED": "true", "DOCENT_WEB__PORT": str(port)}
    async with service(prepared(tmp_path, models), "--only", "web", **environment) as running:
        assert f"the web port {port} on 127.0.0.1 cannot be opened" in await running.said("web: ")
        taken.close()
        await taken.wait_closed()
        await running.said("web: ready.")
