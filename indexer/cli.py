"""``docent index``: brings the index in step with the documentation, and tells what runs did."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from adapters.terminal.options import AsJson, Config
from indexer.errors import IndexBusy

BUSY = 75
"""What tells the service, which begins runs of its own, that another one is at work."""
app = typer.Typer(name="index", invoke_without_command=True, rich_markup_mode=None)


Docs = Annotated[
    str, typer.Option("--docs", help="A folder, .zip or git address instead of the configured sources.")
]
Url = Annotated[
    str, typer.Option("--url", help="With --docs: address of a page; {id}, {path}, {stem} are filled in.")
]
Only = Annotated[
    list[str] | None, typer.Option("--source", help="Only this configured source; may be repeated.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be done, change nothing.")]
Full = Annotated[bool, typer.Option("--full", help="Build the index anew from every page, then serve it.")]
Removal = Annotated[
    bool, typer.Option("--allow-mass-removal", help="Allow that most pages of a source or of the index go.")
]
# For the runs that the service begins.
Cause = Annotated[str, typer.Option("--cause", hidden=True)]
Through = Annotated[str, typer.Option("--through", hidden=True)]
Gently = Annotated[bool, typer.Option("--gently", hidden=True)]


@app.callback()
def index(  # noqa: PLR0913, PLR0917 - one parameter an option is how Typer reads a command
    context: typer.Context,
    docs: Docs = "",
    url: Url = "",
    source: Only = None,
    dry_run: DryRun = False,
    full: Full = False,
    allow_mass_removal: Removal = False,
    config: Config = None,
    as_json: AsJson = False,
    cause: Cause = "by hand",
    through: Through = "",
    gently: Gently = False,
) -> None:
    """Bring the index in step with the documentation; only what changed is embedded."""
    if context.invoked_subcommand:
        return
    from adapters.terminal import indexing
    from config.indexing import IndexOptions, wire_recorded

    only = tuple(source or ())
    options = IndexOptions(
        docs=docs, url=url, only=only, full=full, allow_mass_removal=allow_mass_removal, through=through
    )
    if gently:
        indexing.give_way()
    with wire_recorded(config, options) as run, _told_to_the_service(gently):
        whole = indexing.index(run.synchronizer, run.history, dry_run=dry_run, as_json=as_json, cause=cause)
    if not whole:
        raise typer.Exit(1)


@contextmanager
def _told_to_the_service(gently: bool) -> Iterator[None]:
    try:
        yield
    except IndexBusy:
        if not gently:
            raise
        raise typer.Exit(BUSY) from None


@app.command()
def status(config: Config = None, as_json: AsJson = False) -> None:
    """Show of each source its last run, what is served now and when the next run is due."""
    from adapters.terminal import index_runs
    from config.index_status import status_of

    index_runs.show_status(status_of(config), as_json=as_json)


@app.command()
def history(
    number: Annotated[int, typer.Option("-n", min=1, max=1000, help="How many runs.")] = 10,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Show the last runs: when, from which commit to which, what changed, what failed and why."""
    from adapters.terminal import index_runs
    from config.index_status import runs_of

    index_runs.show_history(runs_of(config, number), as_json=as_json)


@app.command()
def rollback(config: Config = None, as_json: AsJson = False) -> None:
    """Serve the index before the last --full or change of embedding model or chunk size again."""
    from adapters.terminal import index_runs
    from config.index_status import roll_back

    index_runs.show_rollback(roll_back(config), as_json=as_json)
