"""Working folders: with pages, and with an index that is made once."""

import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from commands import docent, prepared
from simulated import past

if TYPE_CHECKING:
    from web_pages import Browser


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where prepared models are kept, once for all tests."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture
def folder(tmp_path: Path, models: Path) -> Path:
    """A working folder with three pages, not yet indexed."""
    return prepared(tmp_path, models)


@pytest.fixture(scope="session")
def once_indexed(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Path:
    """The same with its index, made once."""
    folder = prepared(tmp_path_factory.mktemp("once"), models)
    run = docent(folder, "index")
    assert run.returncode == 0, run.stderr
    return folder


@pytest.fixture
def indexed(tmp_path: Path, once_indexed: Path) -> Path:
    """A copy of it that a test may change."""
    folder = shutil.copytree(once_indexed, tmp_path / "work")
    # The history knows an index by its place; else each service would read all anew at some moment.
    with closing(sqlite3.connect(folder / "data" / "ledger.db")) as ledger, ledger:
        ledger.execute(
            "UPDATE index_runs SET target = replace(target, ?, ?)", (str(once_indexed), str(folder))
        )
    return folder


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The address of a new ledger."""
    return f"sqlite:///{tmp_path}/ledger.db"


@pytest.fixture
async def month(url: str) -> str:
    """The address of a ledger with a simulated month of 120 questions."""
    from web_pages import kept

    await kept(url, *past(120))
    return url


@pytest.fixture
async def browser(month: str) -> AsyncIterator["Browser"]:
    """Asks the support team's pages over that month."""
    from web_pages import pages_over

    async with pages_over(month) as opened:
        yield opened
