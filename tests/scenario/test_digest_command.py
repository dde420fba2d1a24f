"""``docent digest`` as a process over a ledger."""

import json
import time
from pathlib import Path

from commands import docent, fails
from simulated import past
from web_pages import kept


async def lived(folder: Path, count: int = 60) -> Path:
    (folder / "data").mkdir(exist_ok=True)
    await kept(f"sqlite:///{folder}/data/ledger.db", *past(count, days=6, end=time.time() - 60))
    return folder


async def test_a_week_is_told_as_markdown_with_drafts(folder: Path) -> None:
    run = docent(await lived(folder), "digest")
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("**Questions ")
    assert "- 60 questions (0 the period before)" in run.stdout
    assert "**Gaps in the documentation**" in run.stdout
    assert "TODO: write this section." in run.stdout


async def test_its_json_holds_the_numbers_and_the_gaps(indexed: Path) -> None:
    run = docent(await lived(indexed), "digest", "--days", "7", "--json")
    data = json.loads(run.stdout)
    assert data["questions"] == sum(data["outcomes"].values()) == 60
    assert data["gaps"][0]["draft"].startswith("## ")


def test_an_empty_ledger_is_a_sentence_and_bad_use_a_line(folder: Path) -> None:
    assert "Nobody asked anything." in docent(folder, "digest").stdout
    fails(docent(folder, "digest", "--days", "0"), 2, "days")
    run = docent(folder, "digest", DOCENT_LEDGER__URL="postgresql+psycopg://u:secret@127.0.0.1:1/x")
    fails(run, 1, "No PostgreSQL server answers")
    assert "secret" not in run.stderr
