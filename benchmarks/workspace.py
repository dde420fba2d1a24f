"""A temporary working folder with the Milvus documentation as its only source."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
ARCHIVE = SHARED / "corpus" / "milvus_docs_2.4.x_en.zip"
QUESTIONS = SHARED / "eval" / "questions.jsonl"
CONFIG = """\
[[docs]]
name = "milvus"
location = "docs"
url = "https://milvus.io/docs/{{id}}"

[llm]
base_url = ""

[embedding]
model = "{model}"
cache_dir = "{models}"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A command that ended: wall seconds and what it printed."""

    seconds: float
    output: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """A folder with ``docs/`` and ``docent.toml``."""

    folder: Path

    @property
    def config(self) -> Path:
        """The configuration of this folder."""
        return self.folder / "docent.toml"

    @property
    def page(self) -> Path:
        """A page of middling length, to be changed."""
        return self.folder / "docs" / "en" / "faq" / "product_faq.md"

    def docent(self, *arguments: str) -> Ran:
        """Run a command in a process of its own. Raises CalledProcessError."""
        start = perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=self.folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return Ran(seconds=perf_counter() - start, output=done.stdout)


class Unwatched:
    """A watcher of indexing runs that shows nothing."""

    def planned(self, pages: int) -> None:
        """Nothing."""

    def wrote(self, pages: int, chunks: int) -> None:
        """Nothing."""


@contextmanager
def workspace(model: str) -> Iterator[Workspace]:
    """A fresh folder; prepared models are kept between runs, as they are on a user's machine."""
    with TemporaryDirectory(prefix="docent-bench-") as name:
        folder = Path(name)
        with zipfile.ZipFile(ARCHIVE) as archive:
            archive.extractall(folder / "docs")
        (folder / "docent.toml").write_text(CONFIG.format(model=model, models=ROOT / "data" / "models"))
        yield Workspace(folder=folder)


def rows() -> Sequence[dict[str, Any]]:
    """The evaluation's questions."""
    return [json.loads(line) for line in QUESTIONS.read_text().splitlines() if line.strip()]
