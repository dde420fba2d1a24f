"""Runs every peer over the same pages and questions and prints one table (``make bench-peers``)."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from time import process_time
from typing import Any

from benchmarks.peers.comparing import BUDGET, HEADS, Trial, code_lines, line, setting_lines, trial
from benchmarks.peers.embedders import minilm, tokenizer_folder
from benchmarks.peers.embedding_server import embedding_server
from benchmarks.workspace import ARCHIVE, QUESTIONS, ROOT, Workspace, rows, workspace
from bot.evaluation import evaluating, scoring
from bot.generation import prompt
from config import wiring

SCRIPTS = Path(__file__).with_name("scripts")
ENVIRONMENT, APART = ROOT / ".venv-bench-peers", ROOT / ".venv-bench-llamaindex"
LONGEST = 1_800.0
"""Seconds one peer may take to index or to search."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Somebody else's way to search the pages: a module of ``scripts`` and where it runs."""

    script: str
    name: str
    environment: Path
    lines: str
    missing: str = "it is not installed: make bench-peers"


def _python_lines(*names: str) -> str:
    return f"{sum(code_lines((SCRIPTS / f'{name}.py').read_text()) for name in names)} of Python"


def _setting_lines(name: str, commands: int) -> str:
    return f"{setting_lines((SCRIPTS / name).read_text())} of settings, {commands} commands"


def peers() -> Sequence[Peer]:
    """Whom Docent is compared with."""
    llamaindex = _python_lines("llamaindex")
    return (
        Peer(
            script="tutorial",
            name="the tutorial's pipeline",
            environment=ENVIRONMENT,
            lines=_python_lines("tutorial"),
        ),
        Peer(script="langchain", name="LangChain", environment=ENVIRONMENT, lines=_python_lines("langchain")),
        Peer(script="llamaindex", name="LlamaIndex", environment=APART, lines=llamaindex),
        Peer(
            script="llamaindex_256",
            name="LlamaIndex, pieces of 256 tokens",
            environment=APART,
            lines=f"{llamaindex}, 2 more",
        ),
        Peer(
            script="haiku_rag",
            name="haiku.rag",
            environment=ENVIRONMENT,
            lines=_setting_lines("haiku.rag.yaml", 3),
            missing="it needs Python 3.12: rm -r .venv-bench-peers, make bench-peers PYTHON=python3.12",
        ),
    )


PACKAGES = (
    "pymilvus",
    "milvus-lite",
    "langchain-core",
    "langchain-milvus",
    "llama-index-core",
    "llama-index-vector-stores-milvus",
    "haiku.rag-slim",
    "docling-slim",
    "lancedb",
)
QUIET = {
    "LANGSMITH_TRACING": "false",
    "LANGCHAIN_TRACING_V2": "false",
    "LOGFIRE_SEND_TO_LOGFIRE": "false",
    "LOGFIRE_IGNORE_NO_CONFIG": "1",
    "OTEL_SDK_DISABLED": "true",
    "DO_NOT_TRACK": "1",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "OPENAI_API_KEY": "none",
}


class PeerFailed(Exception):
    """A peer did not come to its end; ``str()`` is the last thing it said."""


def docent(space: Workspace, asked: Sequence[Mapping[str, Any]]) -> Trial:
    """Docent with the settings of ``scripts/docent.toml``: `docent index`, then the search of the bot."""
    shutil.copy(SCRIPTS / "docent.toml", space.config)
    os.environ["DOCENT_EMBEDDING__CACHE_DIR"] = str(ROOT / "data" / "models")
    before = getrusage(RUSAGE_CHILDREN)
    ran = space.docent("index", "--json")
    after = getrusage(RUSAGE_CHILDREN)
    found, sent = asyncio.run(_searched(space, asked))
    return Trial(
        name="Docent",
        found=found,
        own=[one.recalled[BUDGET] for one in found],
        sent=sent,
        filling=[pieces for pieces, _ in sent],
        pieces=json.loads(ran.output)["chunks"]["written"],
        seconds=ran.seconds,
        cpu=after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        lines=_setting_lines("docent.toml", 2),
    )


