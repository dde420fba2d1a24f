"""Prints the digest of a simulated month over the sample pages: ``python -m benchmarks.month``."""

import asyncio
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.workspace import ROOT

sys.path.append(str(ROOT / "tests"))

from commands import docent
from simulated import past
from web_pages import kept

QUESTIONS, DAYS = 400, 29
CONFIG = '[[docs]]\nname = "samples"\nlocation = "{docs}"\n[embedding]\ncache_dir = "{models}"\n'


def main() -> None:
    """Index the samples, write what people asked, and let ``docent digest`` tell of it."""
    with TemporaryDirectory(prefix="docent-bench-") as name:
        folder = Path(name)
        config = CONFIG.format(docs=ROOT / "samples", models=ROOT / "data" / "models")
        (folder / "docent.toml").write_text(config)
        docent(folder, "index")
        asked = past(QUESTIONS, days=DAYS, end=time.time() - 60)
        asyncio.run(kept(f"sqlite:///{folder}/data/ledger.db", *asked))
        print(docent(folder, "digest", "--days", "30").stdout)


if __name__ == "__main__":
    main()
