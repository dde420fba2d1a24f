"""The command-line options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[
    Path | None, typer.Option("--config", help="Configuration file [default: docent.toml here].")
]
Sources = Annotated[
    list[str] | None,
    typer.Option("--source", metavar="NAME", help="Look in this source only; may come more than once."),
]
Version = Annotated[
    str, typer.Option("--version", metavar="VERSION", help="Look in the pages for this version only.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
