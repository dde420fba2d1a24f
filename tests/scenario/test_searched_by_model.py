"""`docent eval followups` and `multilingual` search as the bot does: with its model, where it has one."""

import asyncio
import json
from pathlib import Path

from chatting import an_unused_port
from commands import docent
from openai_double import OpenAIDouble

ROW = {
    "turns": [
        {"role": "user", "content": "How is inserted data stored, is metadata in etcd?"},
        {"role": "assistant", "content": "It keeps metadata."},
        {"role": "user", "content": "and the partitions?"},
    ],
    "gold": ["limits.md"],
    "snippet": "Partitions in a collection | 1,024",
}
STANDALONE = {"standalone": "How many partitions may a collection have?", "language": "en"}


def written(folder: Path) -> None:
    (folder / "rows.jsonl").write_text(json.dumps(ROW))


async def scored(folder: Path, *options: str, url: str) -> tuple[dict, str]:  # type: ignore[type-arg]
    written(folder)
    command = ("eval", "followups", "rows.jsonl", "--json", *options)
    run = await asyncio.to_thread(docent, folder, *command, DOCENT_LLM__BASE_URL=url)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout), run.stderr


async def test_a_follow_up_is_rewritten_by_the_model_before_it_is_searched_for(indexed: Path) -> None:
    async with OpenAIDouble() as server:
        server.say(json.dumps(STANDALONE))
        scores, _ = await scored(indexed, url=server.url)
        asked = json.dumps(server.chats[0]["messages"])
    assert "and the partitions?" in asked
    assert (scores["hit@1"], scores["model"]) == (1.0, "gpt-oss:20b")


async def test_without_the_model_by_choice_it_is_never_asked(indexed: Path) -> None:
    async with OpenAIDouble() as server:
        scores, _ = await scored(indexed, "--words-only", url=server.url)
        assert server.requests == []
    assert scores["model"] is None


async def test_a_model_that_is_not_there_is_said_once_and_done_without(indexed: Path) -> None:
    scores, said = await scored(indexed, url=f"http://127.0.0.1:{an_unused_port()}/v1")
    assert scores["model"] is None
    assert said.count("\n") == 1
    assert "No model server answers at" in said
    assert "What follows is searched for without it." in said
