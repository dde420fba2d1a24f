"""The webhook over its real port: what is answered, and which sources are read anew."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
import pytest

from adapters.web.port import Doors, serve_web
from chatting import an_unused_port
from config.pushes import hearing
from config.settings import Settings, load_settings

SECRET = "a-webhook-secret"
SOURCES = """
[[docs]]
name = "newest"
location = "https://github.com/acme/handbook.git"

[[docs]]
name = "1.x"
location = "git@github.com:acme/handbook.git"
ref = "1.x"
"""
FOLDER = """
[[docs]]
name = "folder"
location = "docs"
"""


class Runs:
    """Stands for the schedule; keeps what it is asked to run."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    def run_now(self, cause: str, sources: Sequence[str] = ()) -> None:
        self.asked.append((cause, tuple(sources)))


class Hook:
    """The opened port, and what came of what was sent there."""

    def __init__(self, address: str, runs: Runs) -> None:
        self.address, self.runs = address, runs

    async def sends(self, body: bytes, content_type: str = "application/json", **headers: str) -> int:
        signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        told = {"x-hub-signature-256": f"sha256={signature}", "x-github-event": "push"}
        told |= {"content-type": content_type} | {
            name.replace("_", "-"): text for name, text in headers.items()
        }
        async with aiohttp.ClientSession() as web, web.post(self.address, data=body, headers=told) as reply:
            return reply.status


def configured(text: str) -> Settings:
    Path("docent.toml").write_text(text)
    return load_settings(environ={"WEBHOOK_SECRET": SECRET})


@pytest.fixture
async def hook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request) -> AsyncIterator[Hook]:
    monkeypatch.chdir(tmp_path)
    settings = configured(getattr(request, "param", SOURCES))
    runs, doors, ready, port = Runs(), Doors(), asyncio.Event(), an_unused_port()
    with hearing(settings, runs, doors):
        serving = asyncio.create_task(serve_web("127.0.0.1", port, doors, ready))
        await ready.wait()
        yield Hook(f"http://127.0.0.1:{port}/hooks/github", runs)
        serving.cancel()
        await asyncio.wait([serving])


def payload(ref: str = "refs/heads/main", name: str = "acme/handbook", **more: object) -> bytes:
    repository = {"full_name": name, "clone_url": f"https://github.com/{name}.git", "default_branch": "main"}
    return json.dumps({"ref": ref, "repository": repository, **more}).encode()


async def test_githubs_form_is_read_as_its_json_is(hook):
    form = urlencode({"payload": payload().decode()}).encode()
    assert await hook.sends(payload()) == 202
    assert await hook.sends(form, "application/x-www-form-urlencoded") == 202
    assert hook.runs.asked == [("push to refs/heads/main", ("newest",))] * 2


async def test_a_push_reads_the_sources_of_its_branch_alone(hook):
    assert await hook.sends(payload("refs/heads/1.x")) == 202
    assert hook.runs.asked == [("push to refs/heads/1.x", ("1.x",))]


async def test_what_concerns_no_source_starts_no_run(hook):
    for body in (
        payload("refs/heads/feature-x"),
        payload(deleted=True),
        payload(name="acme/website"),
    ):
        assert await hook.sends(body) == 200
    assert await hook.sends(payload(), x_github_event="ping") == 200
    assert hook.runs.asked == []


async def test_what_is_unsigned_or_not_understood_starts_no_run(hook):
    assert await hook.sends(payload(), x_hub_signature_256="sha256=00") == 401
    assert await hook.sends(b"payload=nonsense", "application/x-www-form-urlencoded") == 400
    assert await hook.sends(b"") == 400
    assert hook.runs.asked == []


@pytest.mark.parametrize("hook", [FOLDER, SOURCES + FOLDER], indirect=True)
async def test_a_folder_is_read_anew_after_a_push_to_a_repository_that_is_no_source(hook):
    assert await hook.sends(payload(name="acme/website")) == 202
    assert hook.runs.asked == [("push to refs/heads/main", ("folder",))]
