"""Two versions of one documentation in one index, and sources chosen by name."""

import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from commands import ROOT, answered, docent, fails
from fakes import FakeRetriever, passage
from slack_bot import bot_in
from slack_double import SlackDouble
from slackd.records import BOT

CONFIG = """\
[[docs]]
name = "milvus-2.4"
location = "old"
url = "https://docs.example/v2.4/{path}"
version = "2.4"

[[docs]]
name = "milvus-2.6"
location = "new"
url = "https://docs.example/{path}"
version = "2.6"

[[docs]]
name = "guide"
location = "guide"
url = "https://guide.example/{path}"

[llm]
base_url = ""

[embedding]
cache_dir = "%s"
"""
STORED = "How is data stored in Milvus?"


def parted(folder: Path) -> Path:
    """The sample pages as two versions; of one page the newer says something else, and each has its own."""
    for name in ("old", "new"):
        shutil.copytree(ROOT / "samples", folder / name)
    (folder / "new" / "limits.md").write_text("# Limits\n\nA collection may have 256 zebra fields.\n")
    (folder / "old" / "limits.md").write_text("# Limits\n\nA collection may have 64 zebra fields.\n")
    (folder / "guide").mkdir()
    (folder / "guide" / "words.md").write_text("# Words\n\nA zebra is what we call a striped index.\n")
    return folder


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Path:
    folder = parted(tmp_path_factory.mktemp("versions"))
    (folder / "docent.toml").write_text(CONFIG % models)
    run = docent(folder, "index", "--json")
    assert run.returncode == 0, run.stderr
    chunks = json.loads(run.stdout)["chunks"]
    assert chunks["embedded"] <= chunks["written"] // 2 + 3  # what both have is embedded once
    return folder


@pytest.mark.parametrize(("version", "fields"), [("2.4", "64"), ("2.6", "256")])
def test_a_question_that_names_a_version_is_answered_from_it(
    versions: Path, version: str, fields: str
) -> None:
    answer = answered(versions, f"How many zebra fields may a collection have in Milvus {version}?")
    assert f"{fields} zebra fields" in answer["text"]
    assert {cited["version"] for cited in answer["citations"]} <= {version, ""}
    assert {passage["version"] for passage in answer["passages"]} == {version, ""}


def test_a_question_without_a_version_gets_the_newest_and_nothing_twice(versions: Path) -> None:
    answer = answered(versions, STORED)
    assert {cited["version"] for cited in answer["citations"]} == {"2.6"}
    sections = [(one["path"], one["heading"], one["ordinal"]) for one in answer["passages"]]
    assert len(sections) == len(set(sections))
    run = docent(versions, "ask", STORED)
    assert "(2.6)\n" in run.stdout
    assert "(2.4)" not in run.stdout


def test_a_version_that_is_not_there_is_said_and_the_question_answered(versions: Path) -> None:
    run = docent(versions, "ask", f"{STORED[:-1]} 2.5?")
    assert run.returncode == 0
    assert "The documentation I have is for version 2.6 and 2.4, not for 2.5." in run.stderr
    assert "object storage" in run.stdout


def test_other_numbers_narrow_nothing(versions: Path) -> None:
    run = docent(versions, "ask", "How do I install pymilvus 2.4.1 with python 3.11?", "--json")
    assert run.stderr == ""
    assert {passage["version"] for passage in json.loads(run.stdout)["passages"]} >= {"2.6"}


def test_sources_and_versions_are_chosen_by_options(versions: Path) -> None:
    def found(*arguments: str) -> set[tuple[str, str]]:
        run = docent(versions, "search", "zebra", "-k", "20", "--json", *arguments)
        assert run.returncode == 0, run.stderr
        return {(one["source"], one["version"]) for one in json.loads(run.stdout)["passages"]}

    assert found("--source", "guide") == {("guide", "")}
    assert found("--version", "2.4.7") == {("milvus-2.4", "2.4"), ("guide", "")}
    assert found("--source", "milvus-2.4", "--source", "guide") == {("milvus-2.4", "2.4"), ("guide", "")}
    assert ("milvus-2.6", "2.6") in found()


def test_choices_that_the_index_does_not_hold_are_refused(versions: Path) -> None:
    fails(docent(versions, "ask", "zebra", "--source", "gide"), 2, "named gide. Did you mean guide?")
    fails(docent(versions, "search", "zebra", "--version", "3.0"), 2, "There are pages for 2.6 and 2.4.")
    fails(docent(versions, "search", "zebra", "--version", '"] or 1 == 1'), 2, "No source is for version")


def test_a_new_version_of_a_source_takes_over_without_embedding(versions: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(versions, tmp_path / "work")
    file = folder / "docent.toml"
    file.write_text(file.read_text().replace('version = "2.6"', 'version = "2.7"'))
    report = json.loads(docent(folder, "index", "--json").stdout)
    assert report["chunks"]["embedded"] == 0 < report["chunks"]["written"]
    assert report["pages"]["changed"] == len([*(folder / "new").rglob("*.md")]) - fragments(folder)
    answer = answered(folder, "How many zebra fields may a collection have in 2.7?")
    assert {cited["version"] for cited in answer["citations"]} <= {"2.7", ""}


def fragments(folder: Path) -> int:
    return len([*(folder / "new" / "fragments").glob("*.md")])


def test_a_source_that_a_channel_names_wrongly_stops_every_command(versions: Path) -> None:
    run = docent(versions, "ask", "zebra", DOCENT_SLACK__SOURCES='{"C0123": ["gide"]}')
    fails(run, 2, 'DOCENT_SLACK__SOURCES names "gide", which is no source. Did you mean guide?')


@pytest.fixture
async def slack() -> AsyncIterator[SlackDouble]:
    async with SlackDouble() as double:
        yield double


async def test_a_channel_is_answered_from_its_sources_and_shows_their_version(
    slack: SlackDouble, tmp_path: Path
) -> None:
    kept = passage(source="milvus-2.6", version="2.6")
    shelf = FakeRetriever(kept, passage("Ask your admin.", number=2, source="guide"))
    general = slack.workspace.channel("C_GENERAL").id
    async with bot_in(slack, tmp_path, retriever=shelf, sources={general: ("milvus-2.6",)}) as bot:
        asked = f"<@{BOT}> How is data stored?"
        answer = await slack.answered("C_GENERAL", await slack.says("U_ANN", "C_GENERAL", asked))
        await slack.answered("C_PRIVATE", await slack.says("U_ANN", "C_PRIVATE", asked))
        await slack.idle()
    assert "|Page 1 › Section 1 (2.6)>" in answer.words
    assert [scope.sources for scope in bot.retriever.scopes] == [("milvus-2.6",), ()]
