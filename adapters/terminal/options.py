"""The command-line options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[
    Path | None, typer.Option("--config", help="Configuration file [default: docent.toml here].")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
