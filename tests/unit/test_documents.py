"""What README and the other documents tell people to type and to open is there."""

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from bot.cli import app

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    path.relative_to(ROOT)
    for pattern in ("*.md", "adapters/*/README.md", "benchmarks/*.md")
    for path in ROOT.glob(pattern)
)
CODE = re.compile(r"^ {4}(.*)$|^```.*?\n(.*?)^```|`([^`\n]+)`", re.M | re.S)


def typed(document: Path, program: str) -> list[list[str]]:
    """The commands of a document that begin with ``program``, as the shell would split them."""
    found = []
    for parts in CODE.findall((ROOT / document).read_text()):
        for line in "\n".join(parts).splitlines():
            words = line.split("#")[0].strip().removeprefix("$ ").removeprefix(".venv/bin/")
            if words.startswith(f"{program} "):
                found.append(shlex.split(words)[1:])
    return found


def unknown(words: list[str]) -> list[str]:
    """The words of a ``docent`` command that its command line does not know."""
    # Of alternatives (`eval retrieval|followups FILE`) the first stands for all.
    command, rest = get_command(app), [word.split("|")[0] for word in words]
    while rest and rest[0] in getattr(command, "commands", {}):
        command = command.commands[rest.pop(0)]  # type: ignore[attr-defined]
    options = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    missing = [
        word for word in rest if word.startswith("-") and word.split("=")[0] not in options | {"--help"}
    ]
    return missing + (rest[:1] if getattr(command, "commands", None) and rest and rest[0][0] != "-" else [])


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_command_of_docent_is_known(document: Path) -> None:
    wrong = {" ".join(words): unknown(words) for words in typed(document, "docent") if unknown(words)}
    assert not wrong


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_target_of_make_is_there(document: Path) -> None:
    targets = set(re.findall(r"(?m)^([a-z-]+):", (ROOT / "Makefile").read_text()))
    assert {words[0] for words in typed(document, "make")} <= targets


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_link_to_a_file_leads_to_one(document: Path) -> None:
    links = re.findall(r"\]\((?!\w+:|#)([^)#\s]+)", (ROOT / document).read_text())
    assert not [link for link in links if not (ROOT / document.parent / link).exists()]


def test_the_documents_hold_commands_at_all() -> None:
    assert len(typed(Path("README.md"), "docent")) > 10
    assert unknown(["index", "--nonsense"]) == ["--nonsense"]
    assert unknown(["dance"]) == ["dance"]
