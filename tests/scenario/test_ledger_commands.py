"""``docent ledger`` as a process over a ledger."""

import json
import sqlite3
import time
from pathlib import Path

from adapters.ledger.ledger import SqlLedger
from commands import docent, fails
from hand_off_suite import answer, handed
from simulated import past
from web_pages import kept


async def lived(folder: Path) -> SqlLedger:
    """Sixty questions of the last twenty days."""
    (folder / "data").mkdir(exist_ok=True)
    url = f"sqlite:///{folder}/data/ledger.db"
    await kept(url, *past(60, days=20, end=time.time() - 60))
    return SqlLedger(url)


def counted(folder: Path) -> int:
    with sqlite3.connect(folder / "data" / "ledger.db") as connection:
        (count,) = connection.execute("SELECT count(*) FROM docent_entries").fetchone()
    connection.close()
    return int(count)


def purged(folder: Path, *arguments: str) -> dict[str, int]:
    run = docent(folder, "ledger", "purge", "--json", *arguments)
    assert run.returncode == 0, run.stderr
    return dict(json.loads(run.stdout))


async def test_what_is_older_is_counted_first_and_removed_then(folder: Path) -> None:
    await (await lived(folder)).aclose()
    would = purged(folder, "--older-than", "10d", "--dry-run")
    assert (would["dry_run"], counted(folder)) == (True, 60)
    assert 0 < would["questions"] < 60
    did = purged(folder, "--older-than", "10d")
    assert did == would | {"dry_run": False}
    assert counted(folder) == 60 - did["questions"]
    told = docent(folder, "ledger", "purge", "--older-than", "10d").stdout
    assert told == "Left the ledger: 0 questions, 0 ratings, 0 cards\n"


async def test_of_one_person_everything_is_removed(folder: Path) -> None:
    ledger = await lived(folder)
    await handed(ledger, 900, person="U1")
    await ledger.aclose()
    did = purged(folder, "--person", "slack:U1")
    assert (did["questions"], did["hand_offs"], did["withdrawn"]) == (1, 1, 1)
    assert purged(folder, "--person", "Slack:U1")["questions"] == 0
    assert purged(folder, "--person", "discord:U1")["questions"] == 0


async def test_what_is_approved_is_listed_and_taken_back_by_the_begin_of_its_ref(folder: Path) -> None:
    ledger = await lived(folder)
    await handed(ledger, 900)
    ref = answer(900).ref
    await ledger.hand_offs.end(ref, "resolved", "U2", "done", 1.0)
    await ledger.hand_offs.approve(answer(900, answer="So\n\x1b[2Jit is."))
    await ledger.aclose()
    listed = docent(folder, "ledger", "approved").stdout
    assert ref[:8] in listed
    assert "How is it stored?" in listed
    assert "\x1b" not in listed
    (one,) = json.loads(docent(folder, "ledger", "approved", "--json").stdout)["approved"]
    assert one["ref"] == ref
    fails(docent(folder, "ledger", "approved", "--remove", "f" * 32), 2, "the ref of no approved answer")
    assert "docent index" in docent(folder, "ledger", "approved", "--remove", ref[:31]).stdout
    assert docent(folder, "ledger", "approved").stdout == "Nothing is approved yet.\n"


def test_bad_use_is_a_line_and_changes_nothing(folder: Path) -> None:
    fails(docent(folder, "ledger", "purge"), 2, "--older-than", "--person")
    for age in ("0d", "soon", "-3d", "99999999d"):
        fails(docent(folder, "ledger", "purge", "--older-than", age), 2, "up to a hundred years")
    for person in ("U1", "slack:", ":U1", "irc:U1", " "):
        run = docent(folder, "ledger", "purge", "--person", person)
        fails(run, 2, "slack:U0123")
        # Whom a blank names is nobody, and never everybody.
        fails(docent(folder, "ledger", "purge", "--older-than", "1d", "--person", person), 2, "slack:U0123")
    away = {"DOCENT_LEDGER__URL": "postgresql+psycopg://u:secret@127.0.0.1:1/x"}
    run = docent(folder, "ledger", "purge", "--older-than", "1d", **away)
    fails(run, 1, "No PostgreSQL server answers")
    assert "secret" not in run.stderr
