"""``docent index``: brings the index in step with the documentation."""

from typing import Annotated

import typer

from adapters.terminal.options import AsJson, Config

app = typer.Typer(name="index", invoke_without_command=True, rich_markup_mode=None)


@app.callback()
def index(  # noqa: PLR0913, PLR0917 - one parameter an option is how Typer reads a command
    docs: Annotated[
        str, typer.Option("--docs", help="A folder, .zip or git address instead of the configured sources.")
    ] = "",
    url: Annotated[
        str, typer.Option("--url", help="With --docs: address of a page; {id}, {path}, {stem} are filled in.")
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be done, change nothing.")
    ] = False,
    full: Annotated[bool, typer.Option("--full", help="Write every page, changed or not.")] = False,
    allow_mass_removal: Annotated[
        bool, typer.Option("--allow-mass-removal", help="Allow that most pages of a source disappear.")
    ] = False,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Bring the index in step with the documentation; only what changed is embedded."""
    from adapters.terminal import indexing
    from config.wiring import IndexOptions, wire_index

    options = IndexOptions(docs=docs, url=url, full=full, allow_mass_removal=allow_mass_removal)
    with wire_index(config, options) as synchronizer:
        indexing.index(synchronizer, dry_run=dry_run, as_json=as_json)