async def _searched(
    space: Workspace, asked: Sequence[Mapping[str, Any]]
) -> tuple[Sequence[scoring.Found], Sequence[tuple[int, int]]]:
    async with wiring.wire(space.config) as bot:
        found = [one async for one in evaluating.search_all(asked, bot.retriever, bot.limits)]
    sent = []
    for one in found:
        read = prompt.fitting(one.passages, count=bot.limits.passages, chars=bot.limits.context_chars)
        texts = [prompt.numbered(place, passage) for place, passage in enumerate(read, 1)]
        sent.append((len(read), len("\n\n".join(texts))))
    return found, sent


def tried(peer: Peer, space: Workspace, asked: Sequence[Mapping[str, Any]], url: str) -> Trial:
    """One peer's trial, indexing and searching in processes of its own. Raises PeerFailed."""
    before = process_time()
    index = dict(_work("index", peer, space, asked, url))
    index["cpu"] += process_time() - before  # of the embedding server, for a peer that asks it
    search = _work("search", peer, space, asked, url)
    return trial(peer.name, asked, index, search, lines=peer.lines)


def _work(
    work: str, peer: Peer, space: Workspace, asked: Sequence[Mapping[str, Any]], url: str
) -> Mapping[str, Any]:
    result = space.folder / f"{peer.script}-{work}.json"
    paths = (space.folder / "docs" / "en", space.folder / f"{peer.script}.db", result)
    try:
        done = subprocess.run(
            [peer.environment / "bin" / "python", "-m", "benchmarks.peers.trial", work, peer.script, *paths],
            cwd=space.folder,
            env=_environment(space, url),
            input=json.dumps([row["question"] for row in asked]),
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        gone = isinstance(error, OSError)
        raise PeerFailed(peer.missing if gone else f"it took longer than {LONGEST:g} seconds") from error
    if done.returncode or not result.is_file():
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise PeerFailed(peer.missing if last.startswith("ModuleNotFoundError") else last)
    said: Mapping[str, Any] = json.loads(result.read_text())
    return said


def _environment(space: Workspace, url: str) -> Mapping[str, str]:
    """What a peer's processes see: no telemetry, no model hub, a home of their own."""
    told = {"EMBEDDINGS_URL": url, "TOKENIZER": str(tokenizer_folder()), "PYTHONPATH": str(ROOT)}
    return os.environ | QUIET | told | {"HOME": str(space.folder)}


def versions(python: Path) -> str:
    """What an environment has installed of PACKAGES; empty where there is none."""
    if not python.is_file():
        return ""
    code = (
        "import platform, sys\nfrom importlib import metadata\n"
        "found = {one.name: one.version for one in metadata.distributions()}\n"
        "named = [f'{name} {found[name]}' for name in sys.argv[1:] if name in found]\n"
        "print(', '.join([f'Python {platform.python_version()}', *named]))"
    )
    done = subprocess.run([python, "-c", code, *PACKAGES], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def measured(space: Workspace) -> Iterator[Sequence[str]]:
    """The rows of the table, each when it is ready."""
    asked = rows()
    yield line(docent(space, asked))
    with embedding_server(minilm()) as url:
        for peer in peers():
            try:
                yield line(tried(peer, space, asked, url))
            except PeerFailed as error:
                yield (peer.name, f"did not run: {error}", *[""] * (len(HEADS) - 2))


def main() -> None:
    if not ARCHIVE.is_file() or not QUESTIONS.is_file():
        print("Skipped: make bench-peers needs the Milvus documentation in ../shared, which is not here.")
        return
    print(f"{date.today()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start\n")
    for name, folder in (("Docent", Path(sys.prefix)), ("LlamaIndex", APART), ("the others", ENVIRONMENT)):
        print(f"{name}: {versions(folder / 'bin' / 'python')}")
    print(f"\n| {' | '.join(HEADS)} | load |\n|{' --- |' * (len(HEADS) + 1)}")
    with workspace("minilm") as space:
        os.chdir(space.folder)
        for cells in measured(space):
            print(f"| {' | '.join(cells)} | {os.getloadavg()[0]:.1f} |", flush=True)
    print(f"\nload {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
