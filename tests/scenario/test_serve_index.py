"""The service keeps its index fresh while it answers."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator

import aiohttp
import pytest

from chatting import an_unused_port
from commands import docent
from services import service, slack_environment
from slack_double import BOT, SlackDouble

SECRET = "a-webhook-secret"
PAGE = """\
---
id: quota.md
title: Quotas
---
# Quotas

## What is the quota of zebra buckets?

The quota of zebra buckets is 77 per region.
"""


@pytest.fixture
async def slack() -> AsyncIterator[SlackDouble]:
    async with SlackDouble() as double:
        yield double


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"x-hub-signature-256": f"sha256={digest}", "x-github-event": "push"}


async def runs(folder) -> list[dict]:
    run = await asyncio.to_thread(docent, folder, "index", "history", "--json")
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)["runs"]


async def test_a_push_brings_a_new_page_into_the_answers_of_the_same_process(indexed, slack):
    port = an_unused_port()
    environment = slack_environment(
        slack,
        WEBHOOK_SECRET=SECRET,
        DOCENT_WEB__ENABLED="true",
        DOCENT_WEB__PORT=str(port),
        WEB_TOKEN="t" * 24,
    )
    body = json.dumps({"ref": "refs/heads/main"}).encode()
    async with service(indexed, **environment) as running:
        for part in ("slack", "index", "web"):
            await running.said(f"{part}: ready.")
        (indexed / "docs" / "quota.md").write_text(PAGE)
        async with aiohttp.ClientSession() as session:
            url = f"http://127.0.0.1:{port}/hooks/github"
            async with session.post(url, data=body, headers=signed(body, "wrong")) as reply:
                assert reply.status == 401
            async with session.post(url, data=b"[]", headers=signed(b"[]")) as reply:
                assert reply.status == 400
            async with session.post(url, data=body, headers=signed(body)) as reply:
                assert reply.status == 202
        # The time-table may set off a run of its own meanwhile.
        await running.said("push to refs/heads/main")
        assert any("push to refs/heads/main" in run["cause"] for run in await runs(indexed))
        ts = await slack.says("U_ANN", "C_GENERAL", f"<@{BOT}> What is the quota of zebra buckets?")
        answer = await slack.answered("C_GENERAL", ts)
    assert "77 per region" in answer.words
    assert "https://docs.example/quota.md" in answer.words


async def test_every_command_works_while_the_service_has_the_index_open(indexed, slack):
    def run(*arguments):
        return asyncio.to_thread(docent, indexed, *arguments)

    async with service(indexed, "--only", "slack,index", **slack_environment(slack)) as running:
        for part in ("slack", "index"):
            await running.said(f"{part}: ready.")
        await slack.until((indexed / "data" / "docent.db.service").exists)
        (indexed / "docs" / "quota.md").write_text(PAGE)
        planned = await run("index", "--dry-run", "--json")
        assert json.loads(planned.stdout)["pages"]["added"] == 1
        report = await run("index", "--full", "--json")
        assert json.loads(report.stdout)["pages"]["added"] == 1, report.stderr
        status = json.loads((await run("index", "status", "--json")).stdout)
        assert (status["index"]["error"], bool(status["index"]["before"])) == ("", True)
        found = await run("search", "What is the quota of zebra buckets?", "--json")
        assert json.loads(found.stdout)["passages"][0]["path"] == "quota.md"
        assert "77 per region" in (await run("ask", "What is the quota of zebra buckets?")).stdout
        ts = await slack.says("U_ANN", "C_GENERAL", f"<@{BOT}> What is the quota of zebra buckets?")
        assert "77 per region" in (await slack.answered("C_GENERAL", ts)).words
        assert (await run("index", "rollback")).returncode == 0
    assert (await run("index", "--full", "--json")).returncode == 0


async def test_an_admin_lets_the_documentation_be_read_anew(indexed, slack):
    async with service(indexed, "--only", "slack,index", **slack_environment(slack)) as running:
        for part in ("slack", "index"):
            await running.said(f"{part}: ready.")
        await slack.commands("U_EVA", "C_GENERAL", "/docent", "reindex")
        told = await slack.until(lambda: slack.ephemerals("C_GENERAL", "U_EVA"))
        await running.said("asked for by")
    assert "I read the documentation anew" in told[0].text
