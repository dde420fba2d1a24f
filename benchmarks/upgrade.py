"""Lets people ask while the documentation moves to its next version: ``python -m benchmarks.upgrade``."""

import asyncio
import hashlib
import hmac
import json
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import aiohttp
import typer

from benchmarks.workspace import ROOT, SHARED

sys.path.append(str(ROOT / "tests"))

from chatting import an_unused_port
from commands import docent
from services import service, slack_environment
from slack_double import BOT, SlackDouble

BUNDLE = SHARED / "corpus" / "milvus-docs-en.bundle"
BEFORE, AFTER = "2.3.x", "2.4.x"
OLD = "How is data stored in Milvus?"
NEW = "How do I embed documents with the Voyage embedding function?"
CHARS = 100
SECRET = "of-this-benchmark"
CONFIG = """\
[[docs]]
name = "milvus"
kind = "git"
location = "{repository}"
ref = "main"
root = "en"
url = "https://milvus.io/docs/{{id}}"

[llm]
base_url = ""

[embedding]
model = "{model}"
cache_dir = "{models}"

[index]
jitter = ""
"""


class Conversation:
    """Somebody who asks in a channel of the Slack double, and reads what comes."""

    def __init__(self, slack: SlackDouble) -> None:
        self._slack, self._start = slack, perf_counter()
        self.asked = 0

    def note(self, words: str) -> None:
        """One line of the transcript."""
        print(f"{perf_counter() - self._start:6.1f} s  {words}", flush=True)

    async def ask(self, question: str) -> None:
        """Ask, and show the beginning of the answer and its first source."""
        start = perf_counter()
        ts = await self._slack.says("U_ANN", "C_GENERAL", f"<@{BOT}> {question}")
        answer = await self._slack.answered("C_GENERAL", ts, timeout=60)
        self.asked += 1
        first = next(line for line in answer.words.splitlines() if line.strip())
        source = re.search(r"https://milvus\.io/docs/[^|>)\s]+", answer.words)
        self.note(f"{question}  ({perf_counter() - start:.2f} s)")
        print(f"            {first[:CHARS]}\n            {source[0] if source else 'no source'}")


async def push(port: int) -> None:
    """Tell the service that something was pushed, signed as GitHub signs."""
    body = json.dumps({"ref": "refs/heads/main"}).encode()
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    headers = {"x-hub-signature-256": f"sha256={digest}", "x-github-event": "push"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"http://127.0.0.1:{port}/hooks/github", data=body, headers=headers) as reply,
    ):
        reply.raise_for_status()


async def watch(folder: Path) -> None:
    """Ask before, during and after the run that a push begins."""
    port = an_unused_port()
    web = {"DOCENT_WEB__ENABLED": "true", "DOCENT_WEB__PORT": str(port), "WEB_TOKEN": "t" * 24}
    async with SlackDouble() as slack:
        environment = slack_environment(slack, WEBHOOK_SECRET=SECRET, **web)
        async with service(folder, "--only", "slack,index,web", **environment) as running:
            for part in ("slack", "index", "web"):
                await running.said(f"{part}: ready.")
            talk = Conversation(slack)
            await talk.ask(NEW)
            git(folder / "repository", "branch", "--force", "main", AFTER)
            await push(port)
            talk.note(f"--- main is at {AFTER} now, and a push says so; what is asked meanwhile:")
            refreshed = asyncio.ensure_future(running.said("index refreshed", 600))
            while not refreshed.done():
                await talk.ask(OLD)
                await asyncio.wait([refreshed], timeout=5)
            talk.note("--- the index is refreshed")
            await talk.ask(NEW)
            talk.note(f"--- {talk.asked} questions, {talk.asked} answers")


def git(folder: Path, *arguments: str) -> None:
    """Run git in ``folder``."""
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)


def main(model: str = "minilm") -> None:
    """Print the transcript, then what the history of the index tells."""
    with TemporaryDirectory(prefix="docent-bench-") as name:
        folder = Path(name)
        repository = folder / "repository"
        subprocess.run(["git", "clone", "--quiet", "--no-checkout", str(BUNDLE), str(repository)], check=True)
        git(repository, "checkout", "--quiet", "-B", "other", BEFORE)
        git(repository, "branch", "--force", "main", BEFORE)
        models = ROOT / "data" / "models"
        (folder / "docent.toml").write_text(CONFIG.format(repository=repository, model=model, models=models))
        print(docent(folder, "index").stdout)
        asyncio.run(watch(folder))
        print(f"\n$ docent index history\n{docent(folder, 'index', 'history').stdout}")


if __name__ == "__main__":
    typer.run(main)
