"""`docent eval answers --judge` as its users type it, with a judge that speaks the real protocol."""

import asyncio
import json
import subprocess
from pathlib import Path

from chatting import an_unused_port
from commands import docent, fails
from openai_double import OpenAIDouble

ROWS = (
    {"id": "a", "question": "How is data stored?", "facts": ["etcd"], "answer": "In object storage."},
    {"id": "b", "question": "How many partitions may a collection have?", "facts": ["1,024"]},
    {"id": "c", "question": "Who won the football game last night?", "facts": ["nobody"]},
)
KEY = "sk-very-secret"


def written(folder: Path) -> None:
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))


async def judged(
    folder: Path, *options: str, url: str, **environment: str
) -> "subprocess.CompletedProcess[str]":
    written(folder)
    arguments = ("eval", "answers", "rows.jsonl", "--judge", "gpt-oss:20b", "--judge-url", url, *options)
    return await asyncio.to_thread(docent, folder, *arguments, **environment)


def grades(supported: str, correct: str, reason: str = "None.") -> str:
    return json.dumps({"reason": reason, "supported": supported, "correct": correct, "helpful": 4})


async def test_a_judge_grades_what_was_answered(indexed: Path) -> None:
    async with OpenAIDouble() as server:
        server.say(grades("yes", "yes"))
        server.say(grades("yes", "partly", "It names\x1b[2J no unit."))
        run = await judged(
            indexed, "--json", "--failures", url=server.url, JUDGE_API_KEY=KEY, LLM_API_KEY="x"
        )
    assert run.returncode == 0, run.stderr
    scores = json.loads(run.stdout)
    assert (scores["n"], scores["facts_found"]) == (3, 0.6667)
    judge = scores["judge"]
    assert (judge["model"], judge["judged"], judge["refused"], judge["failed"]) == ("gpt-oss:20b", 2, 1, 0)
    assert (judge["supported"], judge["correct"], judge["answered_correctly"]) == (1.0, 0.5, 0.3333)
    assert judge["interval"]["correct"] == [0.0, 1.0]
    listed = {failure["id"]: failure for failure in scores["failures"]}
    assert set(listed) == {"b", "c"}
    assert listed["b"]["judge"]["correct"] == "partly"
    assert all(asked["temperature"] == 0 for asked in server.chats)
    assert {asked.headers["authorization"] for asked in server.requests} == {f"Bearer {KEY}"}


async def test_the_table_shows_the_judges_shares_and_nothing_that_steers_the_terminal(indexed: Path) -> None:
    async with OpenAIDouble() as server:
        server.say(grades("yes", "yes"))
        server.say(grades("no", "no", "Wrong\x1b[2J."))
        run = await judged(indexed, "--failures", url=server.url, LLM_API_KEY=KEY)
    assert run.returncode == 0, run.stderr
    lines = [line.split() for line in run.stdout.splitlines()]
    assert ["judge"] in lines
    assert any(line[:2] == ["supported", "0.5"] and line[-1] == "1.000)" for line in lines if line)
    assert "faulted by the judge" in run.stdout
    assert "\x1b" not in run.stdout
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


async def test_a_judge_that_is_down_has_no_shares_and_the_other_scores_still_come(indexed: Path) -> None:
    run = await judged(indexed, "--json", url=f"http://127.0.0.1:{an_unused_port()}/v1", LLM_API_KEY=KEY)
    assert run.returncode == 1, run.stderr
    scores = json.loads(run.stdout)
    assert (scores["facts_found"], scores["judge"]["judged"], scores["judge"]["failed"]) == (0.6667, 0, 2)
    shares = ("supported", "correct", "correct_at_least_partly", "answered_correctly", "helpful")
    assert [scores["judge"][name] for name in shares] == [None] * 5
    assert scores["judge"]["interval"] == {}
    assert run.stderr.count("\n") == 1
    assert "2 answers were not judged. No model server answers at" in run.stderr
    assert KEY not in run.stdout + run.stderr


async def test_a_judge_that_replies_rubbish_is_counted(indexed: Path) -> None:
    async with OpenAIDouble() as server:
        for rubbish in ("Great answer!", '{"supported": "absolutely"}', "", '{"helpful": "5"'):
            server.say(rubbish)
        run = await judged(indexed, url=server.url)
    assert run.returncode == 1, run.stderr
    assert ["failed", "2"] in [line.split() for line in run.stdout.splitlines()]
    assert ["supported", "null"] in [line.split() for line in run.stdout.splitlines()]


def test_bad_use_of_the_judge_is_said_in_one_sentence(indexed: Path) -> None:
    written(indexed)
    command = ("eval", "answers", "rows.jsonl")
    fails(docent(indexed, *command, "--judge-url", "http://127.0.0.1:1/v1"), 2, "--judge MODEL")
    fails(docent(indexed, *command, "--judge", "m"), 2, "--judge-url")
    fails(docent(indexed, *command, "--judge", "m", "--judge-url", "not an address"), 2, "web address")


def test_a_row_that_asks_nothing_is_named(indexed: Path) -> None:
    (indexed / "rows.jsonl").write_text('{"facts": ["x"]}\n')
    fails(docent(indexed, "eval", "answers", "rows.jsonl"), 2, "line 1", "turns")
