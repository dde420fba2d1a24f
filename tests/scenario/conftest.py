"""Working folders: with pages, and with an index that is made once."""

import shutil
from pathlib import Path

import pytest

from commands import docent, prepared


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
    return shutil.copytree(once_indexed, tmp_path / "work")
