"""What tests of the commands share: a working folder, and a process of its own for each command."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = {
    "storage.md": "---\nid: storage.md\ntitle: Storage\n---\n# Storage\n\n## How is data stored?\n\n"
    "Inserted data is kept in object storage as incremental log. Metadata is kept in etcd.\n",
    "limits.md": "---\nid: limits.md\ntitle: Limits\n---\n# Limits\n\n| Resource | Limit |\n| --- | --- |\n"
    "| Fields in a collection | 64 |\n| Partitions in a collection | 1,024 |\n",
    "install.md": "---\nid: install.md\ntitle: Install\n---\n# Install\n\n## Install the client\n\n"
    "Run the following command:\n\n```bash\npip install pymilvus\n```\n",
}
CONFIG = """\
[[docs]]
name = "handbook"
location = "docs"
url = "https://docs.example/{id}"

[llm]
base_url = ""

[embedding]
cache_dir = "%s"
"""


def prepared(folder: Path, models: Path) -> Path:
    (folder / "docs").mkdir()
    for name, text in PAGES.items():
        (folder / "docs" / name).write_text(text)
    (folder / "docent.toml").write_text(CONFIG % models)
    return folder


def docent(
    folder: Path, *arguments: str, stdin: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        timeout=100,
        check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default"} | environment,
    )


def answered(folder: Path, question: str, **environment: str) -> dict:  # type: ignore[type-arg]
    run = docent(folder, "ask", question, "--json", **environment)
    assert run.returncode == 0, run.stderr
    return dict(json.loads(run.stdout))


def fails(run: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    """The run ended with ``code`` and one clear sentence that holds all ``words``."""
    assert run.returncode == code, run.stderr
    assert "Traceback" not in run.stderr
    assert run.stderr.startswith("docent: ")
    for word in words:
        assert word in run.stderr
